// Runs beside the packaged extension in VS Code's extension host, and tells how long that extension holds the host's thread.
// Listens on 127.0.0.1 and writes its port to the file that FLUJO_LENS_METER names: GET /start, then GET /stop for the figures.
const { writeFileSync } = require("node:fs");
const http = require("node:http");
const inspector = require("node:inspector");
const { monitorEventLoopDelay } = require("node:perf_hooks");

/** Microseconds from one sample of the stack to the next. */
const interval = 500;
/**
 * Microseconds that count between two samples at most. The sampler interrupts whatever runs on the thread, a collection of
 * garbage too: a longer pause is one in which other programs had the processor.
 */
const longest = 4 * interval;
/** Milliseconds by which the meter of delays looks at the clock. */
const resolution = 5;
/** A file of the extension that is measured. */
const ours = /flujo-lens\.flujo-lens[^/]*\/dist\/[^/]+\.js$/;
/** What the engine does between two calls: it belongs to the section it touches. */
const engine = new Set(["(program)", "(garbage collector)"]);

const session = new inspector.Session();
let delays = monitorEventLoopDelay({ resolution });

function activate() {
  session.connect();
  const server = http.createServer((request, response) => {
    const answer = request.url === "/start" ? start() : stop();
    answer.then(
      (value) => response.end(JSON.stringify(value ?? {})),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object")
      writeFileSync(String(process.env.FLUJO_LENS_METER), String(address.port));
  });
}

async function start() {
  await post("Profiler.enable");
  await post("Profiler.setSamplingInterval", { interval });
  await post("Profiler.start");
  delays = monitorEventLoopDelay({ resolution });
  delays.enable();
}

async function stop() {
  delays.disable();
  const milliseconds = (/** @type {number} */ nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
  const late = { p99: milliseconds(delays.percentile(99)), max: milliseconds(delays.max) };
  const { profile } = /** @type {import("node:inspector").Profiler.StopReturnType} */ (
    await post("Profiler.stop")
  );
  return { late, ...sectionsOf(profile) };
}

/**
 * @param {string} method
 * @param {object} [params]
 */
function post(method, params = {}) {
  return new Promise((resolve, reject) =>
    session.post(method, params, (error, value) => (error ? reject(error) : resolve(value))),
  );
}

/**
 * The stretches of time that the host's thread worked without a rest, by whose code stood in the stack: the measured extension's,
 * or anyone else's. What the engine itself does (handing over messages, collecting garbage) counts for both that it lies between.
 *
 * @param {import("node:inspector").Profiler.Profile} profile
 */
function sectionsOf({ nodes, samples = [], timeDeltas = [] }) {
  const { owners, names } = describe(nodes);
  /** @type {{ ours: Section[], others: Section[] }} */
  const sections = { ours: [], others: [] };
  /** @type {Section & { owner: "ours" | "others" | undefined }} */
  let open = { owner: undefined, length: 0, names: {} };
  /** Time of the engine since someone's code was last seen. */
  let between = 0;
  const close = (/** @type {number} */ begun) => {
    if (open.owner !== undefined) sections[open.owner].push({ length: open.length, names: open.names });
    open = { owner: undefined, length: begun, names: {} };
  };
  for (const [at, node] of samples.entries()) {
    const owner = owners.get(node) ?? "others";
    const time = Math.min(timeDeltas[at + 1] ?? 0, longest) / 1000;
    if (owner === "idle") {
      close(0);
      between = 0;
      continue;
    }
    if (owner !== "engine") {
      if (open.owner !== undefined && open.owner !== owner) close(between);
      open.owner = owner;
    }
    between = owner === "engine" ? between + time : 0;
    open.length += time;
    const name = names.get(node) ?? "";
    open.names[name] = (open.names[name] ?? 0) + time;
  }
  close(0);
  const lengths = (/** @type {Section[]} */ list) => list.map(({ length }) => length).sort((a, b) => a - b);
  return {
    ours: lengths(sections.ours),
    others: lengths(sections.others),
    longest: longestOf(sections.ours),
  };
}

/** @typedef {{ length: number, names: Record<string, number> }} Section in milliseconds; `names` are of functions. */

/** @param {import("node:inspector").Profiler.ProfileNode[]} nodes */
function describe(nodes) {
  /** @type {Map<number, "ours" | "others" | "engine" | "idle">} */
  const owners = new Map();
  /** @type {Map<number, string>} */
  const names = new Map();
  // Callers stand before what they call.
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    names.set(id, `${functionName || "(anonymous)"}:${lineNumber + 1}`);
    const caller = owners.get(id);
    if (caller !== "ours") {
      if (ours.test(url)) owners.set(id, "ours");
      else if (engine.has(functionName)) owners.set(id, "engine");
      else owners.set(id, functionName === "(idle)" ? "idle" : "others");
    }
    if (owners.get(id) === "ours") for (const child of children) owners.set(child, "ours");
  }
  return { owners, names };
}

/** @param {Section[]} sections */
function longestOf(sections) {
  return sections
    .toSorted((a, b) => b.length - a.length)
    .slice(0, 3)
    .map(({ length, names }) => ({
      length,
      names: Object.entries(names)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 6),
    }));
}

module.exports = { activate };
