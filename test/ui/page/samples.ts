/** Invented but lifelike runs for the page, always the same. */
import type {
  CountedRuns,
  DurationStatistics,
  Outline,
  OutlineSpan,
  PanelMethods,
  Run,
  SpanDetail,
  SpanList,
  StatisticsReport,
  StepHistory,
  StepOccurrence,
  Timeline,
} from "../../../src/protocol/messages.ts";

/** 2025-10-03 08:00 UTC, in seconds. */
export const NOW = 1_759_478_400;

/** Numbers between 0 and 1, the same ones every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Sketch {
  name: string;
  /** Seconds after the run's start; no end while unfinished. */
  at: number;
  to?: number;
  status?: string;
  error?: readonly [type: string, message: string];
  cost?: number;
  tokens?: number;
  attempt?: number;
  children?: readonly Sketch[];
}

function span(sketch: Sketch, key: number, parent: number, depth: number, start: number): OutlineSpan {
  const status =
    sketch.status ?? (sketch.to === undefined ? "running" : sketch.error ? "failed" : "completed");
  const duration = sketch.to === undefined ? null : sketch.to - sketch.at;
  const inside = (sketch.children ?? []).reduce(
    (sum, child) => sum + Math.max(0, (child.to ?? child.at) - child.at),
    0,
  );
  return {
    key,
    span_id: `span_${(key * 2_654_435_761).toString(16).padStart(12, "0")}`,
    parent,
    depth,
    child_count: sketch.children?.length ?? 0,
    name: sketch.name,
    status,
    state:
      status === "failed" || status === "completed" || status === "running" || status === "paused"
        ? status
        : "unknown",
    start_time: start + sketch.at,
    end_time: sketch.to === undefined ? null : start + sketch.to,
    duration,
    self_time: duration === null ? null : Math.max(0, duration - inside),
    cost: sketch.cost ?? null,
    tokens: sketch.tokens ?? null,
    attempt: sketch.attempt ?? null,
    ...(sketch.error ? { error: { type: sketch.error[0], message: sketch.error[1] } } : {}),
  };
}

function flatten(top: Sketch, start: number): OutlineSpan[] {
  const spans: OutlineSpan[] = [];
  const stack: { sketch: Sketch; parent: number; depth: number }[] = [{ sketch: top, parent: -1, depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const index = spans.length;
    spans.push(span(next.sketch, index + 1, next.parent, next.depth, start));
    for (const child of (next.sketch.children ?? []).toReversed()) {
      stack.push({ sketch: child, parent: index, depth: next.depth + 1 });
    }
  }
  return spans;
}

function run(id: string, pipeline: string, spans: readonly OutlineSpan[], change: Partial<Run> = {}): Run {
  const root = spans[0];
  return {
    run_id: id,
    pipeline_name: pipeline,
    pipeline_version: "1.2.0",
    status: root?.status ?? "completed",
    state: root?.state ?? "completed",
    start_time: root?.start_time ?? NOW - 180,
    end_time: root?.end_time ?? null,
    duration: root?.duration ?? null,
    total_cost: 0.0043,
    total_tokens: 1204,
    span_count: spans.length,
    failed_count: spans.filter(({ state }) => state === "failed").length,
    ...change,
  };
}

function outline(theRun: Run, spans: readonly OutlineSpan[], change: Partial<Outline> = {}): Outline {
  return {
    run: theRun,
    provisional: false,
    spans,
    total: spans.length,
    warnings: [],
    snapshot: { at: NOW, stale: false },
    ...change,
  };
}

const toolError = [
  "tool_error",
  "Tool 'search' raised KeyError: 'customer_tier'\n  at knowledge_base.lookup (ticket=4711)\n  while classifying a ticket of the queue billing-eu",
] as const;

function triage(): Outline {
  const spans = flatten(
    {
      name: "pipeline_run",
      at: 0,
      to: 4.2,
      error: ["tool_error", "Step 'classify_ticket' failed"],
      children: [
        { name: "load_ticket", at: 0.012, to: 0.06 },
        {
          name: "retrieve_context",
          at: 0.06,
          to: 1.31,
          cost: 0.0004,
          tokens: 310,
          children: [
            { name: "embed_query", at: 0.07, to: 0.22, tokens: 42, cost: 0.00001 },
            { name: "vector_search", at: 0.22, to: 0.41 },
            { name: "rerank", at: 0.41, to: 1.3, tokens: 268, cost: 0.00039 },
          ],
        },
        { name: "draft_reply", at: 1.31, to: 3.1, cost: 0.0031, tokens: 720 },
        {
          name: "classify_ticket",
          at: 3.1,
          to: 4.19,
          error: ["tool_error", "All 2 attempts failed"],
          children: [
            {
              name: "classify_ticket.attempt",
              at: 3.11,
              to: 3.55,
              status: "completed",
              tokens: 90,
              attempt: 1,
            },
            {
              name: "call_tool:search",
              at: 3.56,
              to: 4.173,
              error: toolError,
              tokens: 84,
              cost: 0.0004,
              attempt: 2,
            },
          ],
        },
        { name: "notify", at: 4.19, to: 4.195, status: "skipped" },
      ],
    },
    NOW - 180,
  );
  return outline(run("run_a6a3a4506513f0c2", "support_triage", spans), spans);
}

function running(): Outline {
  const spans = flatten(
    {
      name: "pipeline_run",
      at: 0,
      children: [
        { name: "fetch_invoice", at: 0.1, to: 2.4 },
        { name: "ocr", at: 2.4, to: 8.9, tokens: 4400, cost: 0.02 },
        { name: "extract_fields", at: 8.9 },
      ],
    },
    NOW - 12,
  );
  const theRun = run("run_77c01b2e00aa41f9", "invoice_extraction", spans, {
    end_time: null,
    duration: null,
    span_count: 0,
  });
  return outline(theRun, spans, { provisional: true });
}

const hostileNames = [
  '<img src=x onerror="window.hacked=1">',
  "</script><script>window.hacked=1</script>",
  "[click](command:workbench.action.quit) **bold** `code`",
  "\u202Egnp.exe\u202C right to left",
  "zero\u0000nul\u200Bwidth\u2066isolate",
  "مرحبا بالعالم שלום",
  "line one\nline two\ttab",
  "🧨".repeat(300),
  "constructor",
  "",
];

function hostile(): Outline {
  const spans = flatten(
    {
      name: hostileNames[0]!,
      at: 0,
      to: 2,
      error: ["<b onclick=alert(1)>Error</b>", "<script>window.hacked=1</script> \u202Etxt.exe"],
      children: hostileNames.map((name, index) => ({
        name,
        at: index * 0.2,
        to: index === 3 ? index * 0.2 - 0.05 : index * 0.2 + 0.15,
        ...(index % 3 === 1
          ? { error: ["\u0000", `<iframe srcdoc="x">${"very long ".repeat(30)}`] as const }
          : {}),
      })),
    },
    NOW - 4000,
  );
  const broken = spans.map((one, index) =>
    index === 5 ? { ...one, start_time: null, end_time: null, duration: null, self_time: null } : one,
  );
  return outline(
    run('run_<img src=x onerror="window.hacked=1">', '<img src=x onerror="window.hacked=1">', broken, {
      status: "<i>failed</i>",
    }),
    broken,
    {
      warnings: [
        "Span '<b>x</b>' names a parent that is not there; it was hung at the top.",
        "The attributes of 2 spans are not JSON.",
      ],
    },
  );
}

/** `size` spans in groups of 20, one failure in each thousand. */
function big(size: number): Outline {
  const roll = dice(7);
  const start = NOW - 90_000;
  const spans: OutlineSpan[] = [span({ name: "pipeline_run", at: 0, to: size * 0.3 }, 1, -1, 0, start)];
  let group = 0;
  for (let index = 1; index < size; index++) {
    const at = index * 0.3;
    const isGroup = index % 20 === 1;
    if (isGroup) group = index;
    const failed = index % 1000 === 999;
    const sketch: Sketch = {
      name: isGroup ? `batch_${(index - 1) / 20}` : `process_item_${index % 7}`,
      at,
      to: at + (isGroup ? 6 : roll() ** 4 * 3),
    };
    if (failed) sketch.error = ["timeout", `No answer within 30 s for item ${index}`];
    spans.push({
      ...span(sketch, index + 1, isGroup ? 0 : group, isGroup ? 1 : 2, start),
      child_count: isGroup ? 19 : 0,
    });
  }
  return outline(run("run_b16b16b16b16b16b", "nightly_batch", spans), spans);
}

function deep(size: number): Outline {
  const start = NOW - 500;
  const spans = Array.from({ length: size }, (_, index) => {
    const sketch: Sketch = { name: `level_${index}`, at: index * 1e-5, to: 2 - index * 1e-5 };
    if (index === size - 1) sketch.error = ["RecursionError", "maximum recursion depth exceeded"];
    return { ...span(sketch, index + 1, index - 1, index, start), child_count: index === size - 1 ? 0 : 1 };
  });
  return outline(run("run_dee9dee9dee9dee9", "recursive_agent", spans), spans);
}

function finished(id: string): Outline {
  const spans = flatten(
    {
      name: "pipeline_run",
      at: 0,
      to: 2.8,
      children: [{ name: "review_code", at: 0.1, to: 2.7, tokens: 900, cost: 0.011 }],
    },
    NOW - 540,
  );
  return outline(run(id, "code_review", spans), spans);
}

/** Runs by the name of what they show. */
export const outlines = {
  triage,
  running,
  hostile,
  big: () => big(100_000),
  deep: () => deep(20_000),
  million: () => big(1_000_000),
  deepest: () => deep(100_000),
  finished: () => finished("run_0b1f9a7703cc41d1"),
  empty: () =>
    outline(run("run_00000000000000000", "just_started", [], { status: "running", state: "running" }), []),
} as const;
export type SampleName = keyof typeof outlines;

const hostileValue = {
  model: "gpt-4o-mini",
  attempt: 2,
  usage: { prompt_tokens: 61, completion_tokens: 23, cost_usd: 0.0004 },
  messages: [
    { role: "system", content: "You classify support tickets." },
    {
      role: "user",
      content: '<img src=x onerror="window.hacked=1"> </script><script>window.hacked=1</script>',
    },
  ],
  retrieved: Array.from({ length: 450 }, (_, index) => `doc-${index}`),
  __proto__x: null,
  empty: {},
  ok: false,
};

export function detailOf(theOutline: Outline, key: number): SpanDetail {
  const one = theOutline.spans.find((candidate) => candidate.key === key)!;
  const isTool = one.name.startsWith("call_tool");
  return {
    span: one,
    run: theOutline.run,
    attributes:
      one.name === "notify"
        ? "not JSON {"
        : one.name === "draft_reply"
          ? { ...hostileValue, ...talkAttributes }
          : hostileValue,
    attributes_text: JSON.stringify(hostileValue),
    error: one.error ?? null,
    parents: [],
    input: isTool
      ? '{"ticket": 4711, "question": "Why was I charged twice?", "tier": null, "history": ["<b>hello</b>", "second"]}'
      : `Ticket 4711: ${"Why was I charged twice? ".repeat(120)}`,
    output: one.state === "failed" ? null : '"billing"',
    step: {
      run_id: theOutline.run.run_id,
      step_name: one.name,
      step_index: 3,
      status: one.status,
      start_time: one.start_time,
      end_time: one.end_time,
      duration_ms: one.duration === null ? null : one.duration * 1000,
      cost: one.cost,
      tokens: one.tokens,
      input: null,
      output: null,
      raw_response: '{"id":"chatcmpl-9","choices":[{"index":0,"finish_reason":"tool_calls"}]}',
      error: one.error?.message ?? null,
    },
    evaluations: [
      {
        step_name: one.name,
        score: 0.42,
        feedback: "The reply misses the refund policy.",
        metadata: null,
        created_at: NOW,
      },
    ],
    usual: { count: 94, p50: 0.198, p95: 0.4 },
    provisional: theOutline.provisional,
    snapshot: theOutline.snapshot,
  };
}

/** What a span of {@link detailOf} says of its talk with a model. */
export const talkAttributes = {
  "gen_ai.request.model": "gpt-4o-mini",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.temperature": 0.2,
  "gen_ai.usage.input_tokens": 61,
  "gen_ai.usage.output_tokens": 23,
  "gen_ai.system_instructions": JSON.stringify([
    { type: "text", content: "You classify support tickets. Answer with one word." },
  ]),
  "gen_ai.input.messages": JSON.stringify([
    {
      role: "user",
      parts: [
        { type: "text", content: '<img src=x onerror="window.hacked=1"> [click](command:quit) **bold**' },
      ],
    },
  ]),
  "gen_ai.output.messages": JSON.stringify([
    {
      role: "assistant",
      parts: [
        { type: "text", content: "I look the customer up." },
        { type: "tool_call", id: "call_1", name: "search", arguments: { customer: 4711, fields: ["tier"] } },
      ],
      finish_reason: "tool_calls",
    },
  ]),
};

/** The newest 94 runs of the pipeline, as they did with this step. */
export function historyOf(theOutline: Outline, key: number): StepHistory {
  const one = theOutline.spans.find((candidate) => candidate.key === key)!;
  const siblings = theOutline.spans.filter((other) => other.parent === one.parent && other.name === one.name);
  const at = siblings.indexOf(one);
  const occurrence = (index: number, failed: boolean): StepOccurrence => ({
    run_id: `run_${(index * 482_711 + 1_999_991).toString(16).padEnd(16, "0")}`,
    key: 1,
    state: failed ? "failed" : "completed",
    start_time: NOW - 900 * (index + 1),
    duration: 0.15 + (index % 9) * 0.03,
    ...(failed ? { error_type: index % 2 === 0 ? (one.error?.type ?? "timeout") : "timeout" } : {}),
  });
  const others = Array.from({ length: 50 }, (_, index) => occurrence(index, index % 6 === 4));
  const failures = others.filter(({ state }) => state === "failed");
  const same = failures.filter(({ error_type }) => error_type === one.error?.type);
  return {
    name: one.name,
    pipeline_name: theOutline.run.pipeline_name,
    runs: 94,
    complete: true,
    includes_run: true,
    count: 94,
    failed: 15,
    histogram: {
      edges: Array.from({ length: 8 }, (_, index) => 10 ** (-1.2 + index / 5)),
      counts: [3, 18, 41, 17, 8, 5, 2],
      failed: [0, 0, 2, 3, 5, 4, 1],
    },
    completed: { count: 79, p50: 0.198, p95: 0.4 },
    rank: one.duration === null ? null : { slower_than: 75, of: 79 },
    others,
    others_total: 93,
    failures,
    failures_total: failures.length,
    completed_before: others[0]!,
    same_error: one.error
      ? {
          error_type: one.error.type,
          before: same.length,
          after: 0,
          occurrences: same,
          last_before: same[0] ?? null,
        }
      : null,
    siblings: {
      attempts: false,
      position: at + 1,
      total: siblings.length,
      previous: siblings[at - 1]?.key ?? null,
      next: siblings[at + 1]?.key ?? null,
    },
    snapshot: theOutline.snapshot,
  };
}

export function sampleRuns(): Run[] {
  const roll = dice(3);
  const pipelines = ["support_triage", "invoice_extraction", "code_review"];
  const firsts = [triage().run, running().run, finished("run_0b1f9a7703cc41d1").run];
  const others = Array.from({ length: 60 }, (_, index) => {
    const failed = roll() < 0.2;
    const duration = 0.5 + roll() * 9;
    return run(`run_${(index * 48_271 + 99_991).toString(16).padStart(16, "0")}`, pipelines[index % 3]!, [], {
      status: failed ? "failed" : "completed",
      state: failed ? "failed" : "completed",
      start_time: NOW - 900 * (index + 1),
      end_time: NOW - 900 * (index + 1) + duration,
      duration,
      span_count: 10,
      failed_count: failed ? 2 : 0,
    });
  });
  return [...firsts, ...others];
}

function durationStatistics(
  count: number,
  p50: number,
  failed: number,
  cost: number | null,
): DurationStatistics {
  return {
    count,
    failed,
    cost,
    avg: p50 * 1.3,
    min: p50 * 0.2,
    max: p50 * 9,
    p50,
    p90: p50 * 2.4,
    p95: p50 * 4.1,
    p99: p50 * 7.5,
    self_total: count * p50 * 1.2,
    tokens: cost === null ? null : Math.round(cost * 900_000),
  };
}

export const sampleVersions = [
  { pipeline_version: "2.1.0", runs: 60 },
  { pipeline_version: null, runs: 40 },
];

/** Rows for a list; `limit` of them from `offset` on. */
function page<T>(
  count: number,
  { offset, limit }: { offset: number; limit: number },
  make: (at: number) => T,
): T[] {
  return Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, index) =>
    make(offset + index),
  );
}

export function sampleSpanList(query: PanelMethods["spanList"]["params"]): SpanList {
  const total = query.fingerprint === undefined ? 2935 : 31;
  const failed = query.states?.includes("failed") || query.fingerprint !== undefined;
  const items = page(total, query, (at) => ({
    run_id: at % 2 === 0 ? "run_a6a3a4506513f0c2" : "run_0b1f9a7703cc41d1",
    pipeline_name: at % 2 === 0 ? "support_triage" : "code_review",
    key: 2,
    span_id: `span_${at}`,
    name: query.names?.[0] ?? ["classify_ticket", "draft_reply", "ocr"][at % 3]!,
    state: failed || at % 9 === 0 ? ("failed" as const) : ("completed" as const),
    start_time: NOW - at * 61,
    duration: 0.2 + (at % 17) * 0.31,
    ...((failed || at % 9 === 0) && {
      error: { type: "tool_error", message: "Tool 'search' raised KeyError" },
    }),
  }));
  return { items, total, reachable: total, snapshot: { at: NOW, stale: false } };
}

export function sampleCountedRuns(query: PanelMethods["countedRuns"]["params"]): CountedRuns {
  const items = page(300, query, (at) => ({
    run_id: at % 2 === 0 ? "run_a6a3a4506513f0c2" : "run_0b1f9a7703cc41d1",
    pipeline_name: "support_triage",
    pipeline_version: "2.1.0",
    state: query.runStates?.[0] ?? ("completed" as const),
    start_time: NOW - at * 600,
    duration: 2 + (at % 11),
    cost: 0.004,
  }));
  return { items, total: 300, snapshot: { at: NOW, stale: false } };
}

/** Two days of runs by the hour, on `edges` that do not depend on what was brushed. */
function sampleTimeline(part: number): Timeline {
  const edges = Array.from({ length: 49 }, (_, at) => NOW - 172_800 + at * 3600);
  const counts = (of: (at: number) => number) => edges.slice(1).map((_, at) => Math.round(of(at) * part));
  return {
    width: 3600,
    edges,
    runs: {
      completed: counts((at) => 4 + 3 * Math.sin(at / 4)),
      failed: counts((at) => (at % 7 === 0 ? 3 : at > 30 ? 1 : 0)),
      paused: counts((at) => (at % 13 === 0 ? 1 : 0)),
      running: counts((at) => (at === 47 ? 1 : 0)),
    },
  };
}

export function sampleReport(query: PanelMethods["statistics"]["params"], empty: boolean): StatisticsReport {
  const { pipelineName, minDuration, maxDuration, axis, groupBy } = query;
  const isBrushed = axis !== undefined;
  const isEmpty = empty || (!isBrushed && query.to === undefined && query.from === NOW - 86_400);
  const durations: Record<string, DurationStatistics> = isEmpty
    ? {}
    : {
        pipeline_run: { ...durationStatistics(300, 2.1, 59, null), self_total: 4 },
        classify_ticket: durationStatistics(94, 0.7, 12, 0.41),
        draft_reply: durationStatistics(94, 1.6, 3, 0.62),
        retrieve_context: durationStatistics(220, 0.41, 0, 0.02),
        "call_tool:search": durationStatistics(188, 0.198, 31, 0.09),
        extract_fields: durationStatistics(101, 2.9, 9, 0.18),
        ocr: durationStatistics(101, 6.4, 4, null),
        '<img src=x onerror="window.hacked=1">': durationStatistics(2, 0.00003, 0, null),
      };
  const edges = Array.from({ length: 41 }, (_, index) => 1e-4 * 10 ** (index / 7));
  const counts = edges
    .slice(1)
    .map((_, index) =>
      isEmpty
        ? 0
        : Math.round(260 * Math.exp(-(((index - 24) / 6) ** 2)) + 60 * Math.exp(-(((index - 11) / 3) ** 2))),
    );
  const takes = (index: number) =>
    edges[index]! >= (minDuration ?? 0) && edges[index]! <= (maxDuration ?? Number.POSITIVE_INFINITY);
  if (isBrushed) for (const index of counts.keys()) if (!takes(index)) counts[index] = 0;
  const failed = counts.map((count, index) => Math.round(count * (index > 28 ? 0.4 : index > 20 ? 0.06 : 0)));
  const pipelines = [
    {
      pipeline_name: "support_triage",
      runs: 94,
      failed_runs: 31,
      total_spans: 1310,
      failed_spans: 74,
      p50: 2.1,
      p95: 9.4,
      cost: 0.9,
    },
    {
      pipeline_name: "invoice_extraction",
      runs: 101,
      failed_runs: 19,
      total_spans: 1022,
      failed_spans: 30,
      p50: 8.3,
      p95: 31.2,
      cost: 0.38,
    },
    {
      pipeline_name: "code_review",
      runs: 105,
      failed_runs: 9,
      total_spans: 603,
      failed_spans: 14,
      p50: 2.8,
      p95: 5.1,
      cost: 0.04,
    },
  ].filter(({ pipeline_name }) => pipelineName === undefined || pipeline_name === pipelineName);
  return {
    statistics: {
      total_spans: isEmpty ? 0 : 2935,
      unfinished_spans: isEmpty ? 0 : 12,
      by_status: { completed: 2817, failed: 118 },
      by_pipeline: {},
      durations,
      ...(groupBy && {
        groups: Object.values(durations)
          .slice(0, 3)
          .map((figures, at) => ({ ...figures, group: ["failed", "paused", null][at]! })),
      }),
      snapshot: { at: NOW, stale: false },
    },
    runs: {
      total: isEmpty ? 0 : isBrushed ? 42 : 300,
      by_state: isEmpty ? {} : { completed: 233, failed: 59, paused: 7, running: 1 },
      cost: 1.32,
      tokens: 1_204_331,
      p50: 2.6,
      p95: 24.1,
    },
    before:
      query.from === undefined
        ? null
        : {
            range: [query.from - 604_800, query.from],
            runs: 260,
            failed_runs: 60,
            total_spans: 2500,
            failed_spans: 80,
            p50: 2.6,
            p95: 20,
            cost: 1.5,
            tokens: 1_000_000,
          },
    timeline: isEmpty ? { width: 0, edges: [], runs: {} } : sampleTimeline(isBrushed ? 0.5 : 1),
    series: Object.fromEntries(
      Object.keys(durations).map((name, of) => [
        name,
        {
          counts: Array.from({ length: 48 }, (_, at) => (at % 5 === 4 ? 0 : 3)),
          p50: Array.from({ length: 48 }, (_, at) =>
            at % 5 === 4 && of % 2 === 0 ? null : 1 + Math.sin(at / (3 + of)),
          ),
        },
      ]),
    ),
    pipelines: isEmpty
      ? []
      : pipelines.map((pipeline, at) => ({
          ...pipeline,
          versions: at === 0 ? sampleVersions.map((version) => ({ ...pipeline, ...version })) : [],
        })),
    errors: isEmpty
      ? []
      : [
          {
            fingerprint: "call_tool:search",
            names: ["call_tool:search"],
            error_type: "tool_error",
            message: "Tool 'search' raised KeyError: 'customer_tier'",
            count: 31,
            last_time: NOW - 180,
            last_run_id: "run_a6a3a4506513f0c2",
            last_key: 9,
          },
          {
            fingerprint: "extract_fields",
            names: ["extract_fields"],
            error_type: "ValidationError",
            message: "3 validation errors for Invoice\ntotal\n  Input should be a valid decimal",
            count: 9,
            last_time: NOW - 86_000,
            last_run_id: "run_0b1f9a7703cc41d1",
            last_key: 2,
          },
          {
            fingerprint: "<b>x</b>",
            names: ["<b>x</b>"],
            error_type: "<script>",
            message: '<img src=x onerror="window.hacked=1">',
            count: 1,
            last_time: NOW - 186_000,
            last_run_id: "run_0b1f9a7703cc41d1",
            last_key: 2,
          },
        ],
    histogram: { edges, counts, failed },
    covered: isEmpty ? null : [NOW - 172_800, NOW],
  };
}
