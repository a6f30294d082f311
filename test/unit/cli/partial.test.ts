import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../../src/sources/open-store.ts";
import { type FixtureName, fixture, fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { run } from "./fake-process.ts";

const PAGE = 4096;
const layouts: readonly FixtureName[] = ["v1.0", "v0.4.32", "v0.6.11"];
/** First bytes of pages in trees. What other pages hold cannot be told from damage: SQLite has no checksums. */
const treePages = new Set([2, 5, 10, 13]);

const steps = path.join(freshFolder(), "steps.py");

/** Every command that answers from a database. */
function commandsFor(runId: string, other: string): readonly (readonly string[])[] {
  return [
    ["list", "--limit", "300"],
    ["list", "--filter", "spans > 1"],
    ["get", runId],
    ["show", runId],
    ["trace", runId],
    ["trace", runId, "--filter", "status = failed"],
    ["spans", runId],
    ["stats"],
    ["stats", "--filter", "latency_s > 0"],
    ["query", "failed-spans"],
    ["query", "error-patterns"],
    ["sql", "SELECT * FROM lens_spans", "--limit", "5000"],
    ["export", runId, "--format", "otlp"],
    ["compare", runId, other],
    ["steps", path.dirname(steps)],
  ];
}

const ask = (args: readonly string[], file: string) =>
  run([...args, "--db", file], {}, { openStore, now: () => 1_790_000_000, cwd: freshFolder() });

function damage(file: string, pages: readonly number[], fill: number): void {
  const handle = openSync(file, "r+");
  for (const page of pages) writeSync(handle, Buffer.alloc(PAGE, fill), 0, PAGE, (page - 1) * PAGE);
  closeSync(handle);
}

function pagesOfTrees(file: string): number[] {
  const bytes = readFileSync(file);
  return Array.from({ length: bytes.length / PAGE - 1 }, (_, at) => at + 2).filter((page) =>
    treePages.has(bytes[(page - 1) * PAGE]!),
  );
}

async function runsIn(file: string): Promise<string[]> {
  const database = await stockDatabase(file);
  const rows = rowsOf(database, "SELECT run_id FROM runs ORDER BY rowid LIMIT 2");
  database.close();
  return rows.map(({ run_id }) => String(run_id));
}

const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe.each(layouts)("a damaged %s database", (name) => {
  let sound: Map<string, string>;
  let commands: readonly (readonly string[])[];

  beforeAll(async () => {
    const file = fixture(name);
    const [one, other] = await runsIn(file);
    commands = commandsFor(one!, other!);
    sound = new Map();
    for (const args of commands) {
      const { code, stdout } = await ask(args, file);
      expect(code, args.join(" ")).toBe(0);
      sound.set(args.join(" "), stdout);
    }
  }, 180_000);

  it.each([
    ["every twentieth page", 0xa5, (page: number) => page % 20 === 3],
    ["every page of zeros from the middle on", 0, (_page: number, at: number, all: number) => at > all / 2],
    ["a few pages", 0xff, (page: number) => page % 97 === 11],
  ])(
    "never gives a part for the whole: %s",
    async (_what, fill, chosen) => {
      const file = fixtureCopy(name);
      const pages = pagesOfTrees(file);
      damage(
        file,
        pages.filter((page, at) => chosen(page, at, pages.length)),
        fill,
      );
      const before = hash(file);
      for (const args of commands) {
        const what = args.join(" ");
        const { code, stdout, stderr } = await ask(args, file);
        if (code === 0) expect(stdout, what).toBe(sound.get(what));
        else {
          expect([code, stdout], what).toEqual([1, ""]);
          expect(stderr, what).toMatch(/^[^\n]*(?:is damaged|No run)[^\n]*\n$/);
          if (/is damaged/.test(stderr)) expect(stderr, what).toContain("--partial");
        }
      }
      expect(hash(file)).toBe(before);
      expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
    },
    180_000,
  );

  it("gives what can be read when that is asked for, and says what cannot", async () => {
    const file = fixtureCopy(name);
    const pages = pagesOfTrees(file);
    damage(
      file,
      pages.filter((_page, at) => at % 10 === 4),
      0xa5,
    );
    const before = hash(file);
    const { code, stdout, stderr } = await ask(["stats", "--partial", "--json"], file);
    expect(code).toBe(0);
    expect(stderr).toMatch(/is damaged\. Some rows of .*\(\d+ pages?.*\) could not be read\.\n$/);
    const { total_spans } = JSON.parse(stdout) as { total_spans: number };
    expect(total_spans).toBeGreaterThan(100);
    expect(total_spans).toBeLessThan(2935);
    expect(hash(file)).toBe(before);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  }, 180_000);
});

it("says nothing about parts of a sound database", async () => {
  const whole = await ask(["list", "--json"], fixture("v0.6.11"));
  expect(await ask(["list", "--json", "--partial"], fixture("v0.6.11"))).toEqual(whole);
});
