import { describe, expect, it } from "vitest";
import { keptRows, litRows, matchesOf } from "../../../webview/filter/matches.ts";
import { Recall } from "../../../webview/filter/recall.ts";
import { choices, statusValue } from "../../../webview/timeline/filter.ts";
import { makeSpan, tableOf } from "./outline.ts";

/** root(10) > a(11) > b(12), root > c(13). */
const spans = tableOf([
  makeSpan({ key: 10, parent: -1, depth: 0 }),
  makeSpan({ key: 11, parent: 0, depth: 1 }),
  makeSpan({ key: 12, parent: 1, depth: 2 }),
  makeSpan({ key: 13, parent: 0, depth: 1 }),
]);
const shown = (flags: Uint8Array | undefined) => flags && Array.from(flags);

describe("matches", () => {
  it("know spans by key, count each once, and leave out those that the outline does not have", () => {
    const matches = matchesOf(Float64Array.from([12, 12, 99]), spans, "only");
    expect(shown(matches.flags)).toEqual([0, 0, 1, 0]);
    expect(matches.count).toBe(1);
  });

  it("alone are shown with the parents that lead to them, and none is dimmed", () => {
    const matches = matchesOf(Float64Array.from([12]), spans, "only");
    expect(shown(keptRows(spans, matches))).toEqual([1, 1, 1, 0]);
    expect(litRows(matches)).toBeUndefined();
  });

  it("that are highlighted hide nothing and dim the others", () => {
    const matches = matchesOf(Float64Array.from([12]), spans, "highlight");
    expect(keptRows(spans, matches)).toBeUndefined();
    expect(shown(litRows(matches))).toEqual([0, 0, 1, 0]);
  });

  it("that are filtered out go, but for those above what stays, which are dimmed", () => {
    const matches = matchesOf(Float64Array.from([11, 13]), spans, "out");
    expect(shown(keptRows(spans, matches))).toEqual([1, 1, 1, 0]);
    expect(shown(litRows(matches))).toEqual([1, 0, 1, 0]);
    expect(shown(keptRows(spans, matchesOf(Float64Array.from([12, 13]), spans, "out")))).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it("hide nothing without a filter", () => {
    expect(keptRows(spans, undefined)).toBeUndefined();
    expect(litRows(undefined)).toBeUndefined();
  });
});

describe("recall", () => {
  it("steps through older filters and back to what was being written", () => {
    const recall = new Recall();
    const recent = ["b", "a"];
    expect(recall.step("older", recent, "draft")).toBe("b");
    expect(recall.step("older", recent, "b")).toBe("a");
    expect(recall.step("older", recent, "a")).toBeUndefined();
    expect(recall.step("newer", recent, "a")).toBe("b");
    expect(recall.step("newer", recent, "b")).toBe("draft");
    expect(recall.step("newer", recent, "draft")).toBeUndefined();
  });

  it("skips what is written already", () => {
    expect(new Recall().step("older", ["same", "other"], "same")).toBe("other");
  });
});

describe("the status of a span", () => {
  it("is its state, and the raw text of statuses outside the vocabulary", () => {
    expect(statusValue(makeSpan({ state: "failed", status: "error" }))).toBe("failed");
    expect(statusValue(makeSpan({ state: "unknown", status: "skipped" }))).toBe("=skipped");
  });
});

describe("choices", () => {
  it("are distinct values by frequency, then by text", () => {
    expect(choices(["b", "a", "c", "b", "constructor"].map((value) => [value, 1]))).toEqual([
      { value: "b", count: 2 },
      { value: "a", count: 1 },
      { value: "c", count: 1 },
      { value: "constructor", count: 1 },
    ]);
  });
});
