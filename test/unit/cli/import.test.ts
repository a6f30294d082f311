import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { cli, cliJson } from "./run-cli.ts";

const db = fixture("v0.6.11");

describe("import", () => {
  it.each(["json", "otlp"])("brings back what export --format %s wrote", async (format) => {
    const folder = freshFolder();
    const [run] = await cliJson<{ run_id: string }[]>([
      "list",
      "--status",
      "failed",
      "--limit",
      "1",
      "--db",
      db,
    ]);
    const file = path.join(folder, "run.json");
    const out = path.join(folder, "new.db");
    await cliJson(["export", run!.run_id, "--format", format, "--out", file, "--db", db]);
    const counts = await cliJson<{ runs: number; spans: number }>(["import", file, "--out", out]);
    const spans = await cliJson<unknown[]>(["spans", run!.run_id, "--db", db]);
    expect(counts).toEqual({ runs: 1, spans: spans.length, mended: [], refused: [] });
    expect(await cliJson(["spans", run!.run_id, "--db", out])).toEqual(spans);
    expect(await cliJson(["trace", run!.run_id, "--db", out])).toEqual(
      await cliJson(["trace", run!.run_id, "--db", db]),
    );
    expect(readdirSync(folder).sort()).toEqual(["new.db", "run.json"]);
  });

  it("tells orphans, and says what it left out", async () => {
    const folder = freshFolder();
    const span = {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      parentSpanId: "3".repeat(16),
      name: "a",
      startTimeUnixNano: "1",
    };
    writeFileSync(
      path.join(folder, "x.json"),
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span, { name: "b" }] }] }] }),
    );
    const outcome = await cli(["import", "x.json", "--out", "x.db"], { cwd: folder });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toBe(
      `Wrote 1 run, 1 span to x.db.\nMended: 1\n  ${"1".repeat(32)} ${"2".repeat(16)}: Its parent ${"3".repeat(16)} is not there; it was put at the top.\n`,
    );
    expect(outcome.stderr).toBe("One span was left out: it has no name, no id or no trace.\n");
  });

  it.each([
    [["import"], 2, /required option '--out/i],
    [["import", "x.json"], 2, /required option '--out/i],
    [["import", "gone.json", "--out", "x.db"], 1, /There is no file .*gone\.json/],
    [["import", "bad.json", "--out", "x.db"], 1, /is not an exported trace/],
    [["import", "bad.json", "--out", "bad.json"], 1, /There is a file at .* already/],
  ])("says what is wrong, and leaves nothing: %j", async (args, code, sentence) => {
    const folder = freshFolder();
    writeFileSync(path.join(folder, "bad.json"), "SQLite format 3");
    const outcome = await cli(args, { cwd: folder });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stdout).toBe("");
    expect(readdirSync(folder)).toEqual(["bad.json"]);
  });
});
