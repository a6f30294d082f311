import { describe, expect, it } from "vitest";
import {
  choices,
  isOpen,
  matchSpans,
  noFilter,
  type SpanFilter,
  statusValue,
} from "../../../webview/timeline/filter.ts";
import { makeSpan } from "./outline.ts";

const spans = [
  makeSpan({ name: "pipeline_run", duration: 4 }),
  makeSpan({
    name: "Search",
    span_id: "abc123",
    duration: 0.2,
    state: "failed",
    error: { type: "tool_error", message: "KeyError: 'tier'" },
  }),
  makeSpan({ name: "search", state: "unknown", status: "skipped", duration: 0 }),
  makeSpan({ name: "wait", state: "running", start_time: 101, end_time: null, duration: null }),
  makeSpan({ name: "lost", start_time: null, end_time: null, duration: null }),
];
const domain = { from: 100, to: 104 };

function found(filter: Partial<SpanFilter>): number[] | undefined {
  const matches = matchSpans(spans, { ...noFilter, ...filter }, domain);
  if (!matches) return undefined;
  const indices = Array.from(matches.flags.keys()).filter((index) => matches.flags[index]);
  expect(matches.count).toBe(indices.length);
  return indices;
}

describe("the span filter", () => {
  it("is open when nothing is asked for", () => {
    expect(isOpen(noFilter)).toBe(true);
    expect(found({})).toBeUndefined();
    expect(found({ text: "   " })).toBeUndefined();
  });

  it("finds text in name, id, error type and message, in any case", () => {
    expect(found({ text: "SEARCH" })).toEqual([1, 2]);
    expect(found({ text: "bc12" })).toEqual([1]);
    expect(found({ text: "tool_err" })).toEqual([1]);
    expect(found({ text: "keyerror" })).toEqual([1]);
  });

  it("wants every word", () => {
    expect(found({ text: "search tier" })).toEqual([1]);
    expect(found({ text: "search nowhere" })).toEqual([]);
  });

  it("compares the name exactly", () => {
    expect(found({ name: "search" })).toEqual([2]);
  });

  it("compares the state, and the raw text of statuses outside the vocabulary", () => {
    expect(found({ status: "failed" })).toEqual([1]);
    expect(statusValue(spans[2]!)).toBe("=skipped");
    expect(found({ status: "=skipped" })).toEqual([2]);
    expect(found({ status: "unknown" })).toEqual([]);
  });

  it("counts unfinished spans with the time they have lasted, and leaves out those without times", () => {
    expect(found({ minDuration: 2 })).toEqual([0, 3]);
    expect(found({ minDuration: 0 })).toEqual([0, 1, 2, 3]);
  });

  it("joins its parts with and", () => {
    expect(found({ text: "search", minDuration: 0.1 })).toEqual([1]);
  });
});

describe("choices", () => {
  it("are distinct values by frequency, then by text", () => {
    expect(choices(["b", "a", "c", "b", "constructor"])).toEqual([
      { value: "b", count: 2 },
      { value: "a", count: 1 },
      { value: "c", count: 1 },
      { value: "constructor", count: 1 },
    ]);
  });
});
