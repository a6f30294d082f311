// How fast steps are found in 2,000 Python files, and for how long it holds the thread, beside Python's own parser.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { makeFiles } from "./steps-files.mjs";
import { table } from "./table.mjs";

/**
 * @typedef {object} StepFigures
 * @property {number} files
 * @property {number} bytes
 * @property {number} steps
 * @property {number} seconds
 * @property {number} longest milliseconds of processor time between two pauses.
 * @property {number} p99 of the sections, in the same.
 * @property {number} longestWait milliseconds on the clock between two pauses, with what other programs took of them.
 * @property {number | undefined} python seconds that `ast.parse` and `ast.walk` take; undefined without python3.
 */

/** @returns {Promise<{ figures: StepFigures, text: string }>} */
export async function measureSteps() {
  register("../tools/typescript-hooks.mjs", import.meta.url);
  const { readInSlices } = await import("../../src/steps/read.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-steps-"));
  try {
    const { files, bytes } = makeFiles(folder);
    /** @type {number[]} */
    const sections = [];
    let steps = 0;
    const began = performance.now();
    let since = began;
    let busy = process.cpuUsage();
    let longestWait = 0;
    const pause = async () => {
      const { user, system } = process.cpuUsage(busy);
      sections.push((user + system) / 1000);
      longestWait = Math.max(longestWait, performance.now() - since);
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
      busy = process.cpuUsage();
    };
    for (const file of files) {
      const text = await readFile(file, "utf8");
      since = performance.now();
      busy = process.cpuUsage();
      steps += (await readInSlices("python", text, pause))?.length ?? 0;
      await pause();
    }
    const seconds = (performance.now() - began) / 1000;
    sections.sort((a, b) => a - b);
    const figures = {
      files: files.length,
      bytes,
      steps,
      seconds,
      longest: sections.at(-1) ?? 0,
      longestWait,
      p99: sections[Math.floor(sections.length * 0.99)] ?? 0,
      python: pythonSeconds(folder),
    };
    return { figures, text: describe(figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} folder */
function pythonSeconds(folder) {
  const program = `
import ast, pathlib, sys, time
files = [path.read_text() for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py"))]
began = time.perf_counter()
calls = sum(isinstance(node, ast.Call) for text in files for node in ast.walk(ast.parse(text)))
print(time.perf_counter() - began)`;
  try {
    return Number(execFileSync("python3", ["-c", program, folder], { encoding: "utf8" }));
  } catch {
    return undefined;
  }
}

/** @param {StepFigures} figures */
function describe({ files, bytes, steps, seconds, longest, longestWait, p99, python }) {
  const ratio = python === undefined ? "–" : `${(seconds / python).toFixed(1)}x`;
  return `Steps found in the background:
${table(
  [
    "files",
    "MB",
    "steps",
    "seconds",
    "to Python's ast",
    "section p99, ms of CPU",
    "longest, ms of CPU",
    "longest on the clock, ms",
  ],
  [
    [
      files.toLocaleString("en-US"),
      (bytes / 1e6).toFixed(1),
      steps.toLocaleString("en-US"),
      seconds.toFixed(2),
      ratio,
      p99.toFixed(1),
      longest.toFixed(1),
      longestWait.toFixed(1),
    ],
  ],
  0,
)}`;
}
