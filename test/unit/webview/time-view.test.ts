import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brushed, centred, gripAt } from "../../../webview/timeline/brush.ts";
import { exactOffset, ruler } from "../../../webview/timeline/ruler.ts";
import {
  fitted,
  isWhole,
  panned,
  showing,
  timeAt,
  wholeRun,
  within,
  xOf,
  zoomed,
} from "../../../webview/timeline/time-view.ts";

const LENGTH = 100;
const time = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("the part of time on screen", () => {
  it("stays inside the run and is never empty, whatever is done to it", () => {
    fc.assert(
      fc.property(
        time,
        time,
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        time,
        (from, to, factor, at) => {
          const view = within({ from: Math.min(from, to), to: Math.max(from, to) }, LENGTH);
          for (const next of [
            view,
            zoomed(view, LENGTH, factor, at),
            panned(view, LENGTH, at),
            fitted(Math.min(from, to), Math.max(from, to), LENGTH),
          ]) {
            expect(next.from).toBeGreaterThanOrEqual(0);
            expect(next.to).toBeLessThanOrEqual(LENGTH + 1e-6);
            expect(next.to).toBeGreaterThan(next.from);
          }
        },
      ),
    );
  });

  it("keeps what is under the mouse where it is while zooming", () => {
    const view = { from: 20, to: 60 };
    const next = zoomed(view, LENGTH, 0.5, 30);
    expect(next.to - next.from).toBeCloseTo(20);
    expect(xOf({ view: next, width: 800 }, 30)).toBeCloseTo(xOf({ view, width: 800 }, 30));
  });

  it("can show all, and a span with room around it", () => {
    expect(isWhole(zoomed({ from: 20, to: 60 }, LENGTH, 100, 30), LENGTH)).toBe(true);
    expect(wholeRun(0).to).toBeGreaterThan(0);
    expect(fitted(40, 60, LENGTH)).toEqual({ from: 39, to: 61 });
  });

  it("moves only when what should show does not", () => {
    const view = { from: 20, to: 40 };
    expect(showing(view, 30, 90, LENGTH)).toBe(view);
    expect(showing(view, 70, 70, LENGTH)).toEqual({ from: 60, to: 80 });
  });

  it("turns pixels into time and back", () => {
    const scale = { view: { from: 20, to: 40 }, width: 500 };
    expect(timeAt(scale, xOf(scale, 33))).toBeCloseTo(33);
  });
});

describe("the brush", () => {
  const view = { from: 25, to: 50 };

  it("catches edges, the part on screen and the rest", () => {
    expect([240, 252, 400, 498, 700].map((x) => gripAt(x, view, LENGTH, 1000))).toEqual([
      "new",
      "from",
      "move",
      "to",
      "new",
    ]);
    expect(gripAt(400, wholeRun(LENGTH), LENGTH, 1000)).toBe("new");
  });

  it("draws in both directions, moves and pulls", () => {
    expect(brushed("new", 300, 100, view, LENGTH, 1000)).toEqual({ from: 10, to: 30 });
    expect(brushed("move", 300, 400, view, LENGTH, 1000)).toEqual({ from: 35, to: 60 });
    expect(brushed("move", 300, 2000, view, LENGTH, 1000)).toEqual({ from: 75, to: 100 });
    expect(brushed("from", 250, 100, view, LENGTH, 1000)).toEqual({ from: 10, to: 50 });
    expect(brushed("to", 500, 900, view, LENGTH, 1000)).toEqual({ from: 25, to: 90 });
    expect(centred(500, view, LENGTH, 1000)).toEqual({ from: 37.5, to: 62.5 });
  });
});

describe("the ruler", () => {
  const labels = (from: number, to: number, width = 600) => {
    const { ticks, anchor } = ruler({ view: { from, to }, width });
    return { labels: ticks.map(({ label }) => label), anchor };
  };

  it("reads from microseconds to days", () => {
    expect(labels(0, 6e-6, 500).labels).toEqual(["0", "1 µs", "2 µs", "3 µs", "4 µs", "5 µs", "6 µs"]);
    expect(labels(0, 4.2).labels).toEqual(["0", "1 s", "2 s", "3 s", "4 s"]);
    expect(labels(0, 5 * 86_400).labels.at(-1)).toBe("5 d");
  });

  it("counts from an exact time where labels would all be the same", () => {
    const deep = labels(7384.5, 7384.500005);
    expect(deep.anchor).toBe("2 h 3 min 4 s 500 ms");
    expect(deep.labels.slice(0, 2)).toEqual(["+0", "+1 µs"]);
  });

  it("never repeats a label, wherever it is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: 60, max: 3000 }),
        (from, length, width) => {
          const { ticks } = ruler({ view: { from, to: from + length }, width });
          expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
          for (const { x } of ticks) expect(x > -1 && x < width + 1).toBe(true);
        },
      ),
    );
  });

  it("writes times to the microsecond", () => {
    expect(exactOffset(0)).toBe("0");
    expect(exactOffset(123.500001)).toBe("2 min 3 s 500 ms 1 µs");
    expect(exactOffset(90_000)).toBe("1 d 1 h");
  });
});
