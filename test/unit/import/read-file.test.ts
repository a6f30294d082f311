import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import { collectRun } from "../../../src/export/collect.ts";
import type { ExportedRun } from "../../../src/export/exported.ts";
import { parseTraces, readTraces } from "../../../src/import/read-file.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { anyRun, run, text } from "../export/made-up.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";

const parse = (value: unknown) =>
  parseTraces(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), "x.json");

function spansOf({ spans }: ExportedRun) {
  return JSON.parse(JSON.stringify(spans.map(({ run_id, children, ...span }) => span)));
}

const hex = {
  trace: "0af7651916cd43dd8448eb211c80319c",
  root: "b7ad6b7169203331",
  child: "00f067aa0ba902b7",
};
const base64 = (id: string) => Buffer.from(id, "hex").toString("base64");

function otlp(id: (id: string) => string = (plain) => plain) {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "triage" } }] },
        scopeSpans: [
          {
            scope: { name: "openinference" },
            spans: [
              {
                traceId: id(hex.trace),
                spanId: id(hex.child),
                parentSpanId: id(hex.root),
                name: "chat",
                kind: 3,
                startTimeUnixNano: "1759305600100000000",
                endTimeUnixNano: "1759305601600000000",
                attributes: [
                  { key: "gen_ai.request.model", value: { stringValue: "m-1" } },
                  { key: "gen_ai.usage.input_tokens", value: { intValue: "12" } },
                  { key: "gen_ai.usage.output_tokens", value: { intValue: 30 } },
                  { key: "gen_ai.usage.cost", value: { doubleValue: 0.25 } },
                  { key: "input.value", value: { stringValue: "hello" } },
                  { key: "list", value: { arrayValue: { values: [{ boolValue: true }, {}] } } },
                  {
                    key: "map",
                    value: { kvlistValue: { values: [{ key: "a", value: { intValue: "1" } }] } },
                  },
                ],
                events: [
                  {
                    name: "exception",
                    timeUnixNano: "1759305601000000000",
                    attributes: [
                      { key: "exception.type", value: { stringValue: "RateLimitError" } },
                      { key: "exception.message", value: { stringValue: "slow down" } },
                    ],
                  },
                ],
                status: { code: 2, message: "failed" },
              },
              {
                traceId: id(hex.trace),
                spanId: id(hex.root),
                name: "workflow",
                startTimeUnixNano: "1759305600000000000",
                endTimeUnixNano: "1759305602000000000",
                status: {},
              },
            ],
          },
        ],
      },
    ],
  };
}

describe("OTLP", () => {
  it("comes back from an export without loss, for any run", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (exported) => {
        fc.pre(exported.spans.length > 0);
        const { format, runs } = await parse(text(exported, "otlp"));
        expect(format).toBe("otlp");
        expect(runs).toHaveLength(1);
        const { spans, ...facts } = runs[0]!;
        expect(spans).toEqual(spansOf(exported));
        const { run_id, pipeline_name, pipeline_version, status, start_time, end_time, total_cost } = run;
        expect(facts).toEqual({
          run_id,
          pipeline_name,
          pipeline_version,
          status,
          start_time,
          end_time,
          total_cost,
        });
      }),
    );
  });

  it.each([
    ["hex", otlp()],
    ["upper case hex", otlp((id) => id.toUpperCase())],
    ["base64", otlp(base64)],
  ])("of other writers is read, ids in %s", async (_ids, value) => {
    const { runs } = await parse(value);
    expect(runs).toHaveLength(1);
    const [imported] = runs;
    expect(imported).toMatchObject({
      run_id: hex.trace,
      pipeline_name: "triage",
      status: "completed",
      start_time: 1_759_305_600,
      end_time: 1_759_305_602,
      total_cost: 0.25,
    });
    const chat = imported!.spans[0]!;
    expect(chat).toMatchObject({
      span_id: hex.child,
      parent_span_id: hex.root,
      name: "chat",
      status: "failed",
      start_time: 1_759_305_600.1,
      end_time: 1_759_305_601.6,
    });
    expect(chat.attributes).toMatchObject({
      model: "m-1",
      "flujo.budget.actual_tokens": 42,
      "flujo.budget.actual_cost_usd": 0.25,
      step_input: "hello",
      error_type: "RateLimitError",
      feedback: "slow down",
      list: [true, null],
      map: { a: 1 },
      "otel.scope.name": "openinference",
    });
  });

  it("is read as JSON Lines, and in the spelling of the definitions", async () => {
    const second = JSON.stringify(otlp()).replaceAll(hex.trace, "1".repeat(32));
    const snake = second
      .replaceAll("resourceSpans", "resource_spans")
      .replaceAll("scopeSpans", "scope_spans")
      .replaceAll("traceId", "trace_id")
      .replaceAll("spanId", "span_id")
      .replaceAll("parentSpanId", "parent_span_id")
      .replaceAll("TimeUnixNano", "_time_unix_nano");
    const { runs } = await parse(`\uFEFF${JSON.stringify(otlp())}\r\n\n${snake}\n`);
    expect(runs.map(({ run_id, spans }) => [run_id, spans.length])).toEqual([
      [hex.trace, 2],
      ["1".repeat(32), 2],
    ]);
    expect(runs[1]!.spans[0]!.start_time).toBe(1_759_305_600.1);
  });

  it("leaves out what is no span, and says so", async () => {
    const value = otlp();
    value.resourceSpans[0]!.scopeSpans[0]!.spans.push({ name: "no ids" } as never, 5 as never);
    const { runs, notes } = await parse(value);
    expect(runs[0]!.spans).toHaveLength(2);
    expect(notes).toEqual(["One span was left out: it has no name, no id or no trace."]);
  });
});

describe("Jaeger JSON", () => {
  it("is read with its processes, references, logs and errors", async () => {
    const { format, runs } = await parse({
      data: [
        {
          traceID: "t1",
          spans: [
            {
              traceID: "t1",
              spanID: "a",
              operationName: "GET /",
              references: [],
              startTime: 1_759_305_600_000_000,
              duration: 2_000_000,
              tags: [{ key: "llm.token_count.total", type: "int64", value: 7 }],
              logs: [],
              processID: "p1",
            },
            {
              traceID: "t1",
              spanID: "b",
              operationName: "query",
              references: [
                { refType: "FOLLOWS_FROM", traceID: "t1", spanID: "z" },
                { refType: "CHILD_OF", traceID: "t1", spanID: "a" },
              ],
              startTime: 1_759_305_600_500_000,
              duration: 250_000,
              tags: [{ key: "error", type: "bool", value: true }],
              logs: [
                {
                  timestamp: 1_759_305_600_600_000,
                  fields: [
                    { key: "event", type: "string", value: "exception" },
                    { key: "exception.message", type: "string", value: "gone" },
                  ],
                },
              ],
              processID: "p1",
            },
          ],
          processes: { p1: { serviceName: "shop", tags: [{ key: "host", type: "string", value: "h" }] } },
        },
      ],
    });
    expect(format).toBe("jaeger");
    expect(runs[0]).toMatchObject({ run_id: "t1", pipeline_name: "shop", end_time: 1_759_305_602 });
    expect(runs[0]!.spans[0]!.attributes).toMatchObject({ "flujo.budget.actual_tokens": 7 });
    expect(runs[0]!.spans[1]).toMatchObject({
      parent_span_id: "a",
      status: "failed",
      start_time: 1_759_305_600.5,
      end_time: 1_759_305_600.75,
      attributes: { feedback: "gone", "otel.resource": { "service.name": "shop", host: "h" } },
    });
  });
});

describe("flujo's exports", () => {
  it("come back with their run, from real databases, as OTLP too", async () => {
    const store = await openTraceStore(fixture("v0.6.11"));
    try {
      const folder = freshFolder();
      for (const { run_id } of (await store.listRuns({ limit: 40 })).filter(
        ({ span_count }) => span_count > 0,
      )) {
        const exported = await collectRun(store, run_id);
        for (const format of ["json", "otlp"] as const) {
          const file = path.join(folder, `${run_id}.${format}`);
          writeFileSync(file, text(exported, format));
          const { runs } = await readTraces(file);
          const { spans, ...facts } = runs[0]!;
          const sorted = (list: typeof spans) => list.toSorted((a, b) => (a.span_id < b.span_id ? -1 : 1));
          expect(sorted(spans)).toEqual(sorted(spansOf(exported)));
          expect(facts.pipeline_name).toBe(exported.run.pipeline_name);
          expect(facts.status).toBe(exported.run.status);
          expect(facts.run_id).toBe(run_id);
        }
      }
    } finally {
      await store.close();
    }
  });

  it("keep the events of their spans", async () => {
    const events = [{ name: "agent.prompt", attributes: { text: "hello" } }];
    const { runs } = await parse({
      trace_tree: {
        span_id: "a",
        name: "root",
        start_time: 5,
        events,
        children: [{ name: "b", events: [] }],
      },
    });
    expect(runs[0]!.spans.map(({ attributes }) => attributes)).toEqual([{ events }, {}]);
  });

  it("are read as a bare root", async () => {
    const { format, runs } = await parse({
      span_id: "a",
      name: "pipeline_run",
      start_time: 5,
      end_time: 6,
      status: "completed",
      attributes: { "flujo.run_id": "run_9", "flujo.pipeline.name": "p", spans: ["not spans"] },
      children: [],
    });
    expect(format).toBe("flujo");
    expect(runs[0]).toMatchObject({ run_id: "run_9", pipeline_name: "p", status: "completed" });
  });
});

describe("what is no trace", () => {
  it.each([
    ["", /it is not JSON/],
    ["{", /it is not JSON/],
    ["[]", /there is no span/],
    ["5", /there is no span/],
    ['{"resourceSpans": []}', /there is no span in it/],
    ['{"resourceSpans": [{"scopeSpans": [{"spans": [{]}]}]}', /not JSON|no JSON/],
    ['{"a": 1}\n{"b": 2}', /not all traces/],
    ["SQLite format 3\u0000", /it is not JSON/],
  ])("is refused in one sentence: %j", async (content, sentence) => {
    const failure = await parse(content).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(TraceError);
    expect((failure as TraceError).message).toMatch(sentence);
    expect((failure as TraceError).message).not.toContain("\n");
  });

  it("never fails otherwise, whatever the bytes", async () => {
    const bytes = readFileSync(new URL("./read-file.test.ts", import.meta.url)).subarray(0, 200);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((json) => Buffer.from(json)),
          fc
            .nat({ max: JSON.stringify(otlp()).length })
            .map((cut) => Buffer.from(JSON.stringify(otlp()).slice(0, cut))),
          fc.constant(bytes),
        ),
        async (content) => {
          const outcome = await parseTraces(content, "x").catch((thrown: unknown) => thrown);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TraceError);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("stops when it is told to", async () => {
    const abort = new AbortController();
    const value = otlp();
    const { spans } = value.resourceSpans[0]!.scopeSpans[0]!;
    while (spans.length < 20_000) spans.push(spans[0]!);
    let told = 0;
    const reading = parseTraces(Buffer.from(JSON.stringify(value)), "x", {
      signal: abort.signal,
      onProgress: () => {
        told += 1;
        abort.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ kind: "cancelled" });
    expect(told).toBe(1);
  });
});
