import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  drawnRows,
  isInView,
  ROW_HEIGHT,
  rowsInView,
  ScrollRange,
  scrollFor,
} from "../../../webview/timeline/viewport.ts";

const anyViewport = fc.record({ top: fc.nat(3_000_000), height: fc.integer({ min: 60, max: 2000 }) });

describe("the window on the rows", () => {
  it("draws every row that is in view, few others, and none that does not exist", () => {
    fc.assert(
      fc.property(anyViewport, fc.nat(150_000), (viewport, count) => {
        const { first, last } = drawnRows(viewport, count);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(last).toBeLessThanOrEqual(count);
        expect(last - first).toBeLessThanOrEqual(viewport.height / ROW_HEIGHT + 20);
        const top = Math.ceil(viewport.top / ROW_HEIGHT);
        if (top < count && isInView(top, viewport)) expect(first <= top && top < last).toBe(true);
      }),
    );
  });

  it("brings any row into view", () => {
    fc.assert(
      fc.property(anyViewport, fc.nat(150_000), (viewport, position) => {
        const top = scrollFor(position, viewport);
        expect(isInView(position, { ...viewport, top })).toBe(true);
      }),
    );
  });

  it("does not move for a row that is in view, and little for one at the edge", () => {
    const viewport = { top: 440, height: 24 + 220 };
    expect(scrollFor(25, viewport)).toBe(440);
    expect(scrollFor(30, viewport)).toBe(462);
    expect(scrollFor(19, viewport)).toBe(418);
  });

  it("puts a row from far away in the middle", () => {
    expect(scrollFor(1000, { top: 0, height: 24 + 220 })).toBe(22_000 - 99);
  });

  it("has room for one row at least", () => {
    expect(rowsInView({ top: 0, height: 10 })).toBe(1);
    expect(rowsInView({ top: 0, height: 24 + 225 })).toBe(10);
  });
});

describe("the scroll bar", () => {
  it("moves like the list while the list is not too tall", () => {
    const range = new ScrollRange(10_000, 400);
    expect(range.exact).toBe(true);
    expect(range.topOf(1234)).toBe(1234);
    expect(range.scrollTopOf(1234)).toBe(1234);
  });

  it("reaches both ends of a list of any height, within what a browser lays out", () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.integer({ min: 60, max: 2000 }), (content, height) => {
        const range = new ScrollRange(content, height);
        expect(range.room).toBeLessThanOrEqual(8_000_000);
        expect(range.topOf(0)).toBe(0);
        const end = Math.max(0, content - height);
        expect(range.topOf(Math.max(0, range.room - height))).toBeCloseTo(end, 3);
        expect(range.topOf(range.scrollTopOf(end / 3))).toBeCloseTo(end / 3, 3);
        expect(range.within(content * 2)).toBe(end);
      }),
    );
  });
});
