import path from "node:path";
import { describe, expect, it } from "vitest";
import { freshFolder } from "../unit/support/fixtures.ts";
import { absurdDatabases, askAbsurd, makeAbsurd } from "./absurd.ts";
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
  // A loaded machine collects garbage late, so the bounds are twice what `npm run fuzz -- --absurd` holds each question to.
  it.each([
    ["an attribute of 50 MB", ["outline", "trace", "detail"]],
    ["an attribute of ten million nested arrays", ["outline", "trace", "statistics"]],
    ["a chain of 100,000 spans", ["outline", "trace", "statistics"]],
    ["a million siblings", ["level", "trace"]],
    ["a million siblings that failed, each in its own way", ["errors", "columns"]],
  ])(
    "such as %s are answered in bounded memory",
    async (what, questions) => {
      const file = await makeAbsurd(freshFolder(), what);
      const { answers, peak } = await askAbsurd(path.join(__ENGINE_DIR__, "store.js"), file, ...questions);
      const { spans } = absurdDatabases[what]!;
      for (const question of questions) {
        if (question === "detail") expect(answers.detail).toBe("answered");
        else if (spans < 1_000_000 || question === "columns")
          expect([question, answers[question]]).toEqual([question, String(spans)]);
        else if (question === "level") expect(answers.level).toBe("6");
        else
          expect(answers[question]).toMatch(
            /^too_many_rows: .*1,?000,?000|^too_many_rows: .*more than 100,000/,
          );
      }
      expect(peak / 2 ** 20).toBeLessThan(1024);
    },
    300_000,
  );
});
