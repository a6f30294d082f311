import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PageHost, PageSession } from "../../../src/panel/page-session.ts";
import type { PanelMessage } from "../../../src/protocol/messages.ts";
import { type Outline, openTraceStore, type Run, type TraceStore } from "../../../src/store/store.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { cli, cliJson } from "./run-cli.ts";

/** A condition in the filter language, and the same question in SQL over flujo's own tables. */
interface Condition {
  readonly filter: string;
  readonly sql: string;
}

const attribute = (key: string) => `json_extract(s.attributes, '$."${key}"')`;
/** A failed root repeats the failure below it. */
const errorType = `CASE WHEN s.status = 'failed' THEN coalesce(${attribute("error_type")},
  (SELECT json_extract(c.attributes, '$.error_type') FROM spans c
   WHERE c.run_id = s.run_id AND c.parent_span_id = s.span_id AND c.status = 'failed')) END`;
const duration = "(s.end_time - s.start_time)";

const conditions: readonly Condition[] = [
  { filter: "status = failed", sql: "s.status = 'failed'" },
  { filter: "STATUS in (paused, Completed)", sql: "s.status IN ('paused', 'completed')" },
  { filter: 'name ~ "item"', sql: "instr(lower(s.name), 'item')" },
  { filter: "name !~ /^p[a-z]+_RUN$/i", sql: "s.name != 'pipeline_run'" },
  { filter: "name = classify_ticket", sql: "s.name = 'classify_ticket'" },
  { filter: "latency_s > 2s", sql: `${attribute("latency_s")} > 2` },
  { filter: "latency_s <= 300ms", sql: `${attribute("latency_s")} <= 0.3` },
  { filter: "attributes.latency_s exists", sql: `${attribute("latency_s")} IS NOT NULL` },
  { filter: "error_type in (timeout, rate_limit)", sql: `${errorType} IN ('timeout', 'rate_limit')` },
  { filter: "error_type = tool_error", sql: `${errorType} = 'tool_error'` },
  { filter: "duration >= 1s", sql: `${duration} >= 1` },
  { filter: "duration < 40ms", sql: `${duration} < 0.04` },
  { filter: "flujo.step.type = step", sql: `lower(${attribute("flujo.step.type")}) = 'step'` },
  { filter: '"flujo.cache.hit" = true', sql: `${attribute("flujo.cache.hit")} = 1` },
  { filter: "tokens > 1.5k", sql: `${attribute("flujo.budget.actual_tokens")} > 1500` },
  { filter: "cost >= $0.005", sql: `${attribute("flujo.budget.actual_cost_usd")} >= 0.005` },
  { filter: "depth = 0", sql: "s.parent_span_id IS NULL" },
  {
    filter: "parent = pipeline_run",
    sql: "(SELECT p.name FROM spans p WHERE p.run_id = s.run_id AND p.span_id = s.parent_span_id) = 'pipeline_run'",
  },
  {
    filter: "pipeline = code_review",
    sql: "(SELECT r.pipeline_name FROM runs r WHERE r.run_id = s.run_id) = 'code_review'",
  },
];

/** The clause by clause example of the language's help. It asks for the last 24 hours, in which the fixtures have nothing: so for ten years. */
const example: Condition = {
  filter:
    'status = failed and not name ~ "retry" and latency_s > 200ms and error_type in (timeout, rate_limit) and start > -3650d',
  sql: `s.status = 'failed' AND NOT instr(s.name, 'retry') AND ${attribute("latency_s")} > 0.2 AND ${errorType} IN ('timeout', 'rate_limit')`,
};

const combined = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthIdentifier: "filter" },
    fc.constantFrom(...conditions),
    tie("any").map(({ filter, sql }) => ({ filter: `not (${filter})`, sql: `NOT coalesce(${sql}, 0)` })),
    fc.tuple(tie("any"), tie("any"), fc.constantFrom(" and ", " or ", " ")).map(([a, b, join]) => ({
      filter: `(${a.filter})${join}(${b.filter})`,
      sql: `(coalesce(${a.sql}, 0) ${join === " or " ? "OR" : "AND"} coalesce(${b.sql}, 0))`,
    })),
  ),
})).any;

describe.each<FixtureName>(["v0.4.32", "v0.6.11"])(
  "a filter takes the same spans everywhere: %s",
  (layout) => {
    let store: TraceStore;
    let plain: Awaited<ReturnType<typeof stockDatabase>>;
    let runs: readonly Run[];
    let outlines: ReadonlyMap<string, Outline>;

    beforeAll(async () => {
      store = await openTraceStore(fixture(layout));
      plain = await stockDatabase(fixture(layout));
      const all = await store.listRuns();
      // Failed runs of each pipeline, and some of the others.
      runs = [
        ...all.filter(({ status }) => status === "failed").slice(0, 12),
        ...all.filter(({ status }) => status !== "failed").slice(1, 9),
      ];
      outlines = new Map(
        await Promise.all(runs.map(async ({ run_id }) => [run_id, await store.getOutline(run_id)] as const)),
      );
    });

    afterAll(async () => {
      plain.close();
      await store.close();
    });

    function asSql({ sql }: Condition, chosen = runs): string[] {
      const ids = chosen.map(({ run_id }) => `'${run_id}'`).join(", ");
      return rowsOf(plain, `SELECT s.span_id FROM spans s WHERE s.run_id IN (${ids}) AND coalesce(${sql}, 0)`)
        .map(({ span_id }) => String(span_id))
        .sort();
    }

    /** As the panel asks, message by message. */
    async function asPanel(filter: string, chosen = runs): Promise<string[]> {
      const answers = await Promise.all(
        chosen.map(async ({ run_id }) => {
          const message = await askPanel(store, { runId: run_id, filter });
          const keys = new Set((message as { result: { keys: number[] } }).result.keys);
          return outlines
            .get(run_id)!
            .spans.filter(({ key }) => keys.has(key))
            .map(({ span_id }) => span_id);
        }),
      );
      return answers.flat().sort();
    }

    async function asStore(filter: string, chosen = runs): Promise<string[]> {
      const answers = await Promise.all(chosen.map(({ run_id }) => store.getSpans(run_id, { filter })));
      return answers
        .flat()
        .map(({ span_id }) => span_id)
        .sort();
    }

    test("each condition by itself, as SQL says", async () => {
      for (const condition of [...conditions, example]) {
        expect(asSql(condition).length, `${condition.filter} takes something`).toBeGreaterThan(0);
        expect(await asStore(condition.filter), condition.filter).toEqual(asSql(condition));
        expect(await asPanel(condition.filter), condition.filter).toEqual(asSql(condition));
      }
    });

    test("any combination of them, as SQL says", async () => {
      await fc.assert(
        fc.asyncProperty(combined, async (condition) => {
          const expected = asSql(condition);
          expect(await asStore(condition.filter)).toEqual(expected);
          expect(await asPanel(condition.filter)).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });

    test("on the command line: spans, trace, list and stats", async () => {
      const failed = runs.find(({ run_id }) => asSql(example, [{ run_id } as Run]).length > 1) ?? runs[0]!;
      const one = [failed];
      for (const condition of [
        example,
        conditions[2]!,
        {
          filter: "not (status = failed) or depth = 0",
          sql: "s.status != 'failed' OR s.parent_span_id IS NULL",
        },
      ]) {
        const expected = asSql(condition, one);
        const db = ["--db", fixture(layout), "--filter", condition.filter];
        const listed = (await cliJson(["spans", failed.run_id, ...db])) as { span_id: string }[];
        expect(listed.map(({ span_id }) => span_id).sort()).toEqual(expected);
        const flat = (await cliJson(["trace", failed.run_id, "--flat", ...db])) as {
          span_id: string;
          parent_span_id: string | null;
        }[];
        const ids = new Set(flat.map(({ span_id }) => span_id));
        for (const id of expected) expect(ids).toContain(id);
        for (const { parent_span_id } of flat)
          if (parent_span_id !== null) expect(ids).toContain(parent_span_id);
        const parents = new Set(flat.map(({ parent_span_id }) => parent_span_id));
        for (const id of ids) expect(expected.includes(id) || parents.has(id)).toBe(true);
      }
    });

    test("counted in statistics, as SQL counts", async () => {
      for (const condition of [example, conditions[8]!, conditions[10]!, conditions[12]!]) {
        const [counted] = rowsOf(
          plain,
          `SELECT count(*) AS spans, sum(s.status = 'failed') AS failed FROM spans s WHERE s.end_time IS NOT NULL AND coalesce(${condition.sql}, 0)`,
        );
        const found = await store.getSpanStatistics({ filter: condition.filter });
        expect(found.total_spans).toBe(counted!.spans);
        expect(found.by_status.failed ?? 0).toBe(counted!.failed ?? 0);
        const names = rowsOf(
          plain,
          `SELECT s.name, count(*) AS spans FROM spans s WHERE s.end_time IS NOT NULL AND coalesce(${condition.sql}, 0) GROUP BY 1`,
        );
        expect(found.by_name).toEqual(Object.fromEntries(names.map(({ name, spans }) => [name, spans])));
      }
      const printed = (await cliJson(["stats", "--db", fixture(layout), "--filter", example.filter])) as {
        total_spans: number;
      };
      expect(printed.total_spans).toBe(
        (await store.getSpanStatistics({ filter: example.filter })).total_spans,
      );
    });

    test("in a list of runs, when one span fulfils them all", async () => {
      const filter =
        'not name ~ "retry" and latency_s > 200ms and error_type in (timeout, rate_limit) and start > -3650d';
      const expected = rowsOf(
        plain,
        `SELECT DISTINCT s.run_id FROM spans s JOIN runs r USING (run_id) WHERE ${example.sql.replace("s.status = 'failed' AND ", "")}`,
      ).map(({ run_id }) => run_id);
      expect(expected.length).toBeGreaterThan(3);
      const found = (await cliJson([
        "list",
        "--db",
        fixture(layout),
        "--limit",
        "1000",
        "--filter",
        filter,
      ])) as { run_id: string }[];
      expect(found.map(({ run_id }) => run_id).sort()).toEqual(expected.sort());
    });
  },
);

test("a mistake on the command line is marked under its place", async () => {
  const { code, stderr } = await cli([
    "stats",
    "--db",
    fixture("v0.4.32"),
    "--filter",
    "duration > soon and x = 1",
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('At character 12: "soon" is not a duration');
  expect(stderr).toContain("\n  duration > soon and x = 1\n             ^^^^\n");
});

function askPanel(store: TraceStore, params: { runId: string; filter: string }): Promise<PanelMessage> {
  return new Promise((resolve) => {
    const unused = () => Promise.reject(new Error("not asked for"));
    const host: PageHost = {
      store: async () => store,
      post: async (message) => {
        if (message.type !== "progress") resolve(message);
      },
      copy: unused,
      openText: unused,
      saveTable: unused,
      rememberSql: unused,
      exportRun: () => {},
      exportStatistics: () => {},
      forgetSql: unused,
      saveFilter: unused,
      deleteFilter: unused,
      rememberFilter: unused,
      filterHelp: unused,
      salvage: unused,
      ready: () => undefined,
      shown: () => undefined,
      warn: () => undefined,
    };
    new PageSession(host).receive({ type: "request", id: 1, method: "matches", params });
  });
}
