import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { causeBelow, failureRanks, firstOrigin, nextMarked } from "../../../webview/timeline/failures.ts";
import { ancestorsOf } from "../../../webview/timeline/rows.ts";
import { anyOutline, makeOutline, tableOf } from "./outline.ts";

const spans = tableOf(
  makeOutline(`
!root
  a
    !a1
  !b
    b1
      !b2
      !b3`),
);
const ranks = failureRanks(spans);

describe("failures", () => {
  it("tell a failure's origin from the parents that it failed, also across parents that did not fail", () => {
    expect(Array.from(ranks)).toEqual([1, 0, 2, 1, 0, 2, 2]);
  });

  it("have a first origin, or none", () => {
    expect(firstOrigin(ranks)).toBe(2);
    expect(firstOrigin(failureRanks(tableOf(makeOutline("fine"))))).toBe(-1);
  });

  it("are walked in order and around the end, in both directions", () => {
    expect(nextMarked(ranks, -1, 1)).toBe(0);
    expect(nextMarked(ranks, 0, 1)).toBe(2);
    expect(nextMarked(ranks, 6, 1)).toBe(0);
    expect(nextMarked(ranks, 0, -1)).toBe(6);
    expect(nextMarked(ranks, -1, -1)).toBe(6);
    expect(nextMarked(new Uint8Array(3), 1, 1)).toBe(-1);
    expect(nextMarked(new Uint8Array(), -1, 1)).toBe(-1);
  });

  it("find the only failure again from itself", () => {
    expect(nextMarked(Uint8Array.of(0, 2, 0), 1, 1)).toBe(1);
  });

  it("lead from a failed parent to the first cause below it", () => {
    expect(causeBelow(spans, ranks, 0)).toBe(2);
    expect(causeBelow(spans, ranks, 3)).toBe(5);
    expect(causeBelow(spans, ranks, 6)).toBe(-1);
  });

  it("are origins exactly when no descendant failed, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, (outline) => {
        const table = tableOf(outline);
        const found = failureRanks(table);
        const carriers = new Set(
          outline.flatMap(({ state }, index) => (state === "failed" ? ancestorsOf(table, index) : [])),
        );
        for (const [index, { state }] of outline.entries()) {
          expect(found[index]).toBe(state !== "failed" ? 0 : carriers.has(index) ? 1 : 2);
        }
      }),
    );
  });
});
