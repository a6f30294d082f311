import type { TraceStore } from "../../src/store/store.ts";
import type { Behaviour } from "./writers.ts";

/** What a call showed: the commit whose truth it is, if the answer names one, or in what it contradicts itself. */
export type Verdict =
  | { kind: "whole"; commit: number | undefined; stale: boolean }
  | { kind: "torn"; why: string };

/** Asks one question and holds the answer against what writer.py promises of every commit. */
export type Question = (store: TraceStore) => Promise<Verdict>;

const spans = 1000;
const seconds = 10_000;
const traces = 8;

/** The questions for a behaviour; each is as likely as the others. */
export function questionsFor(behaviour: Behaviour): readonly Question[] {
  return behaviour === "save_trace"
    ? [savedStatistics, savedRuns, savedOutline]
    : [statistics, runs, outline, markerOutline];
}

const statistics: Question = async (store) => {
  const answer = await store.getSpanStatistics();
  const commit = answer.avg_duration_by_name.commit?.total ?? Number.NaN;
  return verdict(commit, answer.snapshot.stale, {
    spans: [answer.total_spans, spans + 1],
    seconds: [answer.avg_duration_by_name.work?.total, seconds],
    failed: [answer.by_status.failed ?? 0, (commit * 7) % 50],
  });
};

const runs: Question = async (store) => {
  const list = await store.listRuns();
  const sum = (value: (run: (typeof list)[number]) => number) =>
    list.reduce((total, run) => total + value(run), 0);
  const commit = Number(list.find(({ run_id }) => run_id === "marker")?.pipeline_version);
  return verdict(commit, false, {
    runs: [list.length, 41],
    spans: [sum((run) => run.span_count), spans + 1],
    cost: [sum((run) => run.total_cost ?? 0), seconds],
    failed: [sum((run) => run.failed_count), (commit * 7) % 50],
  });
};

const outline: Question = async (store) => {
  const name = `run_${String(Math.floor(Math.random() * 40)).padStart(3, "0")}`;
  const { run, spans, total, snapshot } = await store.getOutline(name);
  return verdict(undefined, snapshot.stale, {
    spans: [spans.length, run.span_count],
    total: [total, run.span_count],
    cost: [run.total_cost, spans.reduce((sum, span) => sum + (span.duration ?? Number.NaN), 0)],
    failed: [spans.filter(({ state }) => state === "failed").length, run.failed_count],
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
