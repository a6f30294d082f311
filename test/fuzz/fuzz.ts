import { renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TraceError } from "../../src/engine/errors.ts";
import { openTraceStore, type TraceStore } from "../../src/store/store.ts";
import { damaged, type Input, seeds } from "./inputs.ts";
import { Random } from "./random.ts";

export interface FuzzOutcome {
  inputs: number;
  /** Questions that were answered. */
  answers: number;
  /** Questions that ended with a sentence, by its kind. */
  readonly sentences: Record<string, number>;
  /** What must not happen, one sentence each, with the seed that repeats it. */
  readonly failures: string[];
  /** The longest that one input took, milliseconds. */
  slowest: number;
  /** Bytes that the process held beyond what it held at the start, at most. */
  memory: number;
}

/** Milliseconds that one input may take. */
const limit = 5_000;
const memoryLimit = 512 << 20;

/**
 * Damages databases and asks everything of them: each question must end with an answer or a sentence.
 * @param folder An empty one.
 * @param goesOn Asked before each input, with their number so far.
 * @param firstSeed Input number i is made from the seed firstSeed + i.
 */
export async function fuzz(
  folder: string,
  goesOn: (inputs: number) => boolean,
  firstSeed: number,
): Promise<FuzzOutcome> {
  const whole = await seeds();
  const file = path.join(folder, "flujo_ops.db");
  const outcome: FuzzOutcome = { inputs: 0, answers: 0, sentences: {}, failures: [], slowest: 0, memory: 0 };
  const atStart = process.memoryUsage.rss();
  put(file, whole[0]!);
  let store = await openTraceStore(file);
  try {
    while (goesOn(outcome.inputs)) {
      const seed = firstSeed + outcome.inputs;
      // The whole ones first: hostile schemas are inputs as they are.
      const input = whole[seed] ?? damaged(new Random(seed), whole);
      put(file, input);
      const begun = performance.now();
      const wrong = await askEverything(store, outcome);
      const took = performance.now() - begun;
      outcome.inputs++;
      outcome.slowest = Math.max(outcome.slowest, took);
      outcome.memory = Math.max(outcome.memory, process.memoryUsage.rss() - atStart);
      if (took > limit) wrong.push(`it took ${Math.round(took)} ms`);
      if (outcome.memory > memoryLimit) wrong.push(`it took ${outcome.memory >> 20} MB`);
      for (const why of new Set(wrong)) outcome.failures.push(`seed ${seed} (${input.what}): ${why}`);
      if (wrong.length > 0 || outcome.inputs % 1000 === 0) {
        await store.close();
        put(file, whole[0]!);
        store = await openTraceStore(file);
      }
    }
  } finally {
    await store.close();
  }
  return outcome;
}

/** The files of one seed, for a test that keeps it. */
export async function inputOf(seed: number): Promise<Input> {
  const whole = await seeds();
  return whole[seed] ?? damaged(new Random(seed), whole);
}

/** Opens it anew, as a window does, and asks everything. Gives what must not happen. */
export async function openAndAsk(folder: string, input: Input): Promise<string[]> {
  const file = path.join(folder, "flujo_ops.db");
  put(file, input);
  const outcome: FuzzOutcome = { inputs: 0, answers: 0, sentences: {}, failures: [], slowest: 0, memory: 0 };
  const begun = performance.now();
  const wrong: string[] = [];
  try {
    const store = await openTraceStore(file);
    wrong.push(...(await askEverything(store, outcome)));
    await store.close();
  } catch (thrown) {
    wrong.push(...complaintAbout(thrown, outcome));
  }
  const took = performance.now() - begun;
  return took > limit ? [...wrong, `it took ${Math.round(took)} ms`] : wrong;
}

async function askEverything(store: TraceStore, outcome: FuzzOutcome): Promise<string[]> {
  const wrong: string[] = [];
  const giveUp = AbortSignal.timeout(limit);
  const options = { signal: giveUp };
  const ask = async <T>(question: Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await question;
      outcome.answers++;
      return answer;
    } catch (thrown) {
      if (giveUp.aborted) wrong.push("a question hung");
      else wrong.push(...complaintAbout(thrown, outcome));
      return undefined;
    }
  };
  await ask(store.info(options));
  const runs = await ask(store.listRuns({ limit: 100 }, options));
  const id = runs?.[0]?.run_id ?? "run_1";
  const [outline] = await Promise.all([
    ask(store.getOutline(id, {}, options)),
    ask(store.getTrace(id, options)),
    ask(store.getRunDetail(id, options)),
    ask(store.getSpanStatistics({}, options)),
    ask(store.getStatisticsReport({}, options)),
    ask(store.query("error-patterns", {}, options)),
  ]);
  const key = outline?.spans.at(-1)?.key;
  if (key !== undefined) {
    await ask(store.getSpanDetail(id, key, options));
    await ask(store.getStepHistory(id, key, {}, options));
  }
  return wrong;
}

function complaintAbout(thrown: unknown, outcome: FuzzOutcome): string[] {
  if (!(thrown instanceof TraceError))
    return [`something else than a sentence was thrown: ${String(thrown)}`];
  const { kind, message } = thrown;
  outcome.sentences[kind] = (outcome.sentences[kind] ?? 0) + 1;
  if (kind === "internal") return [`a sentence of no use: ${message}`];
  return /^\S.{10,}[.?!]$/s.test(message) ? [] : [`not a sentence: ${message}`];
}

/** Puts a file of its own under the same name, as old as files are that nobody writes. */
function put(file: string, { main, log, journal }: Input): void {
  for (const [suffix, bytes] of [
    ["-wal", log],
    ["-journal", journal],
    ["", main],
  ] as const) {
    if (bytes === undefined) {
      rmSync(file + suffix, { force: true });
      continue;
    }
    const fresh = `${file}${suffix}.new`;
    writeFileSync(fresh, bytes);
    utimesSync(fresh, 1_700_000_000, 1_700_000_000);
    renameSync(fresh, file + suffix);
  }
}
