// The summary of all spans beside Node's own SQLite, process by process in turn, with the same answers on both sides.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { root } from "../tools/paths.mjs";
import { run, ToolError } from "../tools/processes.mjs";
import { median } from "./case-frame.mjs";
import { questions } from "./summary-questions.mjs";
import { megabytes, times } from "./table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const store = path.join(root, "dist", "store.js");

const LEAST_BUILDS = 3;

/**
 * @typedef {object} SummaryFigures
 * @property {number} spans
 * @property {Record<string, { lens: number, native: number | undefined }>} milliseconds medians.
 * @property {number} lensMemory bytes, the most that the process held.
 * @property {number} nativeMemory
 */

/**
 * @param {string} node
 * @param {string} database
 * @param {number} turns
 * @returns {Promise<SummaryFigures>}
 */
export async function measureSummary(node, database, turns) {
  const [lens, native] = [
    [path.join(here, "summary-case.mjs"), database, store],
    ["--no-warnings", path.join(here, "native-summary.mjs"), database],
  ].map((args) => ({ args, results: /** @type {any[]} */ ([]), builds: /** @type {any[]} */ ([]) }));
  if (lens === undefined || native === undefined) throw new Error("Two sides are needed");
  const sides = (/** @type {number} */ turn) => (turn % 2 === 0 ? [lens, native] : [native, lens]);
  for (let turn = 0; turn < turns; turn += 1)
    for (const side of sides(turn)) side.results.push(JSON.parse(await run(node, side.args)));
  // Where questions take minutes, their first one at least is asked as often as elsewhere.
  for (let turn = turns; turn < LEAST_BUILDS; turn += 1)
    for (const side of sides(turn)) side.builds.push(JSON.parse(await run(node, [...side.args, "build"])));
  const [one] = lens.results;
  for (const other of [...lens.results, ...native.results]) {
    if (!isDeepStrictEqual(other.answer, one.answer))
      throw new ToolError(
        `The two sides disagree:\n${JSON.stringify(one.answer).slice(0, 3_000)}\n${JSON.stringify(other.answer).slice(0, 3_000)}`,
      );
  }
  const of = (/** @type {{ results: any[], builds: any[] }} */ side, /** @type {string} */ name) => {
    const found = [...side.results, ...side.builds].flatMap(({ parts }) => parts[name] ?? []);
    return found.length > 0 ? median(found) : undefined;
  };
  const memory = (/** @type {{ results: any[] }} */ side) =>
    median(side.results.map(({ peakMemory }) => peakMemory));
  return {
    spans: one.answer.spans,
    milliseconds: Object.fromEntries(
      ["open", "build", ...questions].map((name) => [
        name,
        { lens: of(lens, name) ?? 0, native: of(native, name) },
      ]),
    ),
    lensMemory: memory(lens),
    nativeMemory: memory(native),
  };
}

/**
 * A table in Markdown, one row a size.
 *
 * @param {readonly SummaryFigures[]} figures
 */
export function summaryTable(figures) {
  const seconds = (/** @type {number} */ value) =>
    value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
  const rows = figures.map(({ spans, milliseconds, lensMemory }) => [
    spans.toLocaleString("en"),
    ...["open", "build", ...questions].map((name) => {
      const { lens, native } = milliseconds[name] ?? { lens: 0, native: undefined };
      if (native === undefined) return seconds(lens);
      const ratio = name === "build" ? `${times(lens / native)} of` : `${times(native / lens)} faster than`;
      return `${seconds(lens)}, ${ratio} ${seconds(native)}`;
    }),
    megabytes(lensMemory),
  ]);
  const headings = [
    "spans",
    "first rows",
    "build",
    "no filter",
    "all pass a filter",
    "time range",
    "name",
    "pipeline",
    "peak memory",
  ];
  return [headings, headings.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
