import { describe, expect, it } from "vitest";
import { fixture } from "../support/fixtures.ts";
import { cli, cliJson } from "./run-cli.ts";

const db = fixture("v0.6.11");
const byStatus = "SELECT status, count(*) AS n FROM lens_spans GROUP BY status ORDER BY status";

describe("sql", () => {
  it("prints JSON, CSV and a table of the same rows", async () => {
    expect(await cliJson(["sql", byStatus, "--db", db])).toEqual([
      { status: "completed", n: 2810 },
      { status: "failed", n: 118 },
      { status: "paused", n: 7 },
    ]);
    const csv = await cli(["sql", byStatus, "--csv", "--db", db]);
    expect(csv).toEqual({
      code: 0,
      stderr: "",
      stdout: "status,n\r\ncompleted,2810\r\nfailed,118\r\npaused,7\r\n",
    });
    const { stdout } = await cli(["sql", byStatus, "--db", db]);
    expect(stdout.split("\n").map((line) => line.trim().split(/\s+/))).toEqual([
      ["status", "n"],
      ["completed", "2810"],
      ["failed", "118"],
      ["paused", "7"],
      [""],
    ]);
  });

  it("numbers columns of the same name, and defuses formulas", async () => {
    expect(await cliJson(["sql", "SELECT 1 AS a, 2 AS a", "--db", db])).toEqual([{ a: 1, "a:2": 2 }]);
    const { stdout } = await cli(["sql", "SELECT '=1+1' AS x, -5 AS y", "--csv", "--db", db]);
    expect(stdout).toBe("x,y\r\n'=1+1,-5\r\n");
  });

  it("gives programs every byte, and the terminal the first and how many there are", async () => {
    const query = "SELECT x'00ff' AS short, zeroblob(40) AS long";
    const zeros = "00".repeat(40);
    expect(await cliJson(["sql", query, "--db", db])).toEqual([{ short: "x'00ff'", long: `x'${zeros}'` }]);
    const { stdout: csv } = await cli(["sql", query, "--csv", "--db", db]);
    expect(csv).toBe(`short,long\r\nx'00ff',x'${zeros}'\r\n`);
    const { stdout } = await cli(["sql", query, "--db", db], { env: { COLUMNS: "200" } });
    expect(stdout).toContain(`x'${"00".repeat(32)}…' (40 bytes)`);
  });

  it("says when the limit cut the rows, and shows a plan", async () => {
    const cut = await cli(["sql", "SELECT run_id FROM lens_runs", "--limit", "2", "--csv", "--db", db]);
    expect(cut.code).toBe(0);
    expect(cut.stdout.trim().split("\r\n")).toHaveLength(3);
    expect(cut.stderr).toBe("There are more than 2 rows: raise --limit to see them.\n");
    const plan = await cliJson<{ detail: string }[]>([
      "sql",
      "SELECT * FROM spans WHERE run_id = 'x'",
      "--plan",
      "--db",
      db,
    ]);
    expect(plan[0]?.detail).toMatch(/SEARCH spans USING INDEX/);
  });

  it.each([
    [["sql", "DROP TABLE runs"], 2, /Only statements that read/],
    [["sql", "SELECT nope"], 2, /no such column: nope/],
    [["sql", "SELECT 1", "--json", "--csv"], 2, /Choose one of --json and --csv/],
    [["sql"], 2, /missing required argument/i],
  ])("refuses %j", async (args, code, sentence) => {
    const outcome = await cli([...args, "--db", db]);
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toMatch(sentence);
  });

  it("ends a query that takes too long", async () => {
    const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    const { code, stderr } = await cli(["sql", endless, "--seconds", "1", "--db", db]);
    expect([code, stderr]).toEqual([
      1,
      "This query took longer than 1 s and was stopped. Narrow it or give it more time.\n",
    ]);
  });
});
