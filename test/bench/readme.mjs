// The tables of the README, all measured in one go:
//
//   npm run bench -- readme          less than ten minutes on a quiet machine, once its databases are made (4.5 GB)
//   npm run bench -- readme --write  puts them into README.md as well
//   npm run bench -- readme --quick  100,000 spans only
//
// Needs `npm run package`. Markdown goes to stdout, all figures to out/bench-readme.json.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { outDir, root } from "../tools/paths.mjs";
import { run, ToolError } from "../tools/processes.mjs";
import { lensArguments, nativeArguments } from "./cases.mjs";
import { benchDatabase, nativeNode, warm } from "./databases.mjs";
import { measureHost } from "./host.mjs";
import { compete } from "./measure.mjs";
import { measureSummary } from "./summary.mjs";
import { questions } from "./summary-questions.mjs";
import { megabytes, times } from "./table.mjs";
import { measureTimeline } from "./timeline.mjs";

const everyRow = path.join(path.dirname(fileURLToPath(import.meta.url)), "every-row.py");
/** Bytes that loading every row may take. */
const everyRowMemory = 4e9;
/** What the first column calls each question. */
const titles = /** @type {Record<string, string>} */ ({
  open: "open to the first 100 runs",
  build: "summary made",
  none: "statistics: no filter",
  every: "statistics: a filter that every span passes",
  time: "statistics: time range",
  name: "statistics: name",
  pipeline: "statistics: one pipeline",
});

/**
 * @typedef {object} Pair
 * @property {number} lens milliseconds.
 * @property {number} native
 *
 * @typedef {object} SizeFigures
 * @property {number} spans
 * @property {Record<string, Pair>} milliseconds by question.
 * @property {number} lensMemory bytes, the most that a process held.
 * @property {number} nativeMemory
 * @property {{ milliseconds: number | null, peakMemory: number } | undefined} everyRow undefined without Python.
 */

/** Between these, README.md has the tables. */
const marks = /** @type {const} */ (["<!-- measured -->", "<!-- /measured -->"]);

/**
 * @param {boolean} quick
 * @param {boolean} write
 */
export async function measureReadme(quick, write) {
  const node = await nativeNode();
  const started = os.loadavg()[0] ?? 0;
  const figures = [];
  for (const spans of quick ? [100_000] : [100_000, 1_000_000, 5_000_000]) {
    console.error(`${spans.toLocaleString("en")} spans ...`);
    figures.push(await measureSize(node, spans));
  }
  console.error("The timeline in VS Code ...");
  const timeline = await measureTimeline();
  console.error("The extension host in VS Code ...");
  const host = await measureHost(quick ? 100_000 : 5_000_000);

  const cpu = `${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? "unknown processor"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const load = [started, os.loadavg()[0] ?? 0].map((one) => one.toFixed(1)).join(" to ");
  mkdirSync(outDir, { recursive: true });
  writeFileSync(
    path.join(outDir, "bench-readme.json"),
    `${JSON.stringify({ cpu, load, figures, timeline: timeline.results, host: host.figures }, undefined, 2)}\n`,
  );
  const version = (await run(node, ["--version"])).trim();
  const text = `\`npm run bench -- readme\` on ${cpu}, Node ${version}, load ${load}; files in the system's cache; medians of 3 turns in fresh
processes, of one turn for the filters of 5,000,000 spans. Layout 0.6.11. The first question of statistics makes a summary in memory, beside one
native pass over the same columns and JSON fields that hands out no rows; later ones change the filter, beside the faster of
window functions and sorting in JavaScript over Node's own SQLite. Sums over all spans are made with the first question and kept; those of
some names come from them:

${comparison(figures)}

${growth(figures)}

The timeline in VS Code, beside a plain waterfall of DOM elements in the same page:

${timeline.text}

${host.text}`;
  console.log(text);
  if (write) writeReadme(text);
}

/** @param {string} text */
function writeReadme(text) {
  const file = path.join(root, "README.md");
  const before = readFileSync(file, "utf8");
  const [from, to] = marks.map((mark) => before.indexOf(mark));
  if (from === undefined || to === undefined || from < 0 || to < from)
    throw new ToolError(`README.md has no place for the tables: ${marks.join(" and ")} are missing.`);
  writeFileSync(file, `${before.slice(0, from + marks[0].length)}\n${text}\n${before.slice(to)}`);
}

/**
 * @param {string} node
 * @param {number} spans
 * @returns {Promise<SizeFigures>}
 */
async function measureSize(node, spans) {
  const database = await benchDatabase("v0.6.11", spans);
  warm(database);
  const turns = spans > 1_000_000 ? 1 : 3;
  const [lens, native] = await compete(
    [
      { name: "Flujo Lens", program: node, args: lensArguments("open", database) },
      { name: "native", program: node, args: nativeArguments("open", database) },
    ],
    3,
  );
  if (lens === undefined || native === undefined) throw new Error("Two sides are needed");
  const summary = await measureSummary(node, database, turns);
  const milliseconds = Object.fromEntries(
    ["build", ...questions].map((name) => {
      const { lens: ours = Number.NaN, native: theirs = Number.NaN } = summary.milliseconds[name] ?? {};
      return [name, { lens: ours, native: theirs }];
    }),
  );
  const open = { lens: lens.milliseconds.median, native: native.milliseconds.median };
  return {
    spans,
    milliseconds: { open, ...milliseconds },
    lensMemory: summary.lensMemory,
    nativeMemory: summary.nativeMemory,
    everyRow: loadEveryRow(database),
  };
}

/** @param {string} database */
function loadEveryRow(database) {
  try {
    return JSON.parse(
      execFileSync("python3", [everyRow, database, String(everyRowMemory)], { encoding: "utf8" }),
    );
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {readonly string[]} cells */
const line = (cells) => `| ${cells.join(" | ")} |`;

/**
 * @param {readonly string[]} headings
 * @param {readonly (readonly string[])[]} rows
 */
function markdown(headings, rows) {
  const rule = headings.map((_heading, column) => (column === 0 ? "---" : "---:"));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

/** @param {number} milliseconds */
function time(milliseconds) {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/**
 * What each question takes, beside native SQLite in the same run.
 *
 * @param {readonly SizeFigures[]} figures
 */
function comparison(figures) {
  const sizes = figures.map(({ spans }) => `${spans.toLocaleString("en")} spans`);
  const rows = Object.keys(titles).map((name) => [
    titles[name] ?? name,
    ...figures.map(({ milliseconds }) => {
      const { lens, native } = milliseconds[name] ?? { lens: Number.NaN, native: Number.NaN };
      const ratio = lens > native ? `${times(lens / native)} of` : `${times(native / lens)} faster than`;
      return `${time(lens)}, ${ratio} ${time(native)}`;
    }),
  ]);
  const memory = [
    "peak memory, beside native",
    ...figures.map(({ lensMemory, nativeMemory }) => `${megabytes(lensMemory)}, ${megabytes(nativeMemory)}`),
  ];
  const loaded = [
    "every row loaded into Python, as flujo does",
    ...figures.map(({ everyRow }) => {
      if (everyRow === undefined) return "no Python here";
      if (everyRow.milliseconds === null) return `does not fit into ${megabytes(everyRowMemory)}`;
      return `${time(everyRow.milliseconds)}, ${megabytes(everyRow.peakMemory)}`;
    }),
  ];
  return markdown(["", ...sizes], [...rows, memory, loaded]);
}

/**
 * How much dearer each question is over more spans.
 *
 * @param {readonly SizeFigures[]} figures ascending.
 */
function growth(figures) {
  const steps = figures.slice(1).map((large, at) => ({ small: figures[at] ?? large, large }));
  if (steps.length === 0) return "";
  const headings = steps.map(
    ({ small, large }) =>
      `${small.spans.toLocaleString("en")} to ${large.spans.toLocaleString("en")} (${times(large.spans / small.spans)})`,
  );
  const both = (/** @type {number} */ lens, /** @type {number} */ native) =>
    `${times(lens)}, native ${times(native)}`;
  const rows = Object.keys(titles).map((name) => [
    titles[name] ?? name,
    ...steps.map(({ small, large }) => {
      const [from, to] = [small.milliseconds[name], large.milliseconds[name]];
      return both(
        (to?.lens ?? Number.NaN) / (from?.lens ?? Number.NaN),
        (to?.native ?? Number.NaN) / (from?.native ?? Number.NaN),
      );
    }),
  ]);
  const memory = [
    "peak memory",
    ...steps.map(({ small, large }) =>
      both(large.lensMemory / small.lensMemory, large.nativeMemory / small.nativeMemory),
    ),
  ];
  return `Growth of each cost:\n\n${markdown(["", ...headings], [...rows, memory])}`;
}
