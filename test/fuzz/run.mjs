// Asks everything of damaged databases for as long as one likes:
//
//   npm run fuzz -- --seconds 60
//   npm run fuzz -- --seconds 60 --seed 123456    the same inputs again
//
// Prints the seed of every failure: add it to test/fuzz/fuzz.test.ts with its cause mended.
import { mkdtempSync, rmSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildExtension } from "../tools/package.mjs";
import { root } from "../tools/paths.mjs";
import { main } from "../tools/processes.mjs";

await main(async () => {
  const seconds = numberOf("--seconds") ?? 60;
  const firstSeed = numberOf("--seed") ?? Math.floor(Math.random() * 1e9);
  await buildExtension();
  Object.assign(globalThis, { __ENGINE_DIR__: path.join(root, "dist") });
  register("../tools/typescript-hooks.mjs", import.meta.url);
  const { fuzz } = await import("./fuzz.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-fuzz-"));
  const deadline = performance.now() + seconds * 1000;
  try {
    const outcome = await fuzz(folder, () => performance.now() < deadline, firstSeed);
    console.log(`first seed    ${firstSeed}`);
    console.log(`inputs        ${outcome.inputs}`);
    console.log(`answers       ${outcome.answers}`);
    console.log(`sentences     ${JSON.stringify(outcome.sentences)}`);
    console.log(`slowest       ${Math.round(outcome.slowest)} ms`);
    console.log(`memory        ${Math.round(outcome.memory / 2 ** 20)} MB more than at the start`);
    console.log(`failures      ${outcome.failures.length}`);
    for (const failure of outcome.failures.slice(0, 20)) console.log(failure);
    process.exitCode = outcome.failures.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} name */
function numberOf(name) {
  const at = process.argv.indexOf(name);
  const value = Number(process.argv[at + 1]);
  return at > 0 && Number.isFinite(value) ? value : undefined;
}
