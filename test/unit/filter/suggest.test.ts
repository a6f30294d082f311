import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findMistake } from "../../../src/filter/check.ts";
import { completionAt, quoteValue } from "../../../src/filter/complete.ts";
import { parseFilter } from "../../../src/filter/parser.ts";
import { suggestAt, type Vocabulary, writeKey } from "../../../src/filter/suggest.ts";

const now = 1_759_400_000;
const vocabulary: Vocabulary = {
  attributes: ["latency_s", "flujo.step.type", "my key", "and", 'say "hi"', "Status"],
  values: {
    status: ["completed", "failed", "in review"],
    name: ["pipeline_run", "/etc/passwd", "not", "line\r\nbreak"],
    latency_s: ["2.5", "slow"],
  },
};

/** Labels offered where `|` stands. */
function labels(text: string): string[] {
  const caret = text.indexOf("|");
  return suggestAt(text.replace("|", ""), caret, vocabulary, "spans").map(({ label }) => label);
}

describe("suggestions", () => {
  test.each([
    ["sta|", ["status", "start", "Status", "run.status", "run.start"]],
    ["status |", ["=", "!=", "~", "!~", "in", "not in", "exists"]],
    ["duration |", [">", ">=", "<", "<=", "=", "!=", "exists"]],
    ["status = |", ["completed", "failed", "in review"]],
    ["status = fa|", ["failed"]],
    ['status = "in r|', ["in review"]],
    ["status in (failed, |", ["completed", "failed", "in review"]],
    ["status in (failed |", []],
    ["latency_s > |", ["2.5"]],
    ["status exists |", ["and", "or"]],
    ["status = failed |", ["and", "or"]],
    ["name ~ /a|", []],
    ["constructor = |", []],
  ])("%j", (text, expected) => {
    expect(labels(text)).toEqual(expected);
  });

  test("a choice replaces the whole word that the caret stands in", () => {
    expect(completionAt("status = failed", 2)?.place).toEqual({ from: 0, to: 6 });
    expect(completionAt('name = "a b"', 11)?.place).toEqual({ from: 7, to: 12 });
  });

  test("an attribute's key means the attribute, whatever it is called", () => {
    for (const name of vocabulary.attributes) {
      expect(parseFilter(`${writeKey(name)} exists`)).toMatchObject({ kind: "exists", key: { name } });
    }
    expect(writeKey("Status")).toBe('"Status"');
    expect(quoteValue("a\r\nb")).toBe('"a\\r\\nb"');
  });

  test.each(["spans", "runs"] as const)("a filter built from them can always be used: %s", (scope) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 24 }), (picks) => {
        let filter = "";
        for (const pick of picks) {
          const completion = completionAt(filter, filter.length);
          const offers = suggestAt(filter, filter.length, vocabulary, scope);
          const chosen = offers[pick % Math.max(1, offers.length)];
          if (chosen === undefined) {
            // Free text is what remains where the data offers nothing.
            if (completion?.kind !== "value") break;
            filter += completion.operator === undefined ? "1" : "1 ";
          } else {
            filter = `${filter.slice(0, chosen.place.from)}${chosen.insert}${filter.slice(chosen.place.to)}`;
          }
          const inList = completion?.kind === "value" && completion.operator === undefined;
          if (inList) filter += ") ";
          const ends = completion?.kind === "value" || chosen?.label === "exists";
          if (ends) expect([filter, findMistake(filter, scope, now)]).toEqual([filter, undefined]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("a filter is checked without data", () => {
  test.each([
    ["start > 2025-02-31", 8, 18],
    ["start > 2025-13-01", 8, 18],
    ["start > 2025-10-01T25:00", 8, 24],
  ])("%j names no time", (filter, from, to) => {
    expect(findMistake(filter, "spans", now)?.place).toEqual({ from, to });
  });

  test("the 29th of February is a day in leap years alone", () => {
    expect(findMistake("start > 2024-02-29", "spans", now)).toBeUndefined();
    expect(findMistake("start > 2025-02-29", "spans", now)).toBeDefined();
  });

  test("one that nobody writes is refused before it is read", () => {
    expect(findMistake("a".repeat(10_001), "runs", now)?.message).toMatch(/longer than 10000/);
  });
});
