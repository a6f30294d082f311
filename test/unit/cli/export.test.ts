import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { cli, cliJson } from "./run-cli.ts";

const db = fixture("v0.6.11");

interface Nested {
  span_id: string;
  status: string;
  children: Nested[];
}

async function failedRun(): Promise<string> {
  const [run] = await cliJson<{ run_id: string }[]>([
    "list",
    "--status",
    "failed",
    "--limit",
    "1",
    "--db",
    db,
  ]);
  return run!.run_id;
}

function flat(roots: Nested[]): Nested[] {
  return roots.flatMap((span) => [span, ...flat(span.children)]);
}

describe("export", () => {
  it("writes every format of a real run, to a file or to standard output", async () => {
    const run = await failedRun();
    const folder = freshFolder();
    const spans = await cliJson<unknown[]>(["spans", run, "--db", db]);
    for (const format of ["json", "otlp", "chrome", "csv", "markdown", "html"]) {
      const file = path.join(folder, `x.${format}`);
      const facts = await cliJson<{ spans: number; bytes: number }>([
        ...["export", run, "--format", format, "--out", file, "--db", db],
      ]);
      expect(facts.spans).toBe(spans.length);
      expect(facts.bytes).toBe(readFileSync(file).length);
      const { stdout, code } = await cli(["export", run, "--format", format, "--db", db]);
      expect(code).toBe(0);
      expect(stdout).toBe(readFileSync(file, "utf8"));
    }
    // Nothing but the files themselves.
    expect(readdirSync(folder)).toHaveLength(6);
  });

  it("can be read back with from-file", async () => {
    const run = await failedRun();
    const file = path.join(freshFolder(), "run.json");
    await cliJson(["export", run, "--out", file, "--db", db]);
    const back = await cliJson<unknown>(["from-file", file]);
    expect(back).toEqual(await cliJson<unknown>(["trace", run, "--db", db]));
  });

  it("takes a filter's result, or a span with what is below it", async () => {
    const run = await failedRun();
    const all = JSON.parse((await cli(["export", run, "--db", db])).stdout) as { trace_tree: Nested };
    const failed = JSON.parse(
      (await cli(["export", run, "--filter", "status = failed", "--db", db])).stdout,
    ) as { trace_tree: Nested; selection: boolean };
    const expected = flat([all.trace_tree]).filter(({ status }) => status === "failed");
    expect(flat([failed.trace_tree]).map(({ span_id }) => span_id)).toEqual(
      expected.map(({ span_id }) => span_id),
    );
    expect(failed.selection).toBe(true);
    const child = all.trace_tree.children[0]!;
    const below = JSON.parse((await cli(["export", run, "--span", child.span_id, "--db", db])).stdout);
    expect(below.trace_tree).toEqual(child);
  });

  it("replaces a file only when it is told to, and leaves it whole otherwise", async () => {
    const run = await failedRun();
    const file = path.join(freshFolder(), "there.json");
    writeFileSync(file, "mine");
    const refused = await cli(["export", run, "--out", file, "--db", db]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^There is a file at .*there\.json already\. Add --force to replace it\.\n$/,
    );
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await cli(["export", run, "--out", file, "--force", "--db", db])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8")).run.run_id).toBe(run);
    expect(readdirSync(path.dirname(file))).toEqual(["there.json"]);
  });

  it("previews what would leave, and leaves out named attributes", async () => {
    const run = await failedRun();
    const redacted = await cliJson<{ redacted: Record<string, number> }>([
      ...["export", run, "--preview", "--redact", "step_input,flujo.budget.*", "--db", db],
    ]);
    expect(redacted.redacted.step_input).toBeGreaterThan(0);
    expect(redacted.redacted["flujo.budget.*"]).toBeGreaterThan(0);
    const { stdout, stderr } = await cli(["export", run, "--redact", "step_input", "--db", db]);
    expect(stdout).not.toMatch(/"step_input":"(?!\[redacted\])/);
    expect(stderr).toMatch(/^Left out: step_input \(\d+\)\.\n$/);
  });

  it.each([
    [["--format", "xml"], /Allowed choices are json, otlp/],
    [["--force"], /name it with --out/],
    [["--json"], /use --json with --out or --preview/],
    [["--preview", "--out", "x"], /leave out --out/],
    [["--redact", "a,,b"], /separated by commas/],
    [["--filter", "status ="], /At character/],
  ])("refuses %j", async (args, sentence) => {
    const { code, stderr, stdout } = await cli(["export", "a", "--db", db, ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  });

  it("says where it cannot write, and which span there is not", async () => {
    const run = await failedRun();
    const file = path.join(freshFolder(), "no", "such", "x.json");
    const { code, stderr } = await cli(["export", run, "--out", file, "--db", db]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no folder .*such\. Make it first, or choose another place\.\n$/);
    expect(existsSync(path.dirname(file))).toBe(false);
    expect((await cli(["export", run, "--span", "nope", "--db", db])).stderr).toBe(
      "This run has no span with that id.\n",
    );
  });

  it("writes several runs, by their ids or by a filter about runs, and all spans that a filter takes", async () => {
    const failed = await cliJson<{ run_id: string }[]>([
      "list",
      "--status",
      "failed",
      "--limit",
      "2",
      "--db",
      db,
    ]);
    const ids = failed.map(({ run_id }) => run_id);
    const file = path.join(freshFolder(), "two.json");
    const facts = await cliJson(["export", ...ids, "--out", file, "--db", db]);
    const { runs } = JSON.parse(readFileSync(file, "utf8")) as { runs: { run: { run_id: string } }[] };
    expect(runs.map(({ run }) => run.run_id)).toEqual(ids);
    expect(facts).toMatchObject({ runs: 2 });

    const preview = (...args: string[]) => cliJson(["export", ...args, "--preview", "--db", db]);
    expect(await preview("--runs", "status = failed")).toMatchObject({ runs: 59 });
    expect(await preview("--runs", "status = failed", "--limit", "3")).toMatchObject({ runs: 3 });
    expect(await preview("--filter", "status = failed")).toMatchObject({ runs: 59, spans: 118 });
    const { stdout } = await cli(["export", ...ids, "--preview", "--db", db]);
    expect(stdout).toMatch(/^2 runs, \d+ spans, .* would leave\./);
  });

  it.each([
    [[], /Say which runs/],
    [["run_x", "--runs", "status = failed"], /not both/],
    [["run_x", "--limit", "3"], /--limit goes with/],
    [["--runs", "status = failed", "--span", "x"], /about one run/],
    [["--runs", "status = nonsense"], /./],
    [["--runs", "pipeline = nobody"], /No run matches/],
    [["--filter", "name = nobody"], /takes no span/],
  ])("explains what is wrong with export %j", async (args, sentence) => {
    const outcome = await cli(["export", ...args, "--db", db]);
    expect([outcome.code === 0, outcome.stdout]).toEqual([false, ""]);
    expect(outcome.stderr).toMatch(sentence);
  });
});
