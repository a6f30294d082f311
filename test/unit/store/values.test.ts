import { describe, expect, test } from "vitest";
import { anchor, earliestMonotonic, toWallClock } from "../../../src/store/clock.ts";
import { HistogramCounts } from "../../../src/store/histogram.ts";
import { NumberList, nearestRank } from "../../../src/store/percentiles.ts";
import {
  errorFromAttributes,
  errorFromText,
  errorTypeOf,
  fingerprint,
  mergeErrors,
} from "../../../src/store/span-error.ts";
import { stateOfRun, stateOfSpan } from "../../../src/store/status.ts";
import { parseAttributes, parseTime } from "../../../src/store/values.ts";

describe("stored times", () => {
  test.each([
    ["2025-10-01T08:00:00+00:00", 1759305600],
    ["2025-10-01T08:00:00.617460+00:00", 1759305600.61746],
    ["2025-10-01T10:00:00+02:00", 1759305600],
    ["2025-10-01T03:30:00-0430", 1759305600],
    ["2025-10-01 08:00:00", 1759305600],
    ["2025-10-01T08:00:00Z", 1759305600],
    ["2025-10-01", 1759276800],
    ["1759305600.5", 1759305600.5],
    [1759305600.5, 1759305600.5],
    ["", null],
    ["yesterday", null],
    [null, null],
    [Number.NaN, null],
  ])("%j is read as %j", (stored, seconds) => {
    expect(parseTime(stored)).toBe(seconds);
  });
});

describe("clocks", () => {
  test("a monotonic run is laid on its creation time, an epoch row stays where it is", () => {
    const starts = [51_236, 51_234.5, Number.NaN, 1_759_305_601];
    const offset = anchor(earliestMonotonic(starts), 1_759_305_600);
    expect(toWallClock(starts[0]!, offset)).toBe(1_759_305_601.5);
    expect(toWallClock(starts[3]!, offset)).toBe(1_759_305_601);
    expect(toWallClock(starts[2]!, offset)).toBeNaN();
  });

  test("nothing moves without a creation time or without monotonic rows", () => {
    expect(anchor(5, null)).toBe(0);
    expect(anchor(earliestMonotonic([1_759_305_601]), 1)).toBe(0);
  });
});

describe("statuses", () => {
  test("words of all writers map to one vocabulary, unknown ones are kept apart", () => {
    expect(
      ["Completed", "error", " failed ", "canceled", "running", "paused", "odd"].map(stateOfRun),
    ).toEqual(["completed", "failed", "failed", "cancelled", "running", "paused", "unknown"]);
  });

  test("a span that says running but has ended is completed", () => {
    expect(stateOfSpan("running", true)).toBe("completed");
    expect(stateOfSpan("running", false)).toBe("running");
  });
});

describe("an error's type", () => {
  test.each([
    ["Tool 'search' raised KeyError: 'results'", "KeyError"],
    ["openai.RateLimitError: slow down", "openai.RateLimitError"],
    ["timeout: no answer", "timeout"],
    ["429 Too Many Requests: retry after 12s", "429 Too Many Requests"],
    ["Agent call timed out after 30.0s", undefined],
    ["", undefined],
  ])("%j tells %j", (message, type) => {
    expect(errorTypeOf(message)).toBe(type);
  });

  test("comes from error_type first, then the message, then the step, then the run, else it is unknown", () => {
    const own = errorFromAttributes({ error_type: "tool_error", feedback: "KeyError: x" });
    expect(mergeErrors(own)).toEqual({ type: "tool_error", message: "KeyError: x" });
    const silent = errorFromAttributes({ feedback: "it broke" });
    expect(mergeErrors(silent, errorFromText('"ValueError: y"'))).toEqual({
      type: "ValueError",
      message: "it broke",
    });
    expect(mergeErrors(undefined, undefined, errorFromText("timeout: z"))).toEqual({
      type: "timeout",
      message: "timeout: z",
    });
    expect(mergeErrors(undefined)).toEqual({ type: "unknown", message: "" });
  });

  test("attributes that are not an object say nothing", () => {
    expect(errorFromAttributes("not json")).toBeUndefined();
  });
});

test("a fingerprint drops what differs between occurrences", () => {
  const one = fingerprint(
    "Tool 'search' failed at 0x7f12ab after 30.0s for 1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  );
  expect(one).toBe(
    fingerprint("Tool 'fetch' failed at 0x99 after 1s for 0b4e28ba-2fa1-11d2-883f-0016d3cca427"),
  );
  expect(one).not.toBe(fingerprint("Tool 'fetch' hung at 0x99 after 1s"));
});

test("attributes that are not a JSON object stay the text they are", () => {
  expect(parseAttributes('{"a": 1}')).toEqual({ a: 1 });
  for (const text of ["[1]", "3", "{broken", "null"]) expect(parseAttributes(text)).toBe(text);
  expect(parseAttributes(null)).toEqual({});
  expect(parseAttributes("  ")).toEqual({});
});

describe("percentiles", () => {
  test("nearest rank is a value that was there", () => {
    const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0.5, 0.9, 0.95, 0.99].map((share) => nearestRank(sorted, share))).toEqual([5, 9, 10, 10]);
    expect(nearestRank([7], 0.5)).toBe(7);
  });

  test("a list that has grown sorts only what it holds", () => {
    const list = new NumberList();
    for (let value = 1000; value > 0; value -= 1) list.push(value);
    expect(Array.from(list.sorted().subarray(0, 3))).toEqual([1, 2, 3]);
    expect(list.sorted().length).toBe(1000);
  });
});

describe("the histogram", () => {
  test("every duration lies between the edges of its bucket", () => {
    const edges = new HistogramCounts();
    edges.add(1e-6, false);
    edges.add(10 ** 6.9, false);
    for (const duration of [...edges.result().edges, 0.0011, 0.5, 3, 4000].filter(
      (edge) => edge > 1e-6 && edge < 1e6,
    )) {
      const counts = new HistogramCounts();
      counts.add(duration, true);
      const { edges: own, counts: held, failed } = counts.result();
      expect(own[0]).toBeLessThanOrEqual(duration);
      expect(own[1]).toBeGreaterThan(duration);
      expect([held, failed]).toEqual([[1], [1]]);
    }
  });

  test("what is zero, negative or not finite goes to an end, and nothing is lost", () => {
    const counts = new HistogramCounts();
    for (const duration of [0, -4, Number.NaN, 1e12]) counts.add(duration, false);
    expect(counts.result().counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  });
});
