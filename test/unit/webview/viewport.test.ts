import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  drawnRows,
  isInView,
  ROW_HEIGHT,
  rowsInView,
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
