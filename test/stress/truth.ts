import type { TraceStore } from "../../src/store/store.ts";
import { type Behaviour, largeBehaviours } from "./writers.ts";

/** What a call showed: the commit whose truth it is, if the answer names one, or in what it contradicts itself. */
export type Verdict =
  | { kind: "whole"; commit: number | undefined; stale: boolean }
  | { kind: "torn"; why: string };

/** Asks one question and holds the answer against what writer.py promises of every commit. */
export type Question = (store: TraceStore) => Promise<Verdict>;

/** What writer.py makes. */
interface Size {
  readonly runs: number;
  readonly spans: number;
  /** By so much the number of failed spans grows from commit to commit, up to fifty. */
  readonly failing: number;
}
const usual: Size = { runs: 40, spans: 1_000, failing: 7 };
/** `npm run stress -- --spans` makes it larger. */
const large: Size = { runs: 400, spans: Number(process.env.FLUJO_LENS_STRESS_SPANS ?? 100_000), failing: 1 };
/** Each span lasts so long at first, and durations only move between spans. */
const seconds = 10;
const traces = 8;

/** The questions for a behaviour; each is as likely as the others. */
export function questionsFor(behaviour: Behaviour): readonly Question[] {
  if (behaviour === "save_trace") return [savedStatistics, savedRuns, savedOutline];
  const isLarge = largeBehaviours.some((one) => one === behaviour);
  const size = isLarge ? large : usual;
  return [statistics(size), runs(size), outline(size), markerOutline, tableScan(size)];
}

const statistics =
  (size: Size): Question =>
  async (store) => {
    const answer = await store.getSpanStatistics();
    const commit = answer.avg_duration_by_name.commit?.total ?? Number.NaN;
    return verdict(commit, answer.snapshot.stale, {
      spans: [answer.total_spans, size.spans + 1],
      seconds: [answer.avg_duration_by_name.work?.total, size.spans * seconds],
      failed: [answer.by_status.failed ?? 0, (commit * size.failing) % 50],
    });
  };

const runs =
  (size: Size): Question =>
  async (store) => {
    const list = await store.listRuns();
    const sum = (value: (run: (typeof list)[number]) => number) =>
      list.reduce((total, run) => total + value(run), 0);
    const commit = Number(list.find(({ run_id }) => run_id === "marker")?.pipeline_version);
    return verdict(commit, false, {
      runs: [list.length, size.runs + 1],
      spans: [sum((run) => run.span_count), size.spans + 1],
      cost: [sum((run) => run.total_cost ?? 0), size.spans * seconds],
      failed: [sum((run) => run.failed_count), (commit * size.failing) % 50],
    });
  };

const outline =
  (size: Size): Question =>
  async (store) => {
    const name = `run_${String(Math.floor(Math.random() * size.runs)).padStart(3, "0")}`;
    const { run, spans, total, snapshot } = await store.getOutline(name);
    return verdict(undefined, snapshot.stale, {
      spans: [spans.length, run.span_count],
      total: [total, run.span_count],
      cost: [run.total_cost, spans.reduce((sum, span) => sum + (span.duration ?? Number.NaN), 0)],
      failed: [spans.filter(({ state }) => state === "failed").length, run.failed_count],
    });
  };

/** As the SQL console asks, and as long as a question gets: every row, with its attributes. */
const tableScan =
  (size: Size): Question =>
  async (store) => {
    const { rows, snapshot } = await store.sql(
      "SELECT sum(name = 'work'), sum(CASE name WHEN 'work' THEN end_time - start_time END), sum(status = 'failed'), " +
        "sum(CASE name WHEN 'commit' THEN end_time - start_time END), sum(json_valid(attributes)) FROM spans NOT INDEXED",
    );
    const [work, sum, failed, commit, valid] = rows[0]!.map(Number);
    return verdict(commit, snapshot.stale, {
      spans: [work, size.spans],
      seconds: [sum, size.spans * seconds],
      failed: [failed, (commit! * size.failing) % 50],
      attributes: [valid, size.spans],
    });
  };

const markerOutline: Question = async (store) => {
  const { run, spans, snapshot } = await store.getOutline("marker");
  const commit = Number(run.pipeline_version);
  return verdict(commit, snapshot.stale, { commit: [spans[0]?.duration, commit], spans: [spans.length, 1] });
};

const savedStatistics: Question = async (store) => {
  const answer = await store.getSpanStatistics();
  const commit = answer.avg_duration_by_name.pipeline_run?.total ?? Number.NaN;
  return verdict(commit, answer.snapshot.stale, {
    roots: [answer.by_name.pipeline_run, traces],
    steps: [answer.by_name.step, stepsAfter(commit)],
  });
};

const savedRuns: Question = async (store) => {
  const list = await store.listRuns();
  let commit = 0;
  const counted = list.reduce((sum, run) => sum + run.span_count, 0);
  // Span counts repeat every seven rounds, so that they name a commit only up to that.
  while (commit < 7 * traces && stepsAfter(commit) + traces !== counted) commit++;
  return verdict(undefined, false, { runs: [list.length, traces], known: [commit < 7 * traces, true] });
};

const savedOutline: Question = async (store) => {
  const { spans, snapshot } = await store.getOutline(`run_${Math.floor(Math.random() * traces)}`);
  const [root] = spans;
  const version = root?.duration ?? Number.NaN;
  return verdict(undefined, snapshot.stale, {
    steps: [spans.length - 1, 5 + (version % 7)],
    parents: [spans.slice(1).every(({ parent }) => parent === 0), true],
    span: [root?.span_id.endsWith(`-root-${version}`), true],
  });
};

/** Steps of all traces after so many saves in turn. */
function stepsAfter(commit: number): number {
  let steps = 0;
  for (let run = 0; run < traces; run++) {
    const version = Math.floor((commit + traces - 1 - run) / traces);
    steps += 5 + (version % 7);
  }
  return steps;
}

function verdict(
  commit: number | undefined,
  stale: boolean,
  facts: Record<string, readonly [seen: unknown, true: unknown]>,
): Verdict {
  const wrong = Object.entries(facts).filter(([, [seen, wanted]]) => seen !== wanted);
  if (commit !== undefined && !Number.isInteger(commit)) wrong.push(["commit", [commit, "a number"]]);
  if (wrong.length === 0) return { kind: "whole", commit, stale };
  const why = wrong.map(([name, [seen, wanted]]) => `${name} ${seen} instead of ${wanted}`).join(", ");
  return { kind: "torn", why: `commit ${commit}: ${why}` };
}
