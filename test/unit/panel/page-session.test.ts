import { describe, expect, it } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import { type PageHost, PageSession } from "../../../src/panel/page-session.ts";
import type { PanelMessage } from "../../../src/protocol/messages.ts";
import type { TraceStore } from "../../../src/store/store.ts";
import { fakeStore } from "../support/fake-store.ts";

function setUp(methods: Partial<TraceStore> = {}) {
  const posted: PanelMessage[] = [];
  const events: string[] = [];
  const host: PageHost = {
    store: async () => fakeStore(methods),
    post: async (message) => posted.push(message),
    copy: async (text) => void events.push(`copy ${text}`),
    openText: async ({ title }) => void events.push(`open ${title}`),
    saveTable: async ({ name, text, format }) => {
      events.push(`save ${name}.${format} ${text}`);
      return true;
    },
    exportRun: ({ runId, filter }) => void events.push(`export ${runId} ${filter}`),
    exportStatistics: (query) => void events.push(`export ${JSON.stringify(query)}`),
    rememberSql: async (text) => void events.push(`remember sql ${text}`),
    forgetSql: async (text) => void events.push(`forget sql ${text}`),
    saveFilter: async (text) => {
      events.push(`save filter ${text}`);
      return true;
    },
    deleteFilter: async (name) => void events.push(`delete filter ${name}`),
    rememberFilter: async (text) => void events.push(`remember filter ${text}`),
    filterHelp: async () => void events.push("filter help"),
    salvage: async () => void events.push("salvage"),
    ready: () => events.push("ready"),
    shown: (view) => events.push(`shown ${view.tab}`),
    warn: () => events.push("warn"),
  };
  const session = new PageSession(host);
  /** Waits until everything that can be answered is. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { session, posted, events, settle };
}

const pipelines = { type: "request", id: 7, method: "pipelines", params: {} };

describe("PageSession", () => {
  it("answers a request with what the store says", async () => {
    const { session, posted, settle } = setUp({
      listPipelines: async () => [{ pipeline_name: "p", runs: 1, versions: [] }],
    });
    session.receive(pipelines);
    await settle();
    expect(posted).toEqual([
      { type: "reply", id: 7, result: [{ pipeline_name: "p", runs: 1, versions: [] }] },
    ]);
  });

  it("answers a failure with its kind and sentence", async () => {
    const { session, posted, settle } = setUp({
      getOutlineColumns: async () => {
        throw new TraceError("unknown_run", "There is no such run.");
      },
    });
    session.receive({ type: "request", id: 1, method: "outline", params: { runId: "x" } });
    await settle();
    expect(posted).toEqual([
      { type: "failure", id: 1, error: { kind: "unknown_run", message: "There is no such run." } },
    ]);
  });

  it.each([
    { type: "request", id: 3, method: "drop", params: {} },
    { type: "request", id: 3, method: "outline", params: {} },
    { type: "request", id: 3, method: "outline", params: { runId: 5 } },
    { type: "request", id: 3, method: "spanDetail", params: { runId: "r", key: -1 } },
    { type: "request", id: 3, method: "spanDetail", params: { runId: "r", key: 0, extra: 1 } },
    { type: "request", id: 3, method: "statistics", params: { from: Number.NaN } },
    { type: "request", id: 3, method: "statistics", params: { groupBy: "colour" } },
    { type: "request", id: 3, method: "statistics", params: { axis: { from: "now" } } },
    { type: "request", id: 3, method: "spanList", params: { offset: 0, limit: 1_000_000 } },
    { type: "request", id: 3, method: "spanList", params: { offset: 0, limit: 1, states: ["odd"] } },
    { type: "request", id: 3, method: "countedRuns", params: { offset: -1, limit: 1 } },
    { type: "request", id: 3, method: "openText", params: { title: "t", text: "t", language: "html" } },
    { type: "request", id: 3 },
  ])("answers %j with one failure", async (message) => {
    const { session, posted, settle } = setUp();
    session.receive(message);
    await settle();
    expect(posted).toMatchObject([{ type: "failure", id: 3, error: { kind: "invalid_argument" } }]);
  });

  it.each([
    undefined,
    null,
    5,
    "ready",
    [],
    {},
    { type: "ready!" },
    { type: "cancel" },
    { type: "request", id: "1" },
  ])("ignores %j but for the log", async (message) => {
    const { session, posted, events, settle } = setUp();
    session.receive(message);
    await settle();
    expect(posted).toEqual([]);
    expect(events).toEqual(["warn"]);
  });

  it("stops a cancelled request, and answers it once", async () => {
    const { session, posted, settle } = setUp({
      listPipelines: (options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener("abort", () => reject(new TraceError("cancelled", "Cancelled.")));
        }),
    });
    session.receive(pipelines);
    await settle();
    session.receive({ type: "cancel", id: 7 });
    session.receive({ type: "cancel", id: 7 });
    await settle();
    expect(posted).toEqual([{ type: "failure", id: 7, error: { kind: "cancelled", message: "Cancelled." } }]);
  });

  it("does not answer requests of a page that has started again", async () => {
    const answers: (() => void)[] = [];
    const { session, posted, settle } = setUp({
      listPipelines: () => new Promise((resolve) => answers.push(() => resolve([]))),
    });
    session.receive(pipelines);
    await settle();
    session.receive({ type: "ready" });
    session.receive(pipelines);
    await settle();
    for (const answer of answers) answer();
    await settle();
    expect(answers).toHaveLength(2);
    expect(posted).toEqual([{ type: "reply", id: 7, result: [] }]);
  });

  it("tells how far a call has come, until it is answered", async () => {
    let progress: ((fraction: number) => void) | undefined;
    const { session, posted, settle } = setUp({
      getStatisticsReport: async (query, options) => {
        expect(query).toEqual({ pipelineName: "p", timeRange: [1, undefined] });
        progress = options?.onProgress;
        progress?.(0.5);
        throw new TraceError("busy", "Busy.");
      },
    });
    session.receive({ type: "request", id: 2, method: "statistics", params: { pipelineName: "p", from: 1 } });
    await settle();
    progress?.(0.9);
    expect(posted.map((message) => message.type)).toEqual(["progress", "failure"]);
  });

  it("asks the store for the spans and runs behind a figure", async () => {
    const asked: unknown[] = [];
    const snapshot = { at: 1, stale: false };
    const { session, posted, settle } = setUp({
      listSpans: async (query) => {
        asked.push(query);
        return { items: [], total: 0, reachable: 0, snapshot };
      },
      listCountedRuns: async (query) => {
        asked.push(query);
        return { items: [], total: 0, snapshot };
      },
    });
    const page = { offset: 100, limit: 100 };
    const spans = { ...page, pipelineVersion: null, names: ["a"], minDuration: 2 };
    session.receive({ type: "request", id: 1, method: "spanList", params: spans });
    session.receive({
      type: "request",
      id: 2,
      method: "countedRuns",
      params: { ...page, atLeast: 3, to: 9 },
    });
    await settle();
    expect(asked).toEqual([
      { ...page, pipelineVersion: null, names: ["a"], durationRange: [2, undefined] },
      { ...page, atLeast: 3, timeRange: [undefined, 9] },
    ]);
    expect(posted.map(({ type }) => type)).toEqual(["reply", "reply"]);
  });

  it("copies, opens text, and reports what is shown", async () => {
    const { session, posted, events, settle } = setUp();
    session.receive({ type: "request", id: 1, method: "copy", params: { text: "x" } });
    session.receive({
      type: "request",
      id: 2,
      method: "openText",
      params: { title: "t", text: "", language: "json" },
    });
    session.receive({ type: "shown", view: { tab: "statistics", database: "/x.db" } });
    session.receive({ type: "ready" });
    await settle();
    expect(events).toEqual(["copy x", "open t", "shown statistics", "ready"]);
    expect(posted).toEqual([]);
  });

  it("begins exports at once, without waiting for the user's answers", async () => {
    const { session, posted, events, settle } = setUp();
    session.receive({
      type: "request",
      id: 1,
      method: "exportRun",
      params: { runId: "r", filter: "name = x" },
    });
    session.receive({
      type: "request",
      id: 2,
      method: "exportStatistics",
      params: { pipelineName: "p", from: 5, groupBy: "state" },
    });
    await settle();
    expect(posted).toEqual([
      { type: "reply", id: 1, result: null },
      { type: "reply", id: 2, result: null },
    ]);
    expect(events[0]).toBe("export r name = x");
    expect(JSON.parse(events[1]!.slice("export ".length))).toEqual({
      pipelineName: "p",
      timeRange: [5, null],
      groupBy: "state",
    });
  });

  it("asks the store in SQL within the limits, and hands on the place of a mistake", async () => {
    const asked: unknown[] = [];
    const { session, posted, settle } = setUp({
      sqlPacked: async (query, limits) => {
        asked.push([query, limits]);
        throw new TraceError("invalid_argument", "No.", { place: { from: 1, to: 2 } });
      },
    });
    const params = { query: "SELECT x", limit: 10, seconds: 5, plan: false };
    session.receive({ type: "request", id: 1, method: "sql", params });
    session.receive({ type: "request", id: 2, method: "sql", params: { ...params, limit: 100_001 } });
    session.receive({ type: "request", id: 3, method: "sql", params: { ...params, seconds: 601 } });
    await settle();
    expect(asked).toEqual([["SELECT x", { limit: 10, seconds: 5, plan: false }]]);
    expect(posted.find((message) => "id" in message && message.id === 1)).toEqual({
      type: "failure",
      id: 1,
      error: { kind: "invalid_argument", message: "No.", place: { from: 1, to: 2 } },
    });
    expect(posted).toHaveLength(3);
  });
});
