import { createHash } from "node:crypto";
import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type FixtureName, fixture, fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { cli, cliJson } from "./run-cli.ts";

const pageSize = 4096;
const tableLeaf = 0x0d;

/** Numbers of the leaf pages of a table, by following its tree from the root. */
async function leavesOf(file: string, table: string): Promise<number[]> {
  const database = await stockDatabase(file);
  const [root] = rowsOf(database, "SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]);
  database.close();
  const bytes = readFileSync(file);
  const leaves: number[] = [];
  const open = [Number(root!.rootpage)];
  for (let page = open.pop(); page !== undefined; page = open.pop()) {
    const start = (page - 1) * pageSize;
    if (bytes[start] === tableLeaf) {
      leaves.push(page);
      continue;
    }
    open.push(bytes.readUInt32BE(start + 8));
    const cells = bytes.readUInt16BE(start + 3);
    for (let cell = cells - 1; cell >= 0; cell -= 1)
      open.push(bytes.readUInt32BE(start + bytes.readUInt16BE(start + 12 + cell * 2)));
  }
  return leaves;
}

async function rowsIn(file: string, table: string): Promise<Record<string, unknown>[]> {
  const database = await stockDatabase(file);
  const rows = rowsOf(database, `SELECT * FROM ${table}`);
  database.close();
  return rows;
}

function damage(file: string, page: number): void {
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (page - 1) * pageSize);
}

const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("salvage", () => {
  it.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])(
    "of a sound %s database gives what migrate gives",
    async (name) => {
      const folder = freshFolder();
      const salvaged = path.join(folder, "salvaged.db");
      const migrated = path.join(folder, "migrated.db");
      const report = await cliJson(["salvage", "--db", fixture(name), "--out", salvaged]);
      expect(report).toEqual(await cliJson(["migrate", "--db", fixture(name), "--out", migrated]));
      const order = (rows: Record<string, unknown>[]) =>
        rows
          .map(({ created_at: _created, ...row }) => row)
          .sort((a, b) => String(Object.values(a)[0]).localeCompare(String(Object.values(b)[0])));
      for (const table of ["spans", "workflow_state"]) {
        expect(order(await rowsIn(salvaged, table))).toEqual(order(await rowsIn(migrated, table)));
      }
      expect(await cliJson(["list", "--limit", "300", "--db", salvaged])).toEqual(
        await cliJson(["list", "--limit", "300", "--db", migrated]),
      );
    },
  );

  it("loses only the rows of the pages that are damaged, and says so", async () => {
    const file = fixtureCopy("v0.6.11");
    const folder = freshFolder();
    const leaves = await leavesOf(file, "spans");
    const sound = await rowsIn(file, "spans");
    const bad = [leaves[3]!, leaves[20]!, leaves.at(-1)!];
    for (const page of bad) damage(file, page);
    const before = hash(file);

    const out = path.join(folder, "new.db");
    const outcome = await cli(["salvage", "--db", file, "--out", out, "--json"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /^Some rows of spans \(3 pages\) could not be read\. .* holds only a part\. .*--partial.*\n$/,
    );
    const kept = new Set((await rowsIn(out, "spans")).map((row) => row.span_id));
    const lost = sound.filter((row) => !kept.has(row.span_id));
    expect(lost.length).toBeGreaterThan(0);
    // Three pages of about seven rows each.
    expect(lost.length / sound.length).toBeLessThan((bad.length * 2) / leaves.length);
    expect((await rowsIn(out, "runs")).length).toBe(300);
    expect(hash(file)).toBe(before);

    const accepted = await cli(["salvage", "--db", file, "--out", out, "--force", "--partial"]);
    expect(accepted.code).toBe(0);
    expect(accepted.stderr).toContain("kept at");
    expect(readdirSync(folder).sort()).toEqual(["new.db", "new.db.backup"]);
  });

  it("reads a file that was cut, which nothing else does", async () => {
    const file = fixtureCopy("v0.4.32");
    truncateSync(file, Math.floor(readFileSync(file).length / 2 / pageSize) * pageSize);
    const out = path.join(freshFolder(), "new.db");
    const other = await cli(["list", "--db", file]);
    expect([other.code, other.stdout]).toEqual([1, ""]);
    const outcome = await cli(["salvage", "--db", file, "--out", out]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/could not be read\. .* holds only a part/);
    const kept = (await rowsIn(out, "spans")).length;
    expect(kept).toBeGreaterThan(500);
    expect(kept).toBeLessThan(2935);
  });

  it("recognises the tables of a database whose first page is lost, and says so", async () => {
    const file = fixtureCopy("v0.4.32");
    damage(file, 1);
    const out = path.join(freshFolder(), "new.db");
    const outcome = await cli(["salvage", "--db", file, "--out", out]);
    expect([outcome.code, outcome.stdout]).toEqual([1, `Wrote 300 runs, 2,935 spans to ${out}.\n`]);
    expect(outcome.stderr).toMatch(/the list of tables \(1 page\).*spans were recognised by their shape/);
  });

  it("ends in a sentence when nothing can be read, and leaves nothing", async () => {
    const file = path.join(freshFolder(), "text.db");
    writeFileSync(file, "no database\n".repeat(10_000));
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    const outcome = await cli(["salvage", "--db", file, "--out", out]);
    expect([outcome.code, outcome.stdout]).toEqual([1, ""]);
    expect(outcome.stderr).toMatch(/is not a SQLite database/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [["salvage"], 2, /required option '--out/i],
    [["salvage", "--db", "gone.db", "--out", "x.db"], 1, /no file at .*gone\.db/i],
    [["salvage", "--db", "x.db", "--out", "x.db"], 2, /must be another file/],
  ])("%j fails with %i", async (args, code, sentence) => {
    const outcome = await cli(args, { cwd: freshFolder() });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(sentence);
  });

  it("has its help", async () => {
    const { code, stdout } = await cli(["salvage", "--help"]);
    expect(code).toBe(0);
    for (const word of ["--out", "--force", "--partial", "exit code is 1"]) expect(stdout).toContain(word);
  });
});
