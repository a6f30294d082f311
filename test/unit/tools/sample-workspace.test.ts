import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fixtureDir } from "../../tools/paths.mjs";
import { makeSampleWorkspace, sampleDatabasePath } from "../../tools/sample-workspace.mjs";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

const now = new Date("2031-05-06T07:08:09.500Z");

describe.each(["0.4.32", "0.6.11"] as const)("the sample workspace with flujo %s's database", (version) => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-sample-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("ends its newest run now, and keeps every distance between times", async () => {
    await makeSampleWorkspace(folder, { version, now });
    const start = version === "0.4.32" ? "start_time" : "created_at";
    const database = await stockDatabase(path.join(folder, sampleDatabasePath));
    const original = await stockDatabase(unmoved(version, folder));
    const moments = `SELECT run_id, unixepoch(${start}) AS at, substr(${start}, 11) LIKE 'T__:__:__+00:00' AS whole FROM runs ORDER BY 1`;
    const [after, before] = [rowsOf(database, moments), rowsOf(original, moments)];
    const moves = new Set(after.map(({ at }, row) => Number(at) - Number(before[row]?.at)));
    const newest = rowsOf(database, `SELECT max(unixepoch(${start})) AS at FROM runs`);
    const clocks =
      "SELECT max(start_time) > 1e9 AS epoch, max(end_time) - min(start_time) AS length FROM spans";
    const [[clock], [clockBefore]] = [rowsOf(database, clocks), rowsOf(original, clocks)];
    database.close();
    original.close();

    expect(newest).toEqual([{ at: Math.floor(now.getTime() / 1000) }]);
    expect(moves.size).toBe(1);
    expect(after.map(({ whole }) => whole)).toEqual(before.map(({ whole }) => whole));
    expect(clock?.epoch).toBe(clockBefore?.epoch);
    expect(clock?.length).toBeCloseTo(Number(clockBefore?.length), 3);
  });

  it("keeps all rows, a sound file and WAL mode, and forgets an older log", async () => {
    await makeSampleWorkspace(folder, { version, now });
    const file = path.join(folder, sampleDatabasePath);
    writeFileSync(`${file}-wal`, "left over");
    await makeSampleWorkspace(folder, { version, now });
    const database = await stockDatabase(file);
    const counts = rowsOf(
      database,
      "SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM spans) AS spans",
    );
    const check = rowsOf(database, "PRAGMA integrity_check");
    database.close();

    expect(counts).toEqual([{ runs: 300, spans: 2935 }]);
    expect(check).toEqual([{ integrity_check: "ok" }]);
    expect([...readFileSync(file).subarray(18, 20)]).toEqual([2, 2]);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it("names the steps of every pipeline in its sources", async () => {
    await makeSampleWorkspace(folder, { version, now });
    const database = await stockDatabase(path.join(folder, sampleDatabasePath));
    const steps = rowsOf(
      database,
      "SELECT DISTINCT pipeline_name, step_name FROM steps JOIN runs USING (run_id) ORDER BY 1, 2",
    );
    database.close();
    const source = (pipeline: unknown) => {
      const file = path.join(folder, "pipelines", String(pipeline));
      return readFileSync(existsSync(`${file}.py`) ? `${file}.py` : `${file}.yaml`, "utf8");
    };
    const missing = steps.filter((row) => !source(row.pipeline_name).includes(String(row.step_name)));

    expect(steps.length).toBe(13);
    expect(missing).toEqual([]);
  });
});

/** The fixture as flujo left it. */
function unmoved(version: string, folder: string): string {
  const file = path.join(folder, "unmoved.db");
  const packed = path.join(fixtureDir, "databases", `flujo-v${version}.db.gz`);
  writeFileSync(file, gunzipSync(readFileSync(packed)));
  return file;
}
