import { describe, expect, it, vi } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import type { Run, SpanStatistics } from "../../../src/store/model.ts";
import type { TraceStore } from "../../../src/store/store.ts";
import { MemoryStream, run } from "./fake-process.ts";

const aRun: Run = {
  run_id: "run_a6a3a4506513",
  pipeline_name: "support_triage",
  pipeline_version: "1.0",
  status: "failed",
  state: "failed",
  start_time: 1_759_305_000,
  end_time: 1_759_305_004.2,
  duration: 4.2,
  total_cost: 0.0043,
  total_tokens: 1204,
  span_count: 12,
  failed_count: 2,
};

const noStatistics: SpanStatistics = {
  total_spans: 0,
  unfinished_spans: 0,
  by_status: {},
  by_name: {},
  by_pipeline: {},
  avg_duration_by_name: {},
  durations: {},
  snapshot: { at: 1_759_305_600, stale: false },
};

describe("wrong usage", () => {
  it.each([
    ["no command", []],
    ["an unknown command", ["lists"]],
    ["an unknown option", ["list", "--limt", "5"]],
    ["an unknown option before the command", ["--jsn", "list"]],
    ["a limit of 0", ["list", "--limit", "0"]],
    ["a negative limit", ["list", "--limit", "-5"]],
    ["a limit that is no number", ["list", "--limit", "many"]],
    ["a limit with a fraction", ["list", "--limit", "1.5"]],
    ["a limit beyond all counting", ["list", "--limit", "99999999999999999999"]],
    ["no hours", ["stats", "--hours", "0"]],
    ["negative hours", ["stats", "--hours", "-24"]],
    ["hours that are no number", ["stats", "--hours", "day"]],
    ["endless hours", ["stats", "--hours", "Infinity"]],
    ["a missing run", ["trace"]],
    ["an empty run", ["trace", ""]],
    ["two runs", ["trace", "a", "b"]],
    ["an option without its value", ["list", "--status"]],
    ["an empty path of a database", ["list", "--db", ""]],
    ["--flat without --json", ["trace", "run", "--flat"]],
    ["an unknown query", ["query", "everything"]],
    ["a query without its parameters", ["query", "spans-by-attribute", "--key", "error_type"]],
    ["parameters that a query does not take", ["query", "failed-spans", "--key", "error_type"]],
  ])("of %s ends with 2 and says why on stderr alone", async (_what, args) => {
    const openStore = vi.fn();
    const outcome = await run(args, {}, { openStore });
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).not.toBe("");
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(openStore).not.toHaveBeenCalled();
  });

  it("of a query names the queries there are", async () => {
    const { stderr } = await run(["query", "everything"]);
    for (const name of [
      "failed-spans",
      "duration-by-name",
      "spans-by-attribute",
      "pipeline-performance",
      "error-patterns",
    ]) {
      expect(stderr).toContain(name);
    }
  });

  it("never echoes a terminal's escapes", async () => {
    const { stderr } = await run(["query", "\u001B[31mred"]);
    expect(stderr).toContain("\\u{001B}");
    expect(stderr).not.toContain("\u001B");
  });
});

describe("help and version", () => {
  it("go to stdout and end with 0", async () => {
    const help = await run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("flujo-lens stats --pipeline my_pipeline --hours 24");
    const version = await run(["--version"]);
    expect(version).toMatchObject({ code: 0, stderr: "" });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });

  it("of a command names the options of all commands", async () => {
    const { stdout } = await run(["list", "--help"]);
    for (const option of ["--status", "--pipeline", "--limit", "--db", "--json", "--no-color"]) {
      expect(stdout).toContain(option);
    }
  });
});

describe("options of all commands", () => {
  it.each([
    ["before", ["--json", "--db", "x.db", "list", "--limit", "3"]],
    ["after", ["list", "--limit", "3", "--json", "--db", "x.db"]],
    ["around", ["--db=x.db", "list", "--json", "--limit=3"]],
  ])("count %s the command", async (_where, args) => {
    const openStore = vi.fn(
      async () =>
        ({ close: async () => undefined, listRuns: async () => [aRun] }) as Partial<TraceStore> as TraceStore,
    );
    const outcome = await run(args, {}, { openStore });
    expect(openStore).toHaveBeenCalledExactlyOnceWith("/project/x.db", expect.any(Function));
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(outcome.stdout)).toHaveLength(1);
  });

  it("take an address as flujo writes it, and never show a password", async () => {
    const openStore = vi.fn(
      async () =>
        ({ close: async () => undefined, listRuns: async () => [] }) as Partial<TraceStore> as TraceStore,
    );
    await run(["list", "--db", "sqlite:///sub/x.db"], {}, { openStore });
    expect(openStore).toHaveBeenCalledWith("/project/sub/x.db", expect.any(Function));
    const outcome = await run(["list", "--db", "postgresql://ada:secret@host/db"]);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^Traces in PostgreSQL .*\.\n$/);
    expect(outcome.stderr).not.toContain("secret");
  });

  it("say what to do when no database is found", async () => {
    const findDatabase = async () =>
      ({ kind: "problem", sentence: "No trace database was found: name it." }) as const;
    expect(await run(["list"], {}, { findDatabase })).toEqual({
      code: 1,
      stdout: "",
      stderr: "No trace database was found: name it.\n",
    });
  });
});

describe("exit codes", () => {
  it.each([
    ["not_found", 1],
    ["unknown_run", 1],
    ["ambiguous_run", 1],
    ["corrupt", 1],
    ["busy", 1],
    ["too_many_rows", 1],
    ["invalid_argument", 2],
  ] as const)("an error of kind %s ends with %d and its sentence", async (kind, code) => {
    const listRuns = () => Promise.reject(new TraceError(kind, "This is wrong, so do that."));
    expect(await run(["list", "--json"], { listRuns })).toEqual({
      code,
      stdout: "",
      stderr: expect.stringMatching(
        kind === "corrupt"
          ? /^This is wrong, so do that\. Add --partial .*\n$/
          : /^This is wrong, so do that\.\n$/,
      ),
    });
  });

  it("an error that nobody foresaw ends with 1, in one line and without a stack", async () => {
    const listRuns = () => Promise.reject(new TypeError("x is\nnot a function"));
    const outcome = await run(["list"], { listRuns });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^Something unexpected happened: x is not a function\.\n$/);
  });

  it("Ctrl+C ends with 130, whatever the store rejects with", async () => {
    const cancel = new AbortController();
    const listRuns = () => {
      cancel.abort();
      return Promise.reject(new TraceError("closed", "The database was closed."));
    };
    const outcome = await run(["list", "--json"], { listRuns }, { signal: cancel.signal });
    expect(outcome).toEqual({ code: 130, stdout: "", stderr: "Cancelled.\n" });
  });

  it("a reader that leaves ends the program quietly, and not as done", async () => {
    const stdout = new MemoryStream();
    stdout.write = (_text, done) => {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      return false;
    };
    const outcome = await run(["list"], { listRuns: async () => [aRun] }, { stdout });
    expect(outcome).toMatchObject({ code: 141, stderr: "" });
  });

  it("a full disk ends with 1 and says so", async () => {
    const stdout = new MemoryStream();
    stdout.write = (_text, done) => {
      done(Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }));
      return false;
    };
    const outcome = await run(["list", "--json"], { listRuns: async () => [aRun] }, { stdout });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/no space left/);
  });

  it("the store is closed after success and after failure", async () => {
    const close = vi.fn(async () => undefined);
    await run(["list"], { close, listRuns: async () => [] });
    await run(["list"], { close, listRuns: () => Promise.reject(new TraceError("busy", "Busy.")) });
    expect(close).toHaveBeenCalledTimes(2);
  });
});

describe("list", () => {
  it("prints exactly the promised keys, in order", async () => {
    const { stdout } = await run(["list", "--json"], { listRuns: async () => [aRun] });
    const [printed] = JSON.parse(stdout) as Record<string, unknown>[];
    expect(Object.keys(printed!)).toEqual([
      "run_id",
      "pipeline_name",
      "pipeline_version",
      "status",
      "start_time",
      "end_time",
      "total_cost",
      "span_count",
      "failed_count",
    ]);
  });

  it("asks for 50 runs, or for as many as are wanted, and passes the filters on", async () => {
    const listRuns = vi.fn(async () => []);
    await run(["list", "--json"], { listRuns });
    await run(["list", "--json", "--limit", "100000", "--status", "failed", "--pipeline", "p"], { listRuns });
    expect(listRuns.mock.calls.map(([query]: unknown[]) => query)).toEqual([
      { status: undefined, pipeline: undefined, limit: 50 },
      { status: "failed", pipeline: "p", limit: 100_000 },
    ]);
  });

  it("says in its table that there are more runs than it shows", async () => {
    const listRuns: TraceStore["listRuns"] = async (query) =>
      Array.from({ length: query!.limit! }, () => aRun);
    const { stdout } = await run(["list", "--limit", "2"], { listRuns });
    expect(stdout.match(/run_a6a3a4506513/g)).toHaveLength(2);
    expect(stdout).toContain("The newest 2 are shown; --limit shows more.");
  });

  it("says why it is empty", async () => {
    const listRuns = async () => [];
    expect((await run(["list"], { listRuns })).stdout).toBe("There are no runs in this database yet.\n");
    expect((await run(["list", "--status", "lost", "--pipeline", "p"], { listRuns })).stdout).toBe(
      'No run has the status "lost" and the pipeline "p".\n',
    );
    expect((await run(["list", "--json"], { listRuns })).stdout).toBe("[]\n");
  });

  it("fits a terminal and colours it, and does neither in a pipe", async () => {
    const listRuns = async () => [aRun];
    const terminal = new MemoryStream(true, 80);
    await run(["list"], { listRuns }, { stdout: terminal });
    expect(terminal.text).toContain("\u001B[31m✗ failed");
    expect((await run(["list"], { listRuns })).stdout).not.toContain("\u001B");
  });
});

describe("get", () => {
  it("prints the run, or all candidates and still ends with 0", async () => {
    const one = await run(["get", "a6", "--json"], { getRun: async () => aRun });
    expect(JSON.parse(one.stdout)).toMatchObject({ run_id: aRun.run_id, failed_count: 2 });
    const several = await run(["get", "a6", "--json"], {
      getRun: async () => ({ candidates: [aRun, aRun] }),
    });
    expect(several.code).toBe(0);
    expect(JSON.parse(several.stdout).candidates).toHaveLength(2);
    expect(JSON.parse(several.stdout).candidates[0]).not.toHaveProperty("state");
  });
});

describe("stats", () => {
  it("asks for all time, or from so many hours ago on", async () => {
    const getSpanStatistics = vi.fn(async () => noStatistics);
    await run(["stats", "--json"], { getSpanStatistics });
    await run(["stats", "--json", "--pipeline", "my_pipeline", "--hours", "24"], { getSpanStatistics });
    await run(["stats", "--json", "--hours", "0.5"], { getSpanStatistics });
    expect(getSpanStatistics.mock.calls.map(([query]: unknown[]) => query)).toEqual([
      { pipelineName: undefined, timeRange: undefined },
      { pipelineName: "my_pipeline", timeRange: [1_759_305_600 - 86_400, undefined] },
      { pipelineName: undefined, timeRange: [1_759_305_600 - 1800, undefined] },
    ]);
  });

  it("prints exactly what the store resolves to", async () => {
    const { stdout } = await run(["stats", "--json"], { getSpanStatistics: async () => noStatistics });
    expect(JSON.parse(stdout)).toEqual(noStatistics);
  });

  it("says that an answer is an older one, beside it", async () => {
    const stale = { ...noStatistics, snapshot: { at: 1_759_305_500, stale: true } };
    const outcome = await run(["stats", "--json"], { getSpanStatistics: async () => stale });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/^The database is being written: this is how it stood at .*\.\n$/);
  });

  it("says why it is empty", async () => {
    const getSpanStatistics = async () => noStatistics;
    expect((await run(["stats"], { getSpanStatistics })).stdout).toMatch(
      /no finished spans in this database yet/,
    );
    expect((await run(["stats", "--hours", "24", "--pipeline", "p"], { getSpanStatistics })).stdout).toBe(
      "There are no finished spans started in the last 24 hours, pipeline p; without --hours, all time counts.\n",
    );
  });
});
