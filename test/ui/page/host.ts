/** Plays VS Code for the page: `acquireVsCodeApi`, answers from the samples, and a handle for tests. */

import { type SavedFilter, withRecent, withSaved } from "../../../src/filter/saved.ts";
import type {
  Outline,
  OutlineColumns,
  PageMessage,
  PanelMessage,
  Request,
  Tab,
} from "../../../src/protocol/messages.ts";
import { OutlinePacker } from "../../../src/store/outline-columns.ts";
import { SpanIds } from "../../../src/store/span-ids.ts";
import { takenBy, wordsOf } from "./sample-filter.ts";
import { mistakeIn, sampleAnswer, sampleNames } from "./sample-sql.ts";
import {
  detailOf,
  historyOf,
  NOW,
  outlines,
  type SampleName,
  sampleCountedRuns,
  sampleReport,
  sampleRuns,
  sampleSpanList,
  sampleVersions,
} from "./samples.ts";

interface FakeHost {
  /** Everything the page said. */
  readonly sent: PageMessage[];
  /** What the page kept. */
  state: unknown;
  /** Milliseconds before each answer. */
  delay: number;
  /** The next requests of this method fail with this sentence. */
  failing: { method: string; message: string } | undefined;
  saved: SavedFilter[];
  recent: string[];
  statements: string[];
  post(message: PanelMessage): void;
}

declare const location: { search: string };
declare const window: {
  fakeHost: FakeHost;
  acquireVsCodeApi: unknown;
  postMessage(message: unknown, origin: string): void;
};

const wanted = new URLSearchParams(location.search);
const sample = (wanted.get("sample") ?? "triage") as SampleName;
const tab = (wanted.get("tab") ?? "trace") as Tab;
const made = new Map<string, ReturnType<(typeof outlines)[SampleName]>>();

function outlineOf(runId: string) {
  if (made.size === 0) {
    for (const name of new Set<SampleName>([sample, "triage", "running", "finished"])) {
      const outline = outlines[name]();
      made.set(outline.run.run_id, outline);
    }
  }
  return made.get(runId);
}

/** An outline as the panel sends it. */
function columns({ spans, ...run }: Outline): OutlineColumns {
  const number = (value: number | null) => value ?? Number.NaN;
  const base = spans.reduce((least, span) => Math.min(least, span.start_time ?? least), NOW);
  const ids = new SpanIds(spans.length);
  for (const { span_id } of spans) ids.add(span_id, null);
  const packer = new OutlinePacker(ids, spans.length, base);
  for (const [row, span] of spans.entries())
    packer.add({
      ...span,
      row,
      start: number(span.start_time),
      end: number(span.end_time),
      self: number(span.self_time),
      cost: number(span.cost),
      tokens: number(span.tokens),
      attempt: number(span.attempt),
      error: span.error,
    });
  return { ...run, ...packer.finish(base) };
}

function answer(request: Request): unknown {
  switch (request.method) {
    case "outline":
      return columns(outlineOf(request.params.runId)!);
    case "spanDetail":
      return detailOf(outlineOf(request.params.runId)!, request.params.key);
    case "stepHistory":
      return historyOf(outlineOf(request.params.runId)!, request.params.key);
    case "statistics":
      return sampleReport(request.params, wanted.has("empty"));
    case "statisticsPreview":
      return wanted.has("preview")
        ? { report: sampleReport({ pipelineName: "code_review" }, false), runs: 42, of: 300 }
        : null;
    case "spanList":
      return sampleSpanList(request.params);
    case "countedRuns":
      return sampleCountedRuns(request.params);
    case "pipelines":
      return ["code_review", "invoice_extraction", "support_triage"].map((pipeline_name) => ({
        pipeline_name,
        runs: 100,
        versions: sampleVersions,
      }));
    case "runs": {
      const { search = "", pipeline, status, limit } = request.params;
      return sampleRuns()
        .filter(
          (run) =>
            `${run.run_id} ${run.pipeline_name}`.includes(search) &&
            (pipeline === undefined || run.pipeline_name === pipeline) &&
            (status === undefined || [status].flat().includes(run.status)),
        )
        .slice(0, limit);
    }
    case "query":
      return Array.from({ length: request.params.params.limit ?? 5 }, (_, index) => ({
        span_id: `span_${index}`,
        name: index === 0 ? "=1+2" : `step_${index % 7}`,
        start_time: 1_759_478_000 + index,
        run_id: outlines[sample]().run.run_id,
      }));
    case "matches": {
      const { runId, filter } = request.params;
      return {
        keys: Float64Array.from(takenBy(filter, outlineOf(runId)!)),
        snapshot: { at: 0, stale: false },
      };
    }
    case "filterVocabulary":
      return wordsOf(outlineOf(request.params.runId)!);
    case "saveFilter":
      host.saved = withSaved(host.saved, `Filter ${host.saved.length + 1}`, request.params.text);
      tellFilters();
      return true;
    case "deleteFilter": {
      const { name } = request.params;
      host.saved = host.saved.filter((one) => one.name !== name);
      tellFilters();
      return null;
    }
    case "rememberFilter":
      host.recent = withRecent(host.recent, request.params.text);
      tellFilters();
      return null;
    case "filterHelp":
    case "salvage":
      return null;
    case "exportRun":
    case "exportStatistics":
      return null;
    case "saveTable":
      return true;
    case "sql":
      return sampleAnswer(request.params, wanted.has("hostile"));
    case "sqlVocabulary":
      return sampleNames;
    case "rememberSql":
    case "forgetSql": {
      const { text } = request.params;
      const others = host.statements.filter((one) => one !== text);
      host.statements = request.method === "forgetSql" ? others : [text, ...others];
      host.post({ type: "sqlHistory", recent: host.statements });
      return null;
    }
    case "copy":
    case "openText":
      return null;
  }
}

const host: FakeHost = {
  sent: [],
  state: undefined,
  delay: Number(wanted.get("delay") ?? 0),
  failing: wanted.has("failing")
    ? { method: wanted.get("failing")!, message: "The database is busy. Try again in a moment." }
    : undefined,
  saved: [],
  recent: [],
  statements: [],
  post: (message) => window.postMessage(message, "*"),
};

function tellFilters(): void {
  host.post({ type: "filters", saved: host.saved, recent: host.recent });
}

function receive(message: PageMessage): void {
  host.sent.push(message);
  if (message.type === "ready" && !wanted.has("silent")) {
    const view = { tab, database: "/work/flujo_ops.db", runId: outlines[sample]().run.run_id };
    host.post({ type: "show", view, databaseName: "flujo_ops.db" });
  }
  if (message.type !== "request") return;
  const { id, method } = message;
  setTimeout(
    () => {
      const mistake = method === "sql" ? mistakeIn(message.params.query) : undefined;
      if (mistake) host.post({ type: "failure", id, error: mistake });
      else if (host.failing?.method === method)
        host.post({ type: "failure", id, error: { kind: "busy", message: host.failing.message } });
      else if (method === "outline" && !outlineOf(message.params.runId))
        host.post({ type: "failure", id, error: { kind: "unknown_run", message: "There is no such run." } });
      else host.post({ type: "reply", id, result: answer(message) });
    },
    method === "statisticsPreview" ? 0 : host.delay,
  );
}

window.fakeHost = host;
window.acquireVsCodeApi = () => ({
  postMessage: receive,
  getState: () => host.state,
  setState: (state: unknown) => {
    host.state = state;
  },
});
