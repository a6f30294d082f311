import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SpanStatistics } from "../../../src/store/model.ts";
import { countsOf, percentileBySort } from "../support/figures.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { cli, cliJson } from "./run-cli.ts";

interface PlainSpan {
  name: string;
  status: string;
  pipeline: string;
  /** Seconds since the epoch as 0.4.32 wrote it; as 0.6.11 wrote it, on its own clock. */
  start_time: number;
  duration: number;
  cost: number | null;
  tokens: number | null;
}

/** All finished spans of a fixture, read by stock SQLite from a copy in memory. */
async function plainSpans(name: "v0.4.32" | "v0.6.11"): Promise<PlainSpan[]> {
  const database = await stockDatabase(fixture(name));
  const rows = rowsOf(
    database,
    `SELECT s.name, s.status, r.pipeline_name AS pipeline, s.start_time, s.end_time - s.start_time AS duration,
      json_extract(s.attributes, '$."flujo.budget.actual_cost_usd"') AS cost,
      json_extract(s.attributes, '$."flujo.budget.actual_tokens"') AS tokens
    FROM spans s JOIN runs r ON r.run_id = s.run_id WHERE s.end_time IS NOT NULL`,
  );
  database.close();
  return rows as unknown as PlainSpan[];
}

const layouts = ["v0.4.32", "v0.6.11"] as const;
const shares = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function expectStatistics(statistics: SpanStatistics, spans: readonly PlainSpan[]): void {
  expect(Object.keys(statistics)).toEqual([
    "total_spans",
    "unfinished_spans",
    "by_status",
    "by_name",
    "by_pipeline",
    "avg_duration_by_name",
    "durations",
    "snapshot",
  ]);
  expect(statistics.total_spans).toBe(spans.length);
  expect(statistics.by_status).toEqual(countsOf(spans.map((span) => span.status)));
  expect(statistics.by_name).toEqual(countsOf(spans.map((span) => span.name)));
  expect(statistics.by_pipeline).toEqual(countsOf(spans.map((span) => span.pipeline)));
  expect(Object.keys(statistics.durations).sort()).toEqual(
    [...new Set(spans.map((span) => span.name))].sort(),
  );
  for (const [name, durations] of Object.entries(statistics.durations)) {
    const named = spans.filter((span) => span.name === name);
    const values = named.map((span) => span.duration);
    const total = sum(values);
    expect(durations.count).toBe(named.length);
    expect(durations.failed).toBe(named.filter((span) => span.status === "failed").length);
    expect(durations.avg).toBeCloseTo(total / named.length, 6);
    expect(durations.min).toBeCloseTo(Math.min(...values), 6);
    expect(durations.max).toBeCloseTo(Math.max(...values), 6);
    for (const [key, share] of Object.entries(shares)) {
      expect(durations[key as keyof typeof shares]).toBeCloseTo(percentileBySort(values, share), 6);
    }
    const costs = named.flatMap((span) => span.cost ?? []);
    if (costs.length === 0) expect(durations.cost).toBeNull();
    else expect(durations.cost).toBeCloseTo(sum(costs), 6);
    const tokens = named.flatMap((span) => span.tokens ?? []);
    expect(durations.tokens).toBe(tokens.length === 0 ? null : sum(tokens));
    expect(statistics.avg_duration_by_name[name]!.count).toBe(named.length);
    expect(statistics.avg_duration_by_name[name]!.total).toBeCloseTo(total, 6);
    expect(statistics.avg_duration_by_name[name]!.average).toBeCloseTo(total / named.length, 6);
  }
}

describe.each(layouts)("stats of %s", (name) => {
  let spans: PlainSpan[];
  beforeAll(async () => {
    spans = await plainSpans(name);
  });

  it("equal SQL over the same rows, and percentiles equal a sort", async () => {
    expect(spans).toHaveLength(2935);
    expectStatistics(await cliJson(["stats", "--db", fixture(name)]), spans);
  });

  it("of one pipeline equal SQL over its rows", async () => {
    const statistics = await cliJson<SpanStatistics>([
      "stats",
      "--pipeline",
      "code_review",
      "--db",
      fixture(name),
    ]);
    const own = spans.filter((span) => span.pipeline === "code_review");
    expect(own.length).toBeGreaterThan(0);
    expectStatistics(statistics, own);
  });

  it("of a pipeline that is not there are empty, and say so", async () => {
    const args = ["stats", "--pipeline", "no such pipeline", "--db", fixture(name)];
    expect(await cliJson<SpanStatistics>(args)).toMatchObject({
      total_spans: 0,
      by_status: {},
      durations: {},
    });
    expect((await cli(args)).stdout).toBe(
      "There are no finished spans of all time, pipeline no such pipeline.\n",
    );
  });
});

describe("stats with --hours", () => {
  it("count what 0.4.32 says started since then, and agree with 0.6.11, whose clock is another", async () => {
    const spans = await plainSpans("v0.4.32");
    // These rows lie minutes after their runs' creation, later runs' more so. Before the 61st run all earlier spans have started.
    const runs = await cliJson<{ start_time: number }[]>([
      "list",
      "--limit",
      "300",
      "--db",
      fixture("v0.4.32"),
    ]);
    const from = runs.map((run) => run.start_time).sort((a, b) => a - b)[60]! - 30;
    const since = spans.filter((span) => span.start_time >= from);
    const hours = String((Date.now() / 1000 - from) / 3600);
    const [old, current] = await Promise.all(
      layouts.map((name) => cliJson<SpanStatistics>(["stats", "--hours", hours, "--db", fixture(name)])),
    );
    expect(since.length).toBeLessThan(spans.length);
    expectStatistics(old!, since);
    expect(current!.total_spans).toBe(old!.total_spans);
    expect(current!.by_status).toEqual(old!.by_status);
    expect(current!.by_name).toEqual(old!.by_name);
    expect(current!.by_pipeline).toEqual(old!.by_pipeline);
  });

  it("find nothing in the last hour of a database from 2025, and say why", async () => {
    const { code, stdout } = await cli(["stats", "--hours", "1", "--db", fixture("v0.6.11")]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "There are no finished spans started in the last 1 hour; without --hours, all time counts.\n",
    );
  });
});

describe("named queries", () => {
  it("give the rows of the same SQL", async () => {
    const database = await stockDatabase(fixture("v0.4.32"));
    const failed = rowsOf(database, "SELECT span_id FROM spans WHERE status = 'failed'").map(
      (row) => row.span_id,
    );
    const timeouts = rowsOf(
      database,
      "SELECT span_id FROM spans WHERE json_extract(attributes, '$.error_type') = 'timeout'",
    ).map((row) => row.span_id);
    const byName = rowsOf(
      database,
      `SELECT name, avg(end_time - start_time) AS avg_duration, count(*) AS count
        FROM spans WHERE end_time IS NOT NULL GROUP BY name ORDER BY avg_duration DESC`,
    );
    database.close();
    const query = (...args: string[]) =>
      cliJson<Record<string, unknown>[]>(["query", ...args, "--db", fixture("v0.4.32")]);
    const idsOf = (rows: Record<string, unknown>[]) => rows.map((row) => row.span_id).sort();
    expect(idsOf(await query("failed-spans"))).toEqual(failed.sort());
    expect(timeouts.length).toBeGreaterThan(0);
    expect(idsOf(await query("spans-by-attribute", "--key", "error_type", "--value", "timeout"))).toEqual(
      timeouts.sort(),
    );
    const names = (await query("duration-by-name")).map(({ name, count }) => ({ name, count }));
    expect(names).toEqual(byName.map(({ name, count }) => ({ name, count })));
    const pipelines = await query("pipeline-performance");
    expect(sum(pipelines.map((row) => row.total_spans as number))).toBe(2935);
    expect(sum(pipelines.map((row) => row.failed_count as number))).toBe(118);
    const patterns = await query("error-patterns");
    expect(sum(patterns.map((row) => row.count as number))).toBe(59);
    expect(await query("failed-spans", "--limit", "7")).toHaveLength(7);
  });

  it("writes its figures as CSV, Markdown and HTML, to standard output or a file", async () => {
    const [csv, markdown, html] = await Promise.all(
      ["csv", "markdown", "html"].map((format) =>
        cli(["stats", "--hours", "1000000", "--format", format, "--db", fixture("v0.6.11")]),
      ),
    );
    expect(csv!.stdout).toMatch(/^name,count,failed,avg,/);
    expect(markdown!.stdout).toContain("started in the last 1000000 hours");
    expect(html!.stdout).toMatch(/^<!doctype html>/);
    const file = path.join(freshFolder(), "figures.csv");
    const args = [
      "stats",
      "--hours",
      "1000000",
      "--format",
      "csv",
      "--out",
      file,
      "--db",
      fixture("v0.6.11"),
    ];
    expect((await cli(args)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(csv!.stdout);
    expect((await cli(args)).code).not.toBe(0);
    expect((await cli(["stats", "--out", file, "--db", fixture("v0.6.11")])).code).toBe(2);
  });
});
