import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutlineSpan } from "../../../src/protocol/messages.ts";
import { coverageOf, uncovered } from "../../../webview/timeline/coverage.ts";
import { criticalPath, timeOnPath } from "../../../webview/timeline/critical-path.ts";
import { flameLayout } from "../../../webview/timeline/flame.ts";
import { firstNamesakes, groupNamesakes } from "../../../webview/timeline/groups.ts";
import { slowSpans } from "../../../webview/timeline/slow.ts";
import { makeOutline, makeSpan, tableOf } from "./outline.ts";

/** Spans from `[parent, start, end]`, in reading order. */
function timed(...rows: readonly (readonly [parent: number, start: number | null, end: number | null])[]) {
  const spans: OutlineSpan[] = [];
  for (const [parent, start_time, end_time] of rows) {
    const depth = parent < 0 ? 0 : spans[parent]!.depth + 1;
    spans.push(makeSpan({ key: spans.length + 1, parent, depth, start_time, end_time }));
  }
  return tableOf(spans);
}

/** Any tree of whole times in which children lie inside their parents and stand by start. */
const anyTimed = fc
  .array(fc.record({ up: fc.nat(3), at: fc.nat(9), size: fc.nat(9) }), { minLength: 1, maxLength: 25 })
  .map((steps) => {
    const rows: [number, number, number][] = [[-1, 0, 1000]];
    for (const { up, at, size } of steps) {
      let parent = rows.length - 1;
      for (let step = 0; step < up && parent > 0; step++) parent = rows[parent]![0];
      const [, from, to] = rows[parent]!;
      const before = rows.filter(([other]) => other === parent).at(-1)?.[1] ?? from;
      const start = Math.min(to, before + at * 7);
      rows.push([parent, start, Math.min(to, start + size * 11)]);
    }
    return rows;
  });

function pathOf(table: ReturnType<typeof timed>, openEnd = 1000) {
  const { firsts, counts, from, to } = criticalPath(table, openEnd);
  return Array.from(firsts, (first, index) =>
    first < 0
      ? undefined
      : Array.from({ length: counts[index]! }, (_, at) => [from[first + at]!, to[first + at]!]),
  );
}

describe("the critical path", () => {
  it("goes back through what ended last, and gives the rest to the parent", () => {
    const table = timed([-1, 0, 10], [0, 1, 4], [0, 2, 5], [0, 6, 9]);
    expect(pathOf(table)).toEqual([
      [
        [9, 10],
        [5, 6],
        [0, 2],
      ],
      undefined,
      [[2, 5]],
      [[6, 9]],
    ]);
  });

  it("goes down into children", () => {
    const table = timed([-1, 0, 10], [0, 0, 10], [1, 0, 3], [1, 3, 10]);
    expect(pathOf(table)).toEqual([[], [], [[0, 3]], [[3, 10]]]);
  });

  it("ends a child that outlives its parent with it, and an unfinished one with the run", () => {
    expect(pathOf(timed([-1, 0, 10], [0, 5, 30]))).toEqual([[[0, 5]], [[5, 10]]]);
    expect(pathOf(timed([-1, 0, null], [0, 5, null]), 20)).toEqual([[[0, 5]], [[5, 20]]]);
  });

  it("leaves out spans without times", () => {
    expect(pathOf(timed([-1, 0, 10], [0, null, null]))).toEqual([[[0, 10]], undefined]);
  });

  it("covers the run from start to end without overlap, in any tree", () => {
    fc.assert(
      fc.property(anyTimed, (rows) => {
        const table = timed(...rows);
        const stretches = pathOf(table)
          .flatMap((list) => list ?? [])
          .sort((a, b) => a[0]! - b[0]!);
        let time = 0;
        for (const [from, to] of stretches) {
          expect(from).toBe(time);
          time = to!;
        }
        expect(time).toBe(1000);
      }),
    );
  });

  it("adds up the time of a span", () => {
    const table = timed([-1, 0, 10], [0, 1, 4]);
    expect(timeOnPath(criticalPath(table, 10), 0)).toBe(7);
  });

  it("finds its way along a chain of 100,000 and through 1,000,000 siblings", () => {
    const chain = timed(
      ...Array.from({ length: 100_000 }, (_, index) => [index - 1, index / 1e6, 1 - index / 1e6] as const),
    );
    expect(criticalPath(chain, 1).firsts.every((first) => first >= 0)).toBe(true);
  });
});

describe("a span's own time", () => {
  const own = (rows: [number, number, number][], index: number) => {
    const table = timed(...rows);
    const found: [number, number][] = [];
    const [, from, to] = rows[index]!;
    uncovered(coverageOf(table, 1000), table.starts, index, from, to, 1e-9, (start, end) =>
      found.push([start, end]),
    );
    return found;
  };

  it("lies before, between and after its children, which may overlap", () => {
    expect(
      own(
        [
          [-1, 0, 20],
          [0, 2, 8],
          [0, 3, 4],
          [0, 7, 9],
          [0, 12, 15],
        ],
        0,
      ),
    ).toEqual([
      [0, 2],
      [9, 12],
      [15, 20],
    ]);
    expect(own([[-1, 5, 6]], 0)).toEqual([[5, 6]]);
  });

  it("is the time in which no child runs, in any tree", () => {
    fc.assert(
      fc.property(anyTimed, (rows) => {
        for (const index of rows.keys()) {
          const found = own(rows, index);
          const [, from, to] = rows[index]!;
          const children = rows.filter(([parent]) => parent === index);
          for (let time = from; time < to; time++) {
            const at = time + 0.5;
            const busy = children.some(([, start, end]) => start <= at && at < end);
            expect(found.some(([start, end]) => start <= at && at < end)).toBe(!busy);
          }
        }
      }),
    );
  });

  it("takes no more steps than fit on screen", () => {
    const table = timed(
      [-1, 0, 1000],
      ...Array.from({ length: 100_000 }, (_, index) => [0, index / 100, index / 100 + 0.005] as const),
    );
    let visits = 0;
    uncovered(coverageOf(table, 1000), table.starts, 0, 0, 1000, 1, () => {
      visits += 1;
    });
    expect(visits).toBeLessThanOrEqual(1000);
  });
});

describe("the flame view", () => {
  it("puts children under their parents and what overlaps side by side", () => {
    const table = timed([-1, 0, 10], [0, 1, 5], [1, 2, 4], [0, 3, 6], [0, 7, 8]);
    const { lanes, laneOf } = flameLayout(table, 10);
    expect(Array.from(laneOf)).toEqual([0, 1, 2, 3, 1]);
    expect(lanes).toBe(4);
  });

  it("never lets spans of a lane overlap, nor a child stand above its parent, in any tree", () => {
    fc.assert(
      fc.property(anyTimed, (rows) => {
        const table = timed(...rows);
        const { lanes, laneOf, offsets, spans } = flameLayout(table, 1000);
        for (const [index, [parent]] of rows.entries())
          if (parent >= 0) expect(laneOf[index]!).toBeGreaterThan(laneOf[parent]!);
        for (let lane = 0; lane < lanes; lane++) {
          const inLane = Array.from(spans.subarray(offsets[lane], offsets[lane + 1]));
          for (const [at, index] of inLane.entries()) {
            expect(laneOf[index]).toBe(lane);
            if (at > 0) expect(rows[inLane[at - 1]!]![2]).toBeLessThanOrEqual(rows[index]![1]);
          }
        }
        expect(spans.length).toBe(rows.length);
      }),
    );
  });

  it("leaves out spans without a start, and lays out 100,000 at once", () => {
    expect(Array.from(flameLayout(timed([-1, 0, 1], [0, null, null]), 1).laneOf)).toEqual([0, -1]);
    const wide = timed([-1, 0, 1], ...Array.from({ length: 100_000 }, () => [0, 0, 1] as const));
    expect(flameLayout(wide, 1).lanes).toBe(100_001);
  });
});

describe("siblings of one name", () => {
  const outline = makeOutline("root\n  item\n    deep\n  other\n  !item\n  item\nroot");
  const table = tableOf(outline);
  const firsts = firstNamesakes(table);

  it("fold into their first one, with sums", () => {
    const { byFirst, hidden } = groupNamesakes(table, firsts, new Set());
    expect(Array.from(hidden)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    const group = byFirst.get(1)!;
    expect(Array.from(group.members)).toEqual([1, 4, 5]);
    expect([group.duration, group.self, group.failed]).toEqual([3, 3, 1]);
    expect(Array.from(byFirst.get(0)!.members)).toEqual([0, 6]);
  });

  it("stand apart when their group was opened", () => {
    const { byFirst, hidden } = groupNamesakes(table, firsts, new Set([20]));
    expect([...byFirst.keys()]).toEqual([0]);
    expect(Array.from(hidden)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });
});

describe("slow spans", () => {
  it("are the ten with the most self time", () => {
    const selfTimes = Float64Array.from({ length: 50 }, (_, index) => (index * 37) % 50);
    const marks = slowSpans({ selfTimes }, 100);
    const slow = Array.from(selfTimes).filter((_, index) => marks[index]);
    expect(slow.sort((a, b) => a - b)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
  });

  it("take at least a hundredth of the run", () => {
    expect(Array.from(slowSpans({ selfTimes: Float64Array.of(0.5, 1, Number.NaN) }, 100))).toEqual([0, 1, 0]);
  });
});
