// How fast the store answers, beside a native SQLite that answers the same questions in the same run:
//
//   npm run bench                  100,000 and 1,000,000 spans in two layouts, about 10 minutes
//   npm run bench -- --quick       100,000 spans only, fewer turns
//   npm run bench -- --steps       finding steps in 2,000 Python files, also inside VS Code, what that costs a typist, and nothing else
//   npm run bench -- --summary     statistics over 100,000, 1,000,000 and 5,000,000 spans alone, about 15 minutes and 4.2 GB of disk
//   npm run bench -- page          the size of the panel's page and its first paint beside an empty webview, in VS Code
//   npm run bench -- --activation  VS Code's activation and its extension host's delays as well
//   npm run bench -- host          how long the extension holds the extension host's thread, with five million spans
//   npm run bench -- readme        the tables of the README in one go, less than ten minutes on a quiet machine
//   npm run bench -- files         new databases by import and migration, of the numbers of spans that follow or of
//                                  1,000,000 and 5,000,000: hours on a busy machine, and 10 GB of disk
//   npm run bench -- timeline      the panel's timeline in VS Code, and nothing else
//
// The table goes to stdout, all figures to out/bench.json. Needs `npm run build`.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { outDir, root } from "../tools/paths.mjs";
import { main, run, ToolError } from "../tools/processes.mjs";
import { cases, flujoArguments, lensArguments, nativeArguments } from "./cases.mjs";
import { benchDatabase, nativeNode, warm } from "./databases.mjs";
import { flujoPython, pythonVariable } from "./flujo.mjs";
import { compete } from "./measure.mjs";
import { megabytes, table, timeSpread, times } from "./table.mjs";

/** @typedef {import("./cases.mjs").Case} Case */
/** @typedef {import("./databases.mjs").Layout} Layout */
/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./measure.mjs").Figures} Figures */

/**
 * @typedef {object} Result
 * @property {Layout} layout
 * @property {number} spans
 * @property {string} name of the case.
 * @property {string} title
 * @property {boolean} opens
 * @property {Figures} lens
 * @property {Figures | undefined} peer the fastest native way.
 * @property {readonly Figures[]} peers all native ways that were tried.
 * @property {Figures | undefined} flujo
 */

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {string} load programs that wanted to run in the last minute, on average.
 * @property {string} node version of both sides.
 * @property {string} date
 */

/** @type {readonly Layout[]} */
const layouts = ["v0.4.32", "v0.6.11"];
/** What opening the larger database may cost, as a multiple of the smaller one. */
const growthLimit = 2;

main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean" },
      turns: { type: "string" },
      activation: { type: "boolean" },
      steps: { type: "boolean" },
      summary: { type: "boolean" },
      write: { type: "boolean" },
    },
  });
  if (positionals.includes("timeline")) {
    console.log((await (await import("./timeline.mjs")).measureTimeline(values.quick)).text);
    return;
  }
  if (positionals.includes("host")) {
    console.log((await (await import("./host.mjs")).measureHost(values.quick ? 100_000 : 5_000_000)).text);
    return;
  }
  if (values.steps) {
    console.log((await (await import("./steps.mjs")).measureSteps()).text);
    console.log(`\n${await (await import("./steps-host.mjs")).measureStepsInHost()}`);
    return;
  }
  if (!existsSync(path.join(root, "dist", "store.js"))) {
    throw new ToolError("There is no dist/store.js to measure: run `npm run build` first.");
  }
  const sizes = values.quick ? [100_000] : [100_000, 1_000_000];
  const turns = Number(values.turns ?? (values.quick ? 3 : 5));
  if (!(Number.isInteger(turns) && turns > 0)) throw new ToolError("--turns takes a whole number from 1.");
  if (positionals[0] === "page") {
    console.log((await (await import("./page.mjs")).measurePage(turns)).text);
    return;
  }
  if (positionals[0] === "readme") {
    await (await import("./readme.mjs")).measureReadme(values.quick === true, values.write === true);
    return;
  }
  if (positionals[0] === "files") {
    const named = positionals.slice(1).map(Number);
    const usual = values.quick ? [100_000] : [1_000_000, 5_000_000];
    console.log(await (await import("./files.mjs")).measureFiles(named.length > 0 ? named : usual));
    return;
  }
  const node = await nativeNode();

  if (values.summary) {
    await benchSummary(
      node,
      values.quick ? [100_000] : [100_000, 1_000_000, 5_000_000],
      Number(values.turns ?? 3),
    );
    return;
  }

  /** @type {Result[]} */
  const results = [];
  for (const layout of layouts) {
    for (const spans of sizes) results.push(...(await measureDatabase(node, layout, spans, turns)));
  }
  const idle = await compete([{ name: "idle", program: node, args: lensArguments("idle", "-") }], turns);
  const activation = values.activation
    ? await (await import("./activation.mjs")).measureActivation(
        await benchDatabase("v0.6.11", Math.max(...sizes)),
      )
    : undefined;

  const machine = describeMachine((await run(node, ["--version"])).trim());
  printResults(results, turns, idle[0], machine);
  printGrowth(results);
  if (activation !== undefined) console.log(`\n${activation.text}`);
  mkdirSync(outDir, { recursive: true });
  const file = path.join(outDir, "bench.json");
  writeFileSync(
    file,
    `${JSON.stringify({ machine, turns, idle: idle[0], results, activation }, undefined, 2)}\n`,
  );
  console.log(`\nAll figures: ${path.relative(process.cwd(), file)}`);
});

/**
 * @param {string} node
 * @param {readonly number[]} sizes
 * @param {number} turns
 */
async function benchSummary(node, sizes, turns) {
  const { measureSummary, summaryTable } = await import("./summary.mjs");
  const figures = [];
  for (const spans of sizes) {
    progress(`${spans.toLocaleString("en")} spans ...`);
    const database = await benchDatabase("v0.6.11", spans);
    warm(database);
    // One question to the native side takes a minute at this size.
    figures.push(await measureSummary(node, database, spans > 1_000_000 ? 1 : turns));
    progress("");
  }
  const { cpu, load, node: version } = describeMachine((await run(node, ["--version"])).trim());
  console.log(`${summaryTable(figures)}

Layout 0.6.11; medians of ${turns} turns in fresh processes (one turn above a million spans). ${cpu}; load ${load} at the end; Node ${version}.
Build: the first question after opening, beside one native pass over the same columns and JSON fields that hands out no rows.
Filters: the same figures by name with percentiles, beside the faster of window functions and sorting in JavaScript.`);
}

/**
 * @param {string} node
 * @param {Layout} layout
 * @param {number} spans
 * @param {number} turns
 * @returns {Promise<Result[]>}
 */
async function measureDatabase(node, layout, spans, turns) {
  const database = await benchDatabase(layout, spans);
  warm(database);
  const python = await flujoPython(database, `flujo ${layout}'s databases`);
  const results = [];
  for (const one of cases) {
    progress(`${layout}, ${spans.toLocaleString("en")} spans: ${one.title} ...`);
    const [lens, peers] = await measureCase(node, database, one, turns);
    const peer = peers.toSorted((a, b) => a.milliseconds.median - b.milliseconds.median)[0];
    const flujo = python === undefined ? undefined : await measureFlujo(python, database, one, turns);
    results.push({
      layout,
      spans,
      name: one.name,
      title: one.title,
      opens: one.opens,
      lens,
      peer,
      peers,
      flujo,
    });
  }
  progress("");
  return results;
}

/**
 * @param {string} node
 * @param {string} database
 * @param {Case} one
 * @param {number} turns
 * @returns {Promise<[lens: Figures, peers: Figures[]]>}
 */
async function measureCase(node, database, one, turns) {
  const [lens, ...peers] = await compete(
    [
      { name: "Flujo Lens", program: node, args: lensArguments(one.name, database) },
      ...one.peers.map((peer) => ({ name: peer, program: node, args: nativeArguments(peer, database) })),
    ],
    turns,
  );
  if (lens === undefined) throw new Error("The first contestant has no figures");
  return [lens, peers];
}

/**
 * @param {string} python
 * @param {string} database
 * @param {Case} one
 * @param {number} turns
 */
async function measureFlujo(python, database, { flujo }, turns) {
  if (flujo === undefined) return undefined;
  return (
    await compete([{ name: "flujo", program: python, args: flujoArguments(flujo, database) }], turns)
  )[0];
}

/**
 * @param {readonly Result[]} results
 * @param {number} turns
 * @param {Figures | undefined} idle
 * @param {Machine} machine
 */
function printResults(results, turns, idle, machine) {
  const withFlujo = results.some(({ flujo }) => flujo !== undefined);
  const headings = ["layout", "spans", "measure", "Flujo Lens", "native SQLite", "ratio", "memory", "native"];
  const rows = results.map(({ layout, spans, title, lens, peer, flujo }) => [
    ...[layout, spans === 1_000_000 ? "1M" : `${spans / 1000}k`, title],
    ...[timeSpread(lens.milliseconds), peer ? timeSpread(peer.milliseconds) : "-"],
    peer ? times(lens.milliseconds.median / peer.milliseconds.median) : "-",
    ...[megabytes(lens.peakMemory.median), peer ? megabytes(peer.peakMemory.median) : "-"],
    ...(withFlujo ? [flujo ? timeSpread(flujo.milliseconds) : "-"] : []),
  ]);
  const { cpu, load, node } = machine;
  console.log(`${table(withFlujo ? [...headings, "flujo itself"] : headings, rows, 3)}

Median of ${turns} turns in fresh processes (least to most), in changing order; the files are in the system's cache.
Memory is the most that a whole process held; one that does nothing holds ${megabytes(idle?.peakMemory.median ?? 0)}.
${cpu}; load ${load} at the end (other work on the machine makes all figures worse); both sides on Node ${node}.
The native side is Node's own SQLite with the SQL that a user would write, without self times, percentiles by window
functions or by sorting in JavaScript, whichever is faster: ${peerNames(results)}.`);
  console.log(
    withFlujo
      ? "flujo itself answers less: its list counts no spans, its statistics have no percentiles, costs or self times."
      : `flujo itself was left out: name a Python that has it in ${pythonVariable}.`,
  );
}

/** @param {readonly Result[]} results */
function peerNames(results) {
  const winners = results.flatMap(({ name, peer }) => (name === "statistics" && peer ? [peer.name] : []));
  return Array.from(new Set(winners)).join(", ");
}

/** @param {readonly Result[]} results */
function printGrowth(results) {
  const rows = results.flatMap((large) => {
    const small = results.find(
      ({ layout, name, spans }) =>
        layout === large.layout && name === large.name && spans * 10 === large.spans,
    );
    if (small === undefined || !large.opens) return [];
    const time = large.lens.milliseconds.median / small.lens.milliseconds.median;
    const memory = large.lens.peakMemory.median / small.lens.peakMemory.median;
    const verdict = time <= growthLimit && memory <= growthLimit ? "within" : "BEYOND";
    return [[large.layout, large.title, times(time), times(memory), `${verdict} ${growthLimit}x`]];
  });
  if (rows.length === 0) return;
  console.log(`\nTen times the spans\n${table(["layout", "measure", "time", "memory", "check"], rows, 2)}`);
}

/** @param {string} text shown in place while a terminal watches. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/**
 * @param {string} node its version.
 * @returns {Machine}
 */
function describeMachine(node) {
  const cpu = `${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? "unknown processor"}`;
  return { cpu, load: os.loadavg()[0]?.toFixed(1) ?? "unknown", node, date: new Date().toISOString() };
}
