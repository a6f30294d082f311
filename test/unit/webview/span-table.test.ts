import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerBound } from "../../../src/arrays/ascending.ts";
import { anyOutline, makeOutline, makeSpan, tableOf } from "./outline.ts";

describe("the table of spans", () => {
  it("gives every span back as it was packed", () => {
    const spans = [
      makeSpan({ key: 5, child_count: 1, name: "wurzel 🌱", cost: 0.25, tokens: 12, attempt: 2 }),
      makeSpan({
        key: 2 ** 40,
        span_id: "",
        parent: 0,
        depth: 1,
        state: "failed",
        status: "error",
        error: { type: "timeout", message: "zu spät" },
      }),
      makeSpan({ key: 9, start_time: null, end_time: null, duration: null, self_time: null }),
    ];
    const table = tableOf(spans);
    expect(spans.map((_, index) => table.span(index))).toEqual(spans);
    expect(table.span(3)).toBeUndefined();
    expect(table.span(-1)).toBeUndefined();
  });

  it("finds spans by key and by id", () => {
    const table = tableOf([makeSpan({ key: 5, span_id: "a" }), makeSpan({ key: 2 ** 40, span_id: "bä" })]);
    expect([table.indexOf(5), table.indexOf(2 ** 40), table.indexOf(6)]).toEqual([0, 1, -1]);
    expect([table.indexOfId("a"), table.indexOfId("bä"), table.indexOfId("c")]).toEqual([0, 1, -1]);
  });

  it("knows where subtrees end, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, (outline) => {
        const table = tableOf(outline);
        for (const [index, { depth }] of outline.entries()) {
          const next = outline.findIndex((other, at) => at > index && other.depth <= depth);
          expect(table.subtreeEnds[index]).toBe(next < 0 ? outline.length : next);
          expect(table.depths[index]).toBe(depth);
          expect(table.childCount(index)).toBe(outline.filter(({ parent }) => parent === index).length);
          expect(table.indexOf(outline[index]!.key)).toBe(index);
        }
      }),
    );
  });

  it("keeps errors with the spans that failed", () => {
    const table = tableOf(makeOutline("a\n!b"));
    expect(table.errorText(0)).toBe("");
    expect(table.failed(1)).toBe(true);
  });
});

describe("the lower bound", () => {
  it("is the first place with at least the value", () => {
    expect([0, 1, 2, 5, 6].map((wanted) => lowerBound([1, 3, 3, 5], wanted))).toEqual([0, 0, 1, 3, 4]);
  });
});
