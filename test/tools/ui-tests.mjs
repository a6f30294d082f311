// Runs test/ui/**/*.test.{ts,mjs} with Mocha: the panel's page alone, and a real VS Code that has the packaged extension.
//
//   npm test -- ui            all of them, after build and package
//   npm test -- ui sidebar    those whose file name contains "sidebar"
import { existsSync, readdirSync } from "node:fs";
import { register } from "node:module";
import path from "node:path";
import { root, vsixPath } from "./paths.mjs";
import { ToolError } from "./processes.mjs";
import { count } from "./results.mjs";

/** Milliseconds for one test, with starting VS Code in it. */
const patience = 120_000;

/**
 * @param {readonly string[]} [parts] only files whose name contains one of these.
 * @returns {Promise<import("./results.mjs").Outcome>}
 */
export async function runUiTests(parts = []) {
  if (!existsSync(vsixPath))
    throw new ToolError("out/flujo-lens.vsix is missing: run `npm run package` first.");
  const folder = path.join(root, "test", "ui");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.test\.(ts|mjs)$/.test(file))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));

  register("./typescript-hooks.mjs", import.meta.url);
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ ui: "bdd", reporter: "spec", timeout: patience, slow: patience, retries: 0 });
  for (const file of files) mocha.addFile(path.join(folder, file));
  await mocha.loadFilesAsync();

  /** @type {import("./results.mjs").TestResult[]} */
  const tests = [];
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on("pass", (test) => tests.push({ title: test.fullTitle(), state: "passed" }))
      .on("fail", (test) => tests.push({ title: test.fullTitle(), state: "failed" }))
      .on("pending", (test) => tests.push({ title: test.fullTitle(), state: "skipped" }));
  });
  return count(tests);
}
