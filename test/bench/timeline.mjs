// How fast the panel's timeline is in a real VS Code, beside a plain waterfall of DOM elements in the same page:
//
//   npm run bench -- timeline
//
// Needs `npm run package`. Prints a Markdown table.
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce } from "../tools/install-once.mjs";
import { outDir, vsixPath } from "../tools/paths.mjs";
import { run, ToolError } from "../tools/processes.mjs";
import { nativeNode } from "./databases.mjs";
import { showRun, startPeer, stopPeer, turn } from "./timeline-page.mjs";
import { timelineTable } from "./timeline-table.mjs";

/** Part of the cache key: raise it when what is written changes. */
const recipe = 3;
const sizes = [1_000, 10_000, 100_000, 1_000_000];
/** A plain page of ten times as many would take minutes for a frame. */
const mostPeerSpans = 100_000;
const frames = 60;
/** Microseconds from one sample of the page's stack to the next. */
const interval = 200;
/** Milliseconds for a run to show. */
const patience = 120_000;
/** A plain page takes seconds for each when it has many spans. */
const peerFrames = (/** @type {number} */ spans) => (spans > 10_000 ? 1 : spans > 1_000 ? 5 : 30);
/** What one frame asks for. */
const works = /** @type {const} */ (["zoom", "pan", "scroll", "flame zoom"]);
/** Runs that are opened one after another in one page. */
const inTurn = 10;

/**
 * @typedef {object} Cost of a frame, in milliseconds.
 * @property {number} script
 * @property {number} task script, style, layout and painting on the page's main thread.
 *
 * @typedef {object} Memory in bytes, after collecting garbage.
 * @property {number} objects
 * @property {number} arrays buffers of typed arrays.
 *
 * @typedef {object} TimelineResult
 * @property {number} spans
 * @property {number} open milliseconds from the choice of the run to its first paint.
 * @property {number} paint milliseconds from the outline's arrival in the page to its first paint.
 * @property {Record<string, Cost>} costs by work.
 * @property {Memory} memory of the page with this run.
 * @property {number} failed milliseconds from Enter until only failed spans and those above them are drawn.
 * @property {Memory[]} turns the page's memory while run after run is opened in it, from the second one on.
 * @property {{ paint: number, zoom: Cost, scroll: Cost } | undefined} peer
 */

/**
 * @returns {Promise<{ results: TimelineResult[], idle: Cost, text: string }>}
 * @throws {ToolError} when there is no package to measure.
 */
export async function measureTimeline(quick = false) {
  if (!existsSync(vsixPath))
    throw new ToolError("There is no package to measure: run `npm run package` first.");
  const database = await timelineDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-timeline-"));
  try {
    const workspace = path.join(folder, "workspace");
    await mkdir(workspace);
    symlinkSync(database, path.join(workspace, "flujo_ops.db"));
    register("../tools/typescript-hooks.mjs", import.meta.url);
    const { Workbench } = await import("../ui/support/workbench.ts");
    const code = await Workbench.open({ folder: workspace });
    try {
      code.page.setDefaultTimeout(120_000);
      await code.openView("Flujo Lens");
      await code.page
        .getByRole("treeitem", { name: /timeline_of/ })
        .first()
        .waitFor();
      const results = [];
      /** @type {string[]} */
      const missing = [];
      let idle = { script: 0, task: 0 };
      for (const spans of quick ? [1_000, 100_000] : sizes) {
        try {
          const { result, rest } = await measureSize(code, spans);
          results.push(result);
          if (spans === sizes[0]) idle = rest;
        } catch (thrown) {
          if (!(thrown instanceof ToolError)) throw thrown;
          // What was measured of smaller runs is worth printing.
          missing.push(thrown.message);
          break;
        }
      }
      mkdirSync(outDir, { recursive: true });
      writeFileSync(
        path.join(outDir, "bench-timeline.json"),
        `${JSON.stringify({ results, idle }, undefined, 2)}\n`,
      );
      return { results, idle, text: [timelineTable(results, idle), ...missing].join("\n") };
    } finally {
      await code.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {number} spans */
function runId(spans) {
  return `run_${String(spans).padStart(8, "0")}`;
}

/** @param {number} spans */
export function runName(spans) {
  return `timeline_of_${String(spans).padStart(7, "0")}`;
}

/** @returns {Promise<string>} path of a database with a run of each size. */
export async function timelineDatabase() {
  const node = await nativeNode();
  const maker = path.join(path.dirname(fileURLToPath(import.meta.url)), "make-timeline.mjs");
  const folder = await installOnce(`bench-timeline-${recipe}`, async (unfinished) => {
    console.log("Making a database with runs of up to 1,000,000 spans ...");
    await run(node, ["--no-warnings", maker, path.join(unfinished, "flujo_ops.db"), ...sizes.map(String)]);
  });
  return path.join(folder, "flujo_ops.db");
}

/**
 * @param {import("../ui/support/workbench.ts").Workbench} code
 * @param {number} spans
 * @returns {Promise<{ result: TimelineResult, rest: Cost }>}
 */
async function measureSize(code, spans) {
  const { page } = code;
  console.error(`${spans.toLocaleString("en")} spans ...`);
  const started = await openRun(code, spans);
  const frame = await panelFrame(page, spans);
  const { arrived, painted, at } = await firstPaint(frame);
  await page.waitForTimeout(2000);
  const session = await sessionOf(page, frame);
  // Time of the processor: what other programs take of it does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval });
  const cost = async (/** @type {string} */ work, count = frames) => {
    const before = await metrics(session);
    await session.send("Profiler.start");
    await frame.evaluate(turn, { work, frames: count });
    const { profile } = await session.send("Profiler.stop");
    const after = await metrics(session);
    return {
      script: scriptOf(profile) / count,
      task: ((after.TaskDuration - before.TaskDuration) * 1000) / count,
    };
  };
  const rest = await cost("rest");
  /** @type {Record<string, Cost>} */
  const costs = {};
  for (const work of works) costs[work] = await cost(work);
  const failed = await onlyFailed(code);
  costs.jump = await cost("jump", 30);
  await code.panel().getByRole("combobox", { name: "Filter spans" }).fill("");
  await page.keyboard.press("Enter");
  const memory = await memoryOf(session);
  /** @type {Memory[]} */
  const turns = [];
  if (spans === 100_000) {
    for (let run = 0; run < inTurn; run += 1) {
      await frame.evaluate(showRun, runId(run % 2 === 0 ? 10_000 : spans));
      if (run % 2 === 1) turns.push(await memoryOf(session));
    }
  }
  let peer;
  if (spans <= mostPeerSpans) {
    const peerPaint = await frame.evaluate(startPeer, spans);
    peer = {
      paint: peerPaint,
      zoom: await cost("peer zoom", peerFrames(spans)),
      scroll: await cost("peer scroll", peerFrames(spans)),
    };
    await frame.evaluate(stopPeer);
  }
  await code.command("View: Close All Editors");
  console.error(
    JSON.stringify({ open: at - started, paint: painted - arrived, costs, failed, memory, turns, peer }),
  );
  const result = {
    ...{ spans, open: at - started, paint: painted - arrived },
    ...{ costs, failed, memory, turns, peer },
  };
  return { result, rest };
}

/**
 * Chooses a run as a person does.
 *
 * @param {import("../ui/support/workbench.ts").Workbench} code
 * @param {number} spans
 * @returns {Promise<number>} when it was chosen, in milliseconds of the clock.
 */
async function openRun(code, spans) {
  const name = runName(spans);
  await code.command("Flujo Lens: Show Trace");
  await code.quickPick.type(name);
  await code.quickPick.options(name).and(code.page.locator('[aria-setsize="1"]')).waitFor();
  const started = Date.now();
  await code.quickPick.accept();
  return started;
}

/**
 * @param {import("playwright-core").Page} page
 * @param {number} spans
 * @returns {Promise<import("playwright-core").Frame>}
 */
export async function panelFrame(page, spans) {
  for (const until = Date.now() + patience; Date.now() < until; ) {
    for (const frame of page.frames()) {
      const found = await frame
        .evaluate((name) => document.querySelector("flujo-lens-app h1")?.textContent === name, runName(spans))
        .catch(() => false);
      if (found) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new ToolError(`The run of ${spans} spans did not show within ${patience / 1000} s.`);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").Frame} frame
 */
async function sessionOf(page, frame) {
  // A frame of the page's own process has no session of its own.
  return page
    .context()
    .newCDPSession(frame)
    .catch(() => page.context().newCDPSession(page));
}

/**
 * @param {import("playwright-core").CDPSession} session
 * @returns {Promise<Record<string, number>>}
 */
async function metrics(session) {
  const answer = await session.send("Performance.getMetrics");
  return Object.fromEntries(answer.metrics.map(({ name, value }) => [name, value]));
}

/**
 * Milliseconds in which script ran, garbage collection included: the browser's own sum leaves out what promises continue.
 *
 * @param {{ nodes: { id: number, callFrame: { functionName: string } }[], samples?: number[], timeDeltas?: number[] }} profile
 */
function scriptOf({ nodes, samples = [], timeDeltas = [] }) {
  const others = new Set(["(idle)", "(program)", "(root)"]);
  const scripts = new Set(
    nodes.filter(({ callFrame }) => !others.has(callFrame.functionName)).map(({ id }) => id),
  );
  let microseconds = 0;
  for (const [at, node] of samples.entries()) {
    // A longer pause between two samples is one in which other programs had the processor.
    if (scripts.has(node)) microseconds += Math.min(timeDeltas[at + 1] ?? 0, 4 * interval);
  }
  return microseconds / 1000;
}

/**
 * Writes a filter that takes failed spans, and waits until they are all that is drawn with those above them.
 *
 * @param {import("../ui/support/workbench.ts").Workbench} code
 * @returns {Promise<number>} milliseconds.
 */
async function onlyFailed(code) {
  const box = code.panel().getByRole("combobox", { name: "Filter spans" });
  await box.fill("status = failed");
  const started = performance.now();
  await box.press("Enter");
  await code
    .panel()
    .locator(".match-count", { hasText: /\d of \d/ })
    .waitFor();
  return performance.now() - started;
}

/**
 * @param {import("playwright-core").CDPSession} session
 * @returns {Promise<Memory>}
 */
async function memoryOf(session) {
  // What was let go of only now is found by the second collection.
  for (let time = 0; time < 2; time += 1) await session.send("HeapProfiler.collectGarbage");
  const usage = /** @type {{ usedSize: number, backingStorageSize?: number }} */ (
    await session.send("Runtime.getHeapUsage")
  );
  return { objects: usage.usedSize, arrays: usage.backingStorageSize ?? Number.NaN };
}

/**
 * When the outline arrived and when the first frame with it was done, by the page's own marks.
 *
 * @param {import("playwright-core").Frame} frame
 * @returns {Promise<{ arrived: number, painted: number, at: number }>} milliseconds of the page, and of the clock.
 */
export async function firstPaint(frame) {
  for (const until = Date.now() + patience; Date.now() < until; ) {
    const found = await frame.evaluate(() => {
      const time = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
      const painted = time("lens-painted");
      return { arrived: time("lens-outline"), painted, at: performance.timeOrigin + painted };
    });
    if (found.painted > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new ToolError(`Nothing was painted within ${patience / 1000} s.`);
}
