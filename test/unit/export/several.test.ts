import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectRuns } from "../../../src/export/collect.ts";
import type { ExportedRun } from "../../../src/export/exported.ts";
import { type ExportFormat, exportPieces } from "../../../src/export/formats.ts";
import { redactRuns, redactTexts } from "../../../src/export/redaction.ts";
import { statisticsFormats, statisticsPieces } from "../../../src/export/statistics.ts";
import { parseTraces } from "../../../src/import/read-file.ts";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { fixture } from "../support/fixtures.ts";

let store: TraceStore;
let runs: ExportedRun[];
const everything = {};

beforeAll(async () => {
  store = await openTraceStore(fixture("v0.6.11"));
  const listed = await store.listRuns({ status: "failed", limit: 5 });
  runs = await collectRuns(listed.map(({ run_id }) => ({ store, runId: run_id, selection: everything })));
});
afterAll(() => store.close());

const text = (format: ExportFormat, of: readonly ExportedRun[] = runs) =>
  [...exportPieces(of, format)].join("");
const spanCount = () => runs.reduce((sum, { spans }) => sum + spans.length, 0);

describe("an export of several runs", () => {
  it.each(["json", "otlp"] as const)("comes back whole from %s", async (format) => {
    const { runs: back } = await parseTraces(Buffer.from(text(format)), "x.json");
    expect(back.map(({ run_id }) => run_id)).toEqual(runs.map(({ run }) => run.run_id));
    expect(back.map(({ pipeline_name }) => pipeline_name)).toEqual(runs.map(({ run }) => run.pipeline_name));
    for (const [at, { spans }] of back.entries()) {
      const ids = (of: readonly { span_id: string }[]) => of.map(({ span_id }) => span_id).sort();
      expect(ids(spans)).toEqual(ids(runs[at]!.spans));
    }
  });

  it("is one table, one page, one report, and a process a run", () => {
    const lines = text("csv").trimEnd().split("\r\n");
    expect(lines.filter((line) => line.startsWith("run_id,"))).toHaveLength(1);
    expect(lines.length).toBeGreaterThanOrEqual(spanCount() + 1);
    const html = text("html");
    expect(html.match(/<!doctype/g)).toHaveLength(1);
    expect(html.match(/<details/g)).toHaveLength(spanCount());
    expect(html.match(/<h1>/g)).toHaveLength(runs.length);
    expect(text("markdown").match(/^# /gm)).toHaveLength(runs.length);
    const { traceEvents } = JSON.parse(text("chrome")) as { traceEvents: { ph: string; pid: number }[] };
    expect(new Set(traceEvents.map(({ pid }) => pid))).toEqual(new Set(runs.map((_run, at) => at + 1)));
    expect(traceEvents.filter(({ ph }) => ph === "X")).toHaveLength(spanCount());
  });

  it("holds each run once, and leaves out those in which a filter takes nothing", async () => {
    const [first] = runs;
    const runId = first!.run.run_id;
    const twice = await collectRuns([
      { store, runId, selection: everything },
      { store, runId: runId.slice(0, 14), selection: everything },
    ]);
    expect(twice).toHaveLength(1);
    const filtered = await collectRuns(
      (await store.listRuns()).map(({ run_id }) => ({
        store,
        runId: run_id,
        selection: { filter: "status = failed" },
      })),
    );
    const { rows } = await store.sql(
      "SELECT count(*), count(DISTINCT run_id) FROM lens_spans WHERE status = 'failed'",
    );
    expect([filtered.reduce((sum, { spans }) => sum + spans.length, 0), filtered.length]).toEqual(rows[0]);
  });

  it("takes several spans with what is below them, none of them twice", async () => {
    const { run, spans } = runs.find((one) => one.spans.length > 3)!;
    const [root, child] = [spans[0]!, spans[1]!];
    const pick = async (...spanIds: string[]) =>
      (await collectRuns([{ store, runId: run.run_id, selection: { spanIds } }]))[0]!;
    expect((await pick(child.span_id, root.span_id)).spans).toHaveLength(spans.length);
    const leaves = spans.filter(({ children }) => children.length === 0).map(({ span_id }) => span_id);
    const some = await pick(...leaves);
    expect(some.spans.map(({ span_id }) => span_id)).toEqual(leaves);
    expect(some.selected).toBe(true);
  });

  it("counts what is left out over all runs", () => {
    const { report, runs: clean } = redactRuns(runs, { keys: ["step_input"] });
    const inputs = runs
      .flatMap(({ spans }) => spans)
      .filter(({ attributes }) => Object.hasOwn(Object(attributes), "step_input"));
    expect(report.get("step_input")).toBe(inputs.length);
    expect(text("json", clean)).not.toContain('"step_input":{');
  });
});

describe("an export of statistics", () => {
  it("says what the report says, in every format", async () => {
    const report = await store.getStatisticsReport({});
    const exported = { statistics: report.statistics, report, scope: ["all spans"] };
    const [csv, markdown, html, json] = statisticsFormats.map((format) =>
      [...statisticsPieces(exported, format)].join(""),
    );
    expect(JSON.parse(json!)).toEqual(JSON.parse(JSON.stringify(report)));
    const { rows } = await store.sql(
      "SELECT name, count(*), sum(status = 'failed') FROM lens_spans_scan WHERE end_raw IS NOT NULL GROUP BY name ORDER BY name",
    );
    const told = csv!
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",").slice(0, 3));
    expect(told.sort(([a], [b]) => (a! < b! ? -1 : 1))).toEqual(rows.map((row) => row.map(String)));
    for (const [name] of rows) {
      expect(markdown).toContain(`| ${name} |`);
      expect(html).toContain(`<td>${name}</td>`);
    }
    expect(markdown).toContain("- 300 runs, 59 failed");
    expect(html).not.toMatch(/<script|<img|https?:/);
  });

  it("keeps hostile names and messages inert, and secrets here", async () => {
    const report = await store.getStatisticsReport({});
    const hostile = {
      ...report,
      errors: [
        { ...report.errors[0]!, error_type: "<img src=x>|`", message: "password=hunter22 | [x](command:y)" },
      ],
    };
    const { value, report: left } = redactTexts({
      statistics: report.statistics,
      report: hostile,
      scope: ["=1+1"],
    });
    expect(left.get("password")).toBe(1);
    const [csv, markdown, html] = statisticsFormats.map((format) =>
      [...statisticsPieces(value, format)].join(""),
    );
    expect(markdown).toContain("&#60;img src=x&#62;&#124;");
    expect(html).toContain("&#60;img src=x&#62;");
    for (const one of [csv, markdown, html]) expect(one).not.toContain("hunter22");
  });
});
