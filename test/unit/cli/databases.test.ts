import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { countsOf } from "../support/figures.ts";
import { type FixtureName, fixture, fixtureCounts } from "../support/fixtures.ts";
import { run } from "./fake-process.ts";
import { cli, cliJson } from "./run-cli.ts";

interface ListedRun {
  run_id: string;
  pipeline_name: string;
  status: string;
  start_time: number;
  end_time: number | null;
  span_count: number;
  failed_count: number;
}

interface ListedSpan {
  span_id: string;
  parent_span_id: string | null;
  run_id: string;
  name: string;
  status: string;
  start_time: number;
}

interface NestedSpan {
  span_id: string;
  start_time: number;
  children: NestedSpan[];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const whole: readonly FixtureName[] = ["v1.0", "v0.4.32", "v0.6.11"];

describe.each(whole)("the database of %s", (name) => {
  let runs: ListedRun[];
  let store: TraceStore;

  beforeAll(async () => {
    runs = await cliJson(["list", "--limit", "100000", "--db", fixture(name)]);
    store = await openTraceStore(fixture(name));
  });
  afterAll(() => store?.close());

  /** Runs a command in this process on the one open store, because starting 300 processes takes a minute. */
  const json = async <T>(...args: string[]): Promise<T> => {
    const shared: Partial<TraceStore> = {
      getRun: (id) => store.getRun(id),
      getSpans: (id, query) => store.getSpans(id, query),
      getTracePage: (id, query) => store.getTracePage(id, query),
    };
    const { code, stdout } = await run([...args, "--json"], shared);
    expect(code).toBe(0);
    return JSON.parse(stdout) as T;
  };

  it("lists its 300 runs, newest first, with their spans and failures", () => {
    expect(runs).toHaveLength(fixtureCounts[name].runs);
    expect(countsOf(runs.map((each) => each.status))).toEqual({
      completed: 233,
      failed: 59,
      paused: 7,
      running: 1,
    });
    expect(sum(runs.map((each) => each.span_count))).toBe(2935);
    expect(sum(runs.map((each) => each.failed_count))).toBe(118);
    expect(runs.map((each) => each.start_time)).toEqual(
      runs.map((each) => each.start_time).sort((a, b) => b - a),
    );
  });

  it("lists 50 without a limit, and by status and pipeline", async () => {
    expect(await cliJson(["list", "--db", fixture(name)])).toEqual(runs.slice(0, 50));
    const filter = ["--status", "failed", "--pipeline", "code_review", "--limit", "300"];
    const expected = runs.filter((each) => each.status === "failed" && each.pipeline_name === "code_review");
    expect(expected.length).toBeGreaterThan(0);
    expect(await cliJson(["list", "--db", fixture(name), ...filter])).toEqual(expected);
  });

  it("gives every span of every run, as a list and as a tree", async () => {
    let spans = 0;
    let failed = 0;
    for (const { run_id, span_count } of runs) {
      const list = await json<ListedSpan[]>("spans", run_id);
      expect(list).toHaveLength(span_count);
      expect(list.every((span) => span.run_id === run_id)).toBe(true);
      spans += list.length;
      failed += list.filter((span) => span.status === "failed").length;
      if (span_count === 0) continue;
      const flat = await json<ListedSpan[]>("trace", run_id, "--flat");
      expect(new Set(flat.map((span) => span.span_id))).toEqual(new Set(list.map((span) => span.span_id)));
      const root = await json<NestedSpan>("trace", run_id);
      expect(idsOf(root)).toEqual(flat.map((span) => span.span_id));
    }
    expect({ spans, failed }).toEqual({ spans: 2935, failed: 118 });
  });

  it("filters spans by status and name as written", async () => {
    const { run_id } = runs.find((each) => each.status === "failed")!;
    const all = await json<ListedSpan[]>("spans", run_id);
    const last = all.at(-1)!;
    expect(await json("spans", run_id, "--status", last.status, "--name", last.name)).toEqual(
      all.filter((span) => span.status === last.status && span.name === last.name),
    );
    expect(await json("spans", run_id, "--name", "no such name")).toEqual([]);
  });

  it("shows a failed run with its steps and its error", async () => {
    const failed = runs.find((each) => each.status === "failed")!;
    const shown = await cliJson<{
      run: ListedRun;
      steps: unknown[];
      error: { type: string; message: string };
    }>(["show", failed.run_id, "--db", fixture(name)]);
    expect(Object.keys(shown)).toEqual(["run", "steps", "error"]);
    expect(shown.run).toEqual(failed);
    expect(shown.steps.length).toBeGreaterThan(0);
    expect(shown.error.type).not.toBe("unknown");
    expect(shown.error.message).not.toBe("");
  });

  it("shows the failed span of a failed run with its reason, and says that a running run's tree is provisional", async () => {
    const failed = runs.find((each) => each.status === "failed")!;
    const tree = await cli(["trace", failed.run_id, "--db", fixture(name)]);
    expect(tree).toMatchObject({ code: 0, stderr: "" });
    const { error } = await cliJson<{ error: { message: string } }>([
      "show",
      failed.run_id,
      "--db",
      fixture(name),
    ]);
    expect(tree.stdout).toContain(`✗ pipeline_run`);
    expect(tree.stdout).toContain(error.message.slice(0, 60));
    const running = runs.find((each) => each.status === "running")!;
    const provisional = await cli(["trace", running.run_id, "--db", fixture(name)]);
    expect(provisional.code).toBe(0);
    expect(provisional.stderr).toMatch(/^This run has not written its trace yet: .*\.\n$/);
    expect(provisional.stdout.match(/ ✓ /g)).toHaveLength(4);
  });

  it("finds a run by a part of its id, or names the candidates", async () => {
    const { run_id } = runs[7]!;
    expect(await cliJson(["get", run_id.slice(0, 20), "--db", fixture(name)])).toEqual(runs[7]);
    expect(await cliJson(["get", run_id.slice(8, 28), "--db", fixture(name)])).toEqual(runs[7]);
    expect(await cliJson(["get", "run_", "--db", fixture(name)])).toEqual({ candidates: runs });
  });
});

describe("the live database, whose rows are only in its log", () => {
  it("gives its 12 runs and 113 spans", async () => {
    const runs = await cliJson<ListedRun[]>(["list", "--db", fixture("live")]);
    expect(runs).toHaveLength(fixtureCounts.live.runs);
    expect(sum(runs.map((each) => each.span_count))).toBe(fixtureCounts.live.spans);
    const statistics = await cliJson<{ total_spans: number }>(["stats", "--db", fixture("live")]);
    expect(statistics.total_spans).toBe(fixtureCounts.live.spans);
  });
});

describe("the same runs in three layouts", () => {
  it("give the same list but for what a layout does not store", async () => {
    const lists = await Promise.all(
      whole.map((name) => cliJson<ListedRun[]>(["list", "--limit", "300", "--db", fixture(name)])),
    );
    const comparable = (list: ListedRun[] | undefined) =>
      list!.map(({ run_id, pipeline_name, status, span_count, failed_count }) => ({
        run_id,
        pipeline_name,
        status,
        span_count,
        failed_count,
      }));
    expect(comparable(lists[1])).toEqual(comparable(lists[0]));
    expect(comparable(lists[2])).toEqual(comparable(lists[0]));
  });
});

/** Span ids of a nested trace in reading order. */
function idsOf(root: NestedSpan): string[] {
  const ids: string[] = [];
  const open = [root];
  while (open.length > 0) {
    const span = open.pop()!;
    ids.push(span.span_id);
    expect(span.children.map((child) => child.start_time)).toEqual(
      span.children.map((child) => child.start_time).sort((a, b) => a - b),
    );
    open.push(...span.children.toReversed());
  }
  return ids;
}

describe("filters", () => {
  const db = ["--db", fixture("v0.6.11")];

  it("choose runs by their own facts and by those of their spans", async () => {
    const all = await cliJson<ListedRun[]>(["list", "--limit", "1000", ...db]);
    const failed = await cliJson<ListedRun[]>([
      "list",
      "--limit",
      "1000",
      "--filter",
      "failed > 0 and duration > 1s",
      ...db,
    ]);
    expect(failed).toEqual(all.filter((one) => one.failed_count > 0 && one.end_time! - one.start_time > 1));
    const timeouts = ["list", "--filter", "name = classify_ticket and error_type = timeout", ...db];
    expect(await cliJson<ListedRun[]>(timeouts)).toHaveLength(3);
  });

  it("choose spans of a run", async () => {
    const [one] = await cliJson<ListedRun[]>(["list", "--status", "failed", "--limit", "1", ...db]);
    const spans = await cliJson<ListedSpan[]>(["spans", one!.run_id, ...db]);
    const roots = await cliJson<ListedSpan[]>([
      "spans",
      one!.run_id,
      "--filter",
      "status = failed and depth = 0",
      ...db,
    ]);
    expect(roots).toEqual(spans.filter((span) => span.parent_span_id === null));
  });

  it("with a mistake are wrong usage, told with its place", async () => {
    const outcome = await cli(["list", "--filter", "status =", ...db]);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toContain("At character 9: A value is missing here");
  });
});
