// Runs inside VS Code's extension host, beside the packaged extension: how long that takes to activate, and how long it
// blocks the host while it opens a database and lists its runs. Writes to the file that FLUJO_LENS_PROBE_RESULT names.
const { writeFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { setTimeout: sleep } = require("node:timers/promises");
const vscode = require("vscode");

const id = "flujo-lens.flujo-lens";
/** Milliseconds until a window that was just opened has come to rest. */
const settle = 8_000;
/** Milliseconds for which timers are watched from the start of each work. */
const watched = 5_000;

async function run() {
  await sleep(settle);
  const isActiveAtStart = vscode.extensions.getExtension(id)?.isActive;
  const idle = await delays(async () => {});
  // Shows the view, which activates the extension, opens the database and lists the first runs.
  const listing = await delays(() => vscode.commands.executeCommand("flujoLens.runs.focus"));
  const listingAgain = await delays(() => vscode.commands.executeCommand("flujoLens.refresh"));
  const result = {
    isActiveAtStart,
    load: between("willLoadExtensionCode", "didLoadExtensionCode"),
    activate: between("willActivateExtension", "didActivateExtension"),
    idle,
    listing,
    listingAgain,
  };
  writeFileSync(String(process.env.FLUJO_LENS_PROBE_RESULT), JSON.stringify(result));
}

/**
 * Milliseconds between two of the marks that VS Code itself sets for every extension.
 *
 * @param {string} from
 * @param {string} to
 */
function between(from, to) {
  const { MonacoPerformanceMarks } = /** @type {any} */ (globalThis);
  /** @type {{ name: string, startTime: number }[]} */
  const marks = MonacoPerformanceMarks.getMarks();
  const at = (/** @type {string} */ event) =>
    marks.find(({ name }) => name === `code/extHost/${event}/${id}`)?.startTime ?? Number.NaN;
  return at(to) - at(from);
}

/**
 * How late the host's timers were for some seconds from the start of the work, in milliseconds.
 *
 * @param {() => PromiseLike<unknown>} work
 */
async function delays(work) {
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  histogram.reset();
  // Without this pause the first sample is the reset itself.
  await sleep(50);
  await work();
  await sleep(watched);
  histogram.disable();
  const milliseconds = (/** @type {number} */ nanoseconds) => nanoseconds / 1e6;
  return {
    p50: milliseconds(histogram.percentile(50)),
    p99: milliseconds(histogram.percentile(99)),
    max: milliseconds(histogram.max),
  };
}

module.exports = { run };
