import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { percentileBySort } from "../support/figures.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { cli, cliJson } from "./run-cli.ts";

const sample = fileURLToPath(new URL("../../fixtures/sample-workspace/", import.meta.url));

interface StepRow {
  name: string;
  kind: string;
  file: string;
  line: number;
  column: number;
}

describe("flujo-lens steps", () => {
  let folder: string;

  beforeAll(() => {
    folder = freshFolder();
    cpSync(sample, folder, { recursive: true });
    for (const other of ["venv/lib", "node_modules/x", ".hidden", "mine"]) {
      mkdirSync(path.join(folder, other), { recursive: true });
      writeFileSync(path.join(folder, other, "a.py"), 'from flujo import Step\nStep(name="not_here")\n');
    }
    writeFileSync(path.join(folder, "mine", "pyvenv.cfg"), "");
    mkdirSync(path.join(folder, "ä b"));
    writeFileSync(path.join(folder, "ä b", "ü.py"), '\uFEFFfrom flujo import Step; Step(name="one")\n');
    symlinkSync(folder, path.join(folder, "circle"));
  });

  it("lists every step with its place, by file and line", async () => {
    const steps = await cliJson<StepRow[]>(["steps", folder]);
    expect(steps.filter(({ file }) => file.endsWith("triage.py"))).toEqual([
      { name: "search_handbook", kind: "step", file: "pipelines/support_triage.py", line: 44, column: 12 },
      { name: "classify_ticket", kind: "step", file: "pipelines/support_triage.py", line: 51, column: 29 },
      { name: "retrieve_context", kind: "map", file: "pipelines/support_triage.py", line: 53, column: 5 },
      { name: "draft_reply", kind: "step", file: "pipelines/support_triage.py", line: 57, column: 25 },
      { name: "policy_check", kind: "step", file: "pipelines/support_triage.py", line: 58, column: 26 },
    ]);
    expect(
      steps
        .filter(({ file }) => file.endsWith("yaml"))
        .map(({ name, kind, line, column }) => [name, kind, line, column]),
    ).toEqual([
      ["collect_diff", "step", 25, 11],
      ["plan_review", "step", 31, 11],
      ["review_file", "map", 37, 11],
      ["review_one", "step", 42, 17],
      ["summarize", "step", 47, 11],
    ]);
    expect(steps.find(({ name }) => name === "one")).toEqual({
      name: "one",
      kind: "step",
      file: "ä b/ü.py",
      line: 1,
      column: 35,
    });
    expect(steps.filter(({ name }) => name === "not_here")).toEqual([]);
  });

  it("adds with --db what SQL says of the spans of these names", async () => {
    const file = fixture("v0.6.11");
    const database = await stockDatabase(file);
    const rows = await cliJson<(StepRow & Record<string, unknown>)[]>(["steps", folder, "--db", file]);
    const ran = rows.filter(({ runs }) => runs !== 0);
    expect(ran.length).toBeGreaterThan(5);
    for (const row of ran) {
      const spans = rowsOf(
        database,
        `SELECT s.run_id, s.status, s.end_time - s.start_time AS duration,
          json_extract(s.attributes, '$."flujo.budget.actual_cost_usd"') AS cost
        FROM spans s JOIN runs r USING (run_id) WHERE s.name = '${row.name}' ORDER BY r.created_at DESC, s.start_time DESC`,
      );
      const durations = spans.map(({ duration }) => Number(duration));
      const costs = spans.flatMap(({ cost }) => (cost === null ? [] : Number(cost)));
      expect(row).toMatchObject({
        last_status: spans[0]!.status,
        last_run: spans[0]!.run_id,
        runs: new Set(spans.map(({ run_id }) => run_id)).size,
        p50: percentileBySort(durations, 0.5),
        p95: percentileBySort(durations, 0.95),
        failure_rate: spans.filter(({ status }) => status === "failed").length / spans.length,
      });
      if (costs.length === 0) expect(row.cost).toBeNull();
      else
        expect(row.cost).toBeCloseTo(
          costs.reduce((sum, cost) => sum + cost, 0),
          9,
        );
    }
    const never = rows.find(({ name }) => name === "one");
    expect(never).toMatchObject({
      last_status: null,
      last_run: null,
      runs: 0,
      p50: null,
      failure_rate: null,
      cost: null,
    });
    database.close();
  });

  it("counts a name of several pipelines in that of the step, and in all where the file names none", async () => {
    const file = fixture("v0.6.11");
    const sources = freshFolder();
    const one = 'from flujo import Flujo, Step\na = Step(name="pipeline_run")\n';
    writeFileSync(path.join(sources, "a.py"), `${one}Flujo(a, pipeline_name="support_triage")\n`);
    writeFileSync(path.join(sources, "b.py"), one);
    writeFileSync(path.join(sources, "c.py"), `${one}Flujo(a, pipeline_name="never_ran")\n`);
    writeFileSync(
      path.join(sources, "d.yaml"),
      'version: "0.1"\nname: code_review\nsteps:\n  - name: pipeline_run\n',
    );
    const database = await stockDatabase(file);
    const expected = (where: string) => {
      const spans = rowsOf(
        database,
        `SELECT s.run_id, s.status, s.end_time - s.start_time AS duration FROM spans s JOIN runs r USING (run_id)
        WHERE s.name = 'pipeline_run' AND ${where} ORDER BY r.created_at DESC`,
      );
      return {
        last_run: spans[0]!.run_id,
        last_status: spans[0]!.status,
        runs: spans.length,
        p95: percentileBySort(
          spans.map(({ duration }) => Number(duration)),
          0.95,
        ),
        failure_rate: spans.filter(({ status }) => status === "failed").length / spans.length,
      };
    };
    const rows = await cliJson<(StepRow & Record<string, unknown>)[]>(["steps", sources, "--db", file]);
    const all = expected("1");
    expect(rows.map(({ file: source }) => source)).toEqual(["a.py", "b.py", "c.py", "d.yaml"]);
    for (const [index, figures] of [
      expected("r.pipeline_name = 'support_triage'"),
      all,
      all,
      expected("r.pipeline_name = 'code_review'"),
    ].entries())
      expect(rows[index]).toMatchObject(figures);
    expect(Object.keys(rows[0]!).join(" ")).toBe(
      "name kind file line column last_status last_run runs p50 p95 failure_rate cost",
    );
    database.close();
  });

  it("prints a table for people", async () => {
    const { code, stdout } = await cli(["steps", "pipelines"], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^step +kind +place\n/);
    expect(stdout).toMatch(/^retrieve_context +map +support_triage\.py:53:5$/m);
  });

  it("says so when there is no such folder", async () => {
    const { code, stdout, stderr } = await cli(["steps", path.join(folder, "nowhere"), "--json"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^There is no folder at .*nowhere; name one that exists\.\n$/);
  });
});

describe("flujo-lens compare", () => {
  it("prints two runs and their steps, aligned by path", async () => {
    const file = fixture("v0.6.11");
    const database = await stockDatabase(file);
    const [a, b] = ["failed", "completed"].map((status) =>
      String(
        rowsOf(
          database,
          `SELECT run_id FROM runs WHERE pipeline_name = 'support_triage' AND status = '${status}' ORDER BY created_at DESC LIMIT 1`,
        )[0]!.run_id,
      ),
    ) as [string, string];
    const answer = await cliJson<{
      a: { run_id: string };
      b: { run_id: string };
      steps: Record<string, unknown>[];
    }>(["compare", a, b.slice(0, 12), "--db", file]);
    expect(Object.keys(answer)).toEqual(["a", "b", "steps"]);
    expect([answer.a.run_id, answer.b.run_id]).toEqual([a, b]);
    expect(answer.steps[0]).toMatchObject({ path: "pipeline_run", change: "fixed" });
    for (const step of answer.steps) expect(Object.keys(step)).toEqual(["path", "change", "a", "b"]);
    const { code, stdout } = await cli(["compare", a, b, "--db", file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fixed +pipeline_run /m);
    database.close();
  });

  it("fails on an unknown run and on a missing one", async () => {
    const file = fixture("v0.6.11");
    expect((await cli(["compare", "run_", "nothing", "--db", file])).code).toBe(1);
    expect((await cli(["compare", "run_", "--db", file])).code).toBe(2);
  });
});
