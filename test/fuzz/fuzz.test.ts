import { describe, expect, it } from "vitest";
import { openTraceStore } from "../../src/store/store.ts";
import { writeTraceDatabase } from "../unit/support/bad-databases.ts";
import { freshFolder } from "../unit/support/fixtures.ts";
import { fuzz, inputOf, openAndAsk } from "./fuzz.ts";

/** Seeds that once ended otherwise than with an answer or a sentence, and with what. */
const regressions: readonly (readonly [seed: number, was: string])[] = [
  [12, "an endless view in place of the runs ended with an internal error"],
  [13, "an endless view in place of the spans ended with an internal error"],
  [14, "a view with triggers in place of the spans ended with an internal error"],
  [19, "tables without a rowid ended with an internal error"],
];

/** The short form of `npm run fuzz`. */
describe("damaged databases", () => {
  it("end every question with an answer or a sentence", async () => {
    const end = performance.now() + 12_000;
    // Enough of them even where a second is short.
    const outcome = await fuzz(freshFolder(), (inputs) => inputs < 100 || performance.now() < end, 0);
    expect(outcome.failures).toEqual([]);
    expect(outcome.answers).toBeGreaterThan(0);
    expect(Object.keys(outcome.sentences)).toContain("corrupt");
  }, 120_000);

  it.each(regressions)("of seed %i do so too, although %s", async (seed) => {
    expect(await openAndAsk(freshFolder(), await inputOf(seed))).toEqual([]);
  });
});

describe("databases of absurd size in one place", () => {
  const run = `INSERT INTO runs VALUES ('run_1', 'p', '1', 'failed', '2025-10-01T08:00:00', '2025-10-01T08:00:01', 1, NULL)`;
  it.each([
    [
      "an attribute of 50 MB",
      `INSERT INTO spans VALUES ('a', 'run_1', NULL, 'n', 1, 2, 'failed', json_object('input', printf('%.*c', 50000000, 'x')), NULL)`,
      1,
    ],
    [
      "a chain of 100,000 spans",
      `INSERT INTO spans SELECT value, 'run_1', nullif(value - 1, 0), 'n', value, value + 1, 'completed', '{}', NULL
       FROM generated WHERE value <= 100000`,
      100_000,
    ],
    [
      "two hundred thousand siblings",
      `INSERT INTO spans SELECT value, 'run_1', nullif(1, value), 'n', value, value + 1, 'completed', '{}', NULL FROM generated`,
      200_000,
    ],
  ])(
    "such as %s are answered",
    async (_what, sql, total) => {
      const file = await writeTraceDatabase((database) => {
        database.run(run);
        database.run(`CREATE TEMP VIEW generated AS WITH RECURSIVE c(value) AS
        (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < 200000) SELECT value FROM c`);
        database.run(sql);
      });
      const store = await openTraceStore(file);
      try {
        const outline = await store.getOutline("run_1", { limit: 1000 });
        expect(outline.total).toBe(total);
        const key = outline.spans.at(-1)!.key;
        expect((await store.getSpanDetail("run_1", key)).span.key).toBe(key);
        expect((await store.getSpanStatistics()).total_spans).toBe(total);
      } finally {
        await store.close();
      }
    },
    120_000,
  );
});
