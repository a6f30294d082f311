import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asksAttributes, compileFilter, type Subject } from "../../../src/filter/compile.ts";
import { type Completion, completionAt, quoteValue } from "../../../src/filter/complete.ts";
import { parseFilter } from "../../../src/filter/parser.ts";
import { FilterError } from "../../../src/filter/syntax.ts";

const now = 1_759_400_000;

const known: Record<string, (string | number)[]> = {
  status: ["failed", "error"],
  name: ["classify_ticket"],
  duration: [2.5],
  self: [0.5],
  start: [now - 3600],
  error: ["Tool 'search' raised KeyError: 'results'"],
  error_type: ["tool_error"],
  cost: [0.004],
  tokens: [1500],
  depth: [1],
  pipeline: ["support_triage"],
};
const attributes: Record<string, unknown> = {
  latency_s: 2.5,
  wait_ms: 400,
  "flujo.step.type": "Step",
  "flujo.cache.hit": false,
  "my key": "yes",
  tags: ["slow", "big"],
  model: null,
  nested: { a: { b: 7 } },
  count: "12",
};
const subject: Subject = {
  known: (key) => known[key] ?? [],
  attribute: (key) => {
    if (Object.hasOwn(attributes, key)) return [attributes[key]];
    const path = key
      .split(".")
      .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], attributes);
    return path === undefined ? [] : [path];
  },
  texts: () => ["classify_ticket", "Tool 'search' raised KeyError: 'results'"],
};

function matches(filter: string): boolean {
  const expression = parseFilter(filter);
  return expression === undefined || compileFilter(expression, { now })(subject);
}

function mistake(filter: string): [from: number, to: number, message: string] {
  try {
    const expression = parseFilter(filter);
    if (expression) compileFilter(expression, { now });
  } catch (thrown) {
    if (thrown instanceof FilterError) return [thrown.place.from, thrown.place.to, thrown.message];
    throw thrown;
  }
  throw new Error(`No mistake was found in ${filter}`);
}

describe("a filter", () => {
  test.each([
    ["", true],
    ["status = failed", true],
    ["STATUS = Failed", true],
    ["status = error", true],
    ["status != failed", false],
    ["status in (paused, failed)", true],
    ["status not in (paused, failed)", false],
    [
      'status = failed and not name ~ "retry" and latency_s > 2s and error_type in (timeout, tool_error) and start > -24h',
      true,
    ],
    ["name ~ ticket", true],
    ["name !~ ticket", false],
    ["name ~ /^classify_\\w+$/", true],
    ["name ~ /TICKET/", false],
    ["name ~ /TICKET/i", true],
    ["duration > 2s", true],
    ["duration>2500ms", false],
    ["duration >= 2500ms", true],
    ["duration < 1min", true],
    ["self = 0.5", true],
    ["start > -30min", false],
    ["start > -2h and start < now", true],
    ["start > 2025-10-02T09:00:00Z", true],
    ["cost < $0.01", true],
    ["tokens = 1.5k", true],
    ["latency_s > 2s", true],
    ["latency_s > 3000ms", false],
    ["wait_ms > 300ms", true],
    ["wait_ms < 0.5s", true],
    ["flujo.step.type = step", true],
    ["flujo.cache.hit = false", true],
    ["flujo.cache.hit = true", false],
    ['"my key" = yes', true],
    ["attributes.latency_s >= 2.5", true],
    ["tags = slow", true],
    ["tags ~ big", true],
    ["model = null", true],
    ["model exists", false],
    ["latency_s exists", true],
    ["nothing exists", false],
    ["nothing = 1", false],
    ["nothing != 1", true],
    ["not nothing > 1", true],
    ["nested.a.b = 7", true],
    ["count > 11", true],
    ["keyerror", true],
    ["'KeyError: '", true],
    ["absent", false],
    ["status = paused or name = classify_ticket and duration > 1s", true],
    ["(status = paused or name = classify_ticket) and duration > 10s", false],
    ["status = failed duration > 1s", true],
    ["not not status = failed", true],
    ["pipeline = support_triage", true],
  ])("%j takes the span: %j", (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  test.each([
    ["status =", 8, 8, /value is missing/],
    ["= failed", 0, 1, /key is missing/],
    ["status = failed and", 19, 19, /condition is missing/],
    ["(status = failed", 0, 1, /not closed/],
    ["status = failed)", 15, 16, /closes nothing/],
    ['name = "open', 7, 12, /no closing/],
    ["name ~ /(/", 7, 10, /cannot be read/],
    ["name ~ /open", 7, 12, /no closing \//],
    ["duration > soon", 11, 15, /not a duration/],
    ["start > someday", 8, 15, /not a time/],
    ["cost > much", 7, 11, /not a number/],
    ["name > 5", 7, 8, /no order/],
    ["duration ~ 5", 11, 12, /holds a number/],
    ["status in failed", 10, 16, /list in brackets/],
    ["status in (failed paused)", 18, 24, /comma/],
    ["! status = failed", 0, 1, /only in != and !~/],
    ["and status = failed", 0, 3, /missing before "and"/],
    [`${"(".repeat(500)}a${")".repeat(500)}`, 200, 201, /too deeply/],
  ])("%j is marked from %i to %i", (filter, from, to, message) => {
    const [start, end, text] = mistake(filter);
    expect([start, end]).toEqual([from, to]);
    expect(text).toMatch(message);
  });

  test("any text either parses or is a mistake at a place inside it", () => {
    const pieces = fc.constantFrom(
      "status",
      "=",
      "failed",
      "(",
      ")",
      ",",
      "and",
      "or",
      "not",
      "in",
      "~",
      "/a/",
      '"',
      "'x'",
      ">",
      "2s",
      " ",
      "!",
      "exists",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const source = parts.join(" ");
        try {
          const expression = parseFilter(source);
          if (expression) compileFilter(expression, { now })(subject);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FilterError);
          const { from, to } = (thrown as FilterError).place;
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(source.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a quoted value means exactly its text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const expression = parseFilter(`name = ${quoteValue(text)}`);
        expect(expression).toMatchObject({ kind: "compare", value: { text } });
      }),
    );
  });

  test("tells whether it needs attributes", () => {
    expect(asksAttributes(parseFilter("status = failed and name ~ a")!)).toBe(false);
    expect(asksAttributes(parseFilter("status = failed or not flujo.step.type = Step")!)).toBe(true);
    expect(asksAttributes(parseFilter('"status" = failed')!)).toBe(true);
  });
});

describe("completion", () => {
  test.each<[string, Partial<Completion> & { from: number }]>([
    ["|", { kind: "key", typed: "", from: 0 }],
    ["sta|", { kind: "key", typed: "sta", from: 0 }],
    ["status |", { kind: "operator", key: "status", from: 7 }],
    ["status =|", { kind: "value", key: "status", typed: "", from: 8 }],
    ["status = fa|", { kind: "value", key: "status", typed: "fa", from: 9 }],
    ['name = "a b|', { kind: "value", key: "name", typed: "a b", from: 7 }],
    ["status in (fa|", { kind: "value", key: "status", typed: "fa", from: 11 }],
    ["status not in (failed, |", { kind: "value", key: "status", typed: "", from: 23 }],
    ["status = failed |", { kind: "join", typed: "", from: 16 }],
    ["status = failed and |", { kind: "key", typed: "", from: 20 }],
    ["(na|", { kind: "key", typed: "na", from: 1 }],
    ["not |", { kind: "key", typed: "", from: 4 }],
  ])("%j", (text, expected) => {
    const caret = text.indexOf("|");
    const found = completionAt(text.replace("|", ""), caret);
    const { from, ...rest } = expected;
    expect(found).toMatchObject(rest);
    expect(found?.place.from).toBe(from);
  });
});
