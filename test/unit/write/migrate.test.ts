import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { openTraceStore } from "../../../src/store/store.ts";
import { createTraceStore } from "../../../src/write/create.ts";
import { cli, cliFile, cliJson, copyOfCli, startCli } from "../cli/run-cli.ts";
import { type FixtureName, fixture, fixtureCopy, fixtureNames, freshFolder } from "../support/fixtures.ts";
import { type StockDatabase, stockDatabase } from "../support/stock-sqlite.ts";

const seed = fixture("v0.4.32");
const here = fileURLToPath(import.meta.url);

function values(database: StockDatabase, sql: string): unknown[][] {
  return database.exec(sql)[0]?.values ?? [];
}

describe.each(fixtureNames)("migrate %s", (name: FixtureName) => {
  const folder = freshFolder();
  const out = path.join(folder, "new.db");
  let counts: { runs: number; spans: number; mended: unknown[]; refused: { reason: string }[] };

  beforeAll(async () => {
    counts = await cliJson(["migrate", "--db", fixture(name), "--out", out]);
  });

  it("makes the design document's schema, name for name", async () => {
    const schema = async (file: string) => {
      const database = await stockDatabase(file);
      const rows = values(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema");
      return rows
        .map(([type, table, on, sql]) => [
          type,
          table,
          on,
          String(sql)
            .replace(/\s+/g, " ")
            .replace(/\( | \)/g, (b) => b.trim()),
        ])
        .sort();
    };
    expect(await schema(out)).toEqual(await schema(seed));
  });

  it("is a whole database with every run, span and step, and nothing beside it", async () => {
    const database = await stockDatabase(out);
    expect(values(database, "PRAGMA integrity_check")).toEqual([["ok"]]);
    expect(values(database, "PRAGMA foreign_key_check")).toEqual([]);
    expect(readdirSync(folder)).toEqual(["new.db"]);
    const store = await openTraceStore(fixture(name));
    const runs = await store.listRuns();
    const spans = runs.reduce((sum, { span_count }) => sum + span_count, 0);
    await store.close();
    expect([counts.runs, counts.spans]).toEqual([runs.length, spans]);
    expect(values(database, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM spans)")).toEqual([
      [runs.length, spans],
    ]);
    expect(counts.mended).toEqual([]);
  });

  it("tells the same runs, trees, times, steps and statistics", async () => {
    const [before, after] = await Promise.all([openTraceStore(fixture(name)), openTraceStore(out)]);
    try {
      expect(after.opened.layout).toBe("v2.0");
      const runs = await before.listRuns();
      expect(await after.listRuns()).toEqual(runs);
      for (const { run_id } of runs.slice(0, 60)) {
        const [old, now] = await Promise.all([before.getTrace(run_id), after.getTrace(run_id)]);
        if (old.provisional) continue;
        expect(now.spans).toHaveLength(old.spans.length);
        for (const [at, span] of old.spans.entries()) {
          const { children, start_time, end_time, ...facts } = now.spans[at]!;
          expect(facts).toMatchObject({
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            name: span.name,
            status: span.status,
            attributes: span.attributes,
          });
          expect(children.map(({ span_id }) => span_id)).toEqual(span.children.map(({ span_id }) => span_id));
          expect(start_time).toBe(span.start_time);
          expect(end_time).toBe(span.end_time);
        }
        const [told, kept] = await Promise.all([before.getRunDetail(run_id), after.getRunDetail(run_id)]);
        expect(kept.steps.map(({ raw_response, ...step }) => step)).toEqual(
          told.steps.map(({ raw_response, ...step }) => step),
        );
      }
      const [old, now] = await Promise.all([before.getSpanStatistics(), after.getSpanStatistics()]);
      expect(now.total_spans).toBe(old.total_spans);
      expect(now.by_name).toEqual(old.by_name);
      expect(now.by_status).toEqual(old.by_status);
      for (const [span, { p50, max }] of Object.entries(old.durations)) {
        // To the microsecond, although 0.6 counts on another clock.
        expect(Math.abs(now.durations[span]!.p50 - p50)).toBeLessThan(1e-6);
        expect(Math.abs(now.durations[span]!.max - max)).toBeLessThan(1e-6);
      }
    } finally {
      await Promise.all([before.close(), after.close()]);
    }
  });

  it("tries without leaving anything", async () => {
    const cwd = freshFolder();
    const outcome = await cli(["migrate", "--db", fixture(name), "--dry-run", "--json"], { cwd });
    expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
    expect(JSON.parse(outcome.stdout)).toEqual(counts);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe("migrate", () => {
  it("keeps the file that was there, and only when it is told to replace it", async () => {
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    writeFileSync(out, "mine");
    const refused = await cli(["migrate", "--db", seed, "--out", out]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toBe(`There is a file at ${out} already. Add --force to replace it.\n`);
    expect(readdirSync(folder)).toEqual(["new.db"]);
    const done = await cli(["migrate", "--db", seed, "--out", out, "--force"]);
    expect(done.code).toBe(0);
    expect(done.stderr).toBe(`The file that was there is kept at ${out}.backup.\n`);
    expect(done.stdout).toBe(`Wrote 300 runs, 2,935 spans to ${out}.\n`);
    expect(readFileSync(`${out}.backup`, "utf8")).toBe("mine");
    expect(readdirSync(folder).sort()).toEqual(["new.db", "new.db.backup"]);
  });

  it("refuses the old file as the new one, and a target that is in use", async () => {
    const copy = fixtureCopy("v0.4.32");
    const same = await cli(["migrate", "--db", copy, "--out", copy, "--force"]);
    expect([same.code, same.stderr]).toEqual([
      2,
      "The new database must be another file than the old one.\n",
    ]);
    writeFileSync(`${copy}-wal`, "");
    const used = await cli(["migrate", "--db", seed, "--out", copy, "--force"]);
    expect(used.code).toBe(1);
    expect(used.stderr).toMatch(/is in use: .*-wal lies beside it/);
    rmSync(`${copy}-wal`);
  });

  it.each([
    [["migrate", "--db", seed], 2, /Name the new database with --out/],
    [["migrate", "--db", seed, "--out", "/nowhere/at/all/x.db"], 1, /There is no folder/],
    [["migrate", "--db", here, "--out", "x.db"], 1, /is not a SQLite database/],
  ])("says what is wrong: %j", async (args, code, sentence) => {
    const cwd = freshFolder();
    const outcome = await cli(args, { cwd });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stdout).toBe("");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("leaves the old file whole when it is killed in the middle, at whatever moment", async () => {
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    writeFileSync(out, "mine");
    const before = Buffer.from(readFileSync(seed));
    let killed = 0;
    for (const delay of [80, 160, 240, 320, 400]) {
      const child = startCli(["migrate", "--db", seed, "--out", out, "--force"]);
      const ended = new Promise<string | null>((resolve) =>
        child.once("exit", (_code, signal) => resolve(signal)),
      );
      setTimeout(() => child.kill("SIGKILL"), delay);
      if ((await ended) !== "SIGKILL") break;
      killed += 1;
      const whole = readFileSync(out);
      // Either it had not come to its name, or it was finished.
      expect(
        whole.toString("latin1") === "mine" || whole.subarray(0, 15).toString() === "SQLite format 3",
      ).toBe(true);
      if (whole.length > 4) break;
    }
    expect(killed).toBeGreaterThan(0);
    expect(readFileSync(seed).equals(before)).toBe(true);
  });

  it("leaves the old file whole when there is no room", async () => {
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    writeFileSync(out, "mine");
    // A limit on the size of files stands for a full disk; the shell sets it in blocks of 1024 bytes.
    const command = `ulimit -f 200; trap '' XFSZ; exec "$0" "$@"`;
    const outcome = spawnSync(
      "bash",
      ["-c", command, process.execPath, cliFile, "migrate", "--db", seed, "--out", out, "--force"],
      { encoding: "utf8" },
    );
    expect(outcome.stderr).toMatch(
      /could not be written because the disk is full\. Make room, or choose another place\.\n$/,
    );
    expect(outcome.status).toBe(1);
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect(readdirSync(folder)).toEqual(["new.db"]);
  });

  it("leaves the old file whole when the folder may not be written", async ({ skip }) => {
    if (process.platform === "win32") skip("Windows has no permission bits to take away.");
    const source = fixtureCopy("v0.4.32");
    const folder = path.join(path.dirname(source), "locked");
    const out = path.join(folder, "x.db");
    mkdirSync(folder);
    writeFileSync(out, "mine");
    const program = copyOfCli(path.dirname(source));
    // Root may write everything, so the program runs as nobody, for whom the way there has to be open.
    for (let at = folder; at.includes("flujo-lens-test-"); at = path.dirname(at)) chmodSync(at, 0o555);
    chmodSync(source, 0o444);
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    try {
      const cwd = path.dirname(source);
      if (spawnSync(process.execPath, ["--version"], { ...nobody, cwd }).status !== 0) {
        skip(`${process.execPath} may not be run by another user than root.`);
      }
      const outcome = await cli(
        ["migrate", "--db", source, "--out", out, "--force"],
        { ...nobody, cwd },
        program,
      );
      expect([outcome.code, outcome.stdout]).toEqual([1, ""]);
      expect(outcome.stderr).toMatch(/^\S.* may not be written\. Choose another place\.\n$/);
      expect(readFileSync(out, "utf8")).toBe("mine");
      expect(readdirSync(folder)).toEqual(["x.db"]);
    } finally {
      for (let at = folder; at.includes("flujo-lens-test-"); at = path.dirname(at)) chmodSync(at, 0o755);
    }
  });
});

describe("createTraceStore", () => {
  it("replaces a run's earlier trace, and leaves nothing when it is given up", async () => {
    const folder = freshFolder();
    const out = path.join(folder, "x.db");
    const given = await createTraceStore(out);
    await given.saveTrace("r", { name: "a" });
    await given.discard();
    expect(readdirSync(folder)).toEqual([]);

    const writer = await createTraceStore(out, { from: seed });
    const store = await openTraceStore(seed);
    const [run] = await store.listRuns({ limit: 1, status: "completed" });
    await store.close();
    await writer.saveTrace(run!.run_id, {
      span_id: "only",
      name: "pipeline_run",
      start_time: 5,
      end_time: 6,
      status: "completed",
    });
    expect(existsSync(out)).toBe(false);
    const { report } = await writer.close();
    expect(report.runs).toBe(301);
    const after = await openTraceStore(out);
    try {
      expect((await after.getTrace(run!.run_id)).spans.map(({ span_id }) => span_id)).toEqual(["only"]);
      const kept = await after.getRun(run!.run_id);
      expect(kept).toMatchObject({ pipeline_name: run!.pipeline_name, start_time: run!.start_time });
      await expect(after.saveTrace("r", {})).rejects.toMatchObject({ kind: "read_only" });
    } finally {
      await after.close();
    }
  });
});

describe("giving up", () => {
  it.each(["migration", "import", "salvage"])(
    "in the middle of a %s leaves nothing",
    async (what) => {
      const folder = freshFolder();
      const out = path.join(folder, "new.db");
      const abort = new AbortController();
      const options = { signal: abort.signal, onProgress: () => abort.abort() };
      if (what === "migration") {
        await expect(createTraceStore(out, { from: seed }, options)).rejects.toMatchObject({
          kind: "cancelled",
        });
      } else {
        const writer = await createTraceStore(out);
        const traces = path.join(freshFolder(), "traces.json");
        const span = { traceId: "1".repeat(32), spanId: "2".repeat(16), name: "a", startTimeUnixNano: "1" };
        const spans = new Array(20_000).fill(span);
        writeFileSync(traces, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
        const work = what === "import" ? writer.importFile(traces, options) : writer.salvage(seed, options);
        await expect(work).rejects.toMatchObject({ kind: "cancelled" });
        await writer.discard();
      }
      expect(readdirSync(folder)).toEqual([]);
    },
    60_000,
  );
});
