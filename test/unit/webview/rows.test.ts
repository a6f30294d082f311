import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  closedSpans,
  foldedFrom,
  subtreeOf,
  unfolded,
  withClosed,
} from "../../../webview/timeline/folding.ts";
import { ancestorsOf, rowOf, visibleRows, withAncestors } from "../../../webview/timeline/rows.ts";
import type { SpanTable } from "../../../webview/timeline/span-table.ts";
import { anyOutline, makeOutline, makeSpan, tableOf } from "./outline.ts";

const outline = makeOutline(`
root
  a
    a1
    a2
  b
    b1
other`);
const spans = tableOf(outline);

const names = (rows: Int32Array) => Array.from(rows, (index) => spans.name(index));

/** The rows that show when the spans with these keys are closed. */
function rowsOf(table: SpanTable, keys: Iterable<number>, keep?: Uint8Array): Int32Array {
  const closed = closedSpans(table, { turned: new Set(keys) });
  return visibleRows(table, { closed, keep });
}

describe("visible rows", () => {
  it("are all spans when nothing is collapsed", () => {
    expect(names(rowsOf(spans, []))).toEqual(["root", "a", "a1", "a2", "b", "b1", "other"]);
  });

  it("leave out everything below a collapsed span, and nothing beside it", () => {
    expect(names(rowsOf(spans, [20]))).toEqual(["root", "a", "b", "b1", "other"]);
    expect(names(rowsOf(spans, [10]))).toEqual(["root", "other"]);
    expect(names(rowsOf(spans, [10, 50]))).toEqual(["root", "other"]);
  });

  it("are matches and their parents when a filter keeps only those", () => {
    const matches = Uint8Array.from(outline, ({ name }) => (name === "b1" ? 1 : 0));
    expect(names(rowsOf(spans, [], withAncestors(spans, matches)))).toEqual(["root", "b", "b1"]);
  });

  it("cope with a chain of 200,000 spans", () => {
    const chain = tableOf(
      Array.from({ length: 200_000 }, (_, index) =>
        makeSpan({ key: index, parent: index - 1, depth: index }),
      ),
    );
    expect(rowsOf(chain, []).length).toBe(200_000);
    expect(rowsOf(chain, [1000]).length).toBe(1001);
    expect(withAncestors(chain, new Uint8Array(200_000).fill(1, 199_999)).every(Boolean)).toBe(true);
    expect(ancestorsOf(chain, 199_999).length).toBe(199_999);
  });

  it("are exactly the spans without a collapsed ancestor, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, fc.func(fc.boolean()), (any, isCollapsed) => {
        const table = tableOf(any);
        const collapsed = new Set(any.map(({ key }) => key).filter((key) => isCollapsed(key)));
        const expected = any.flatMap((_, index) =>
          ancestorsOf(table, index).some((ancestor) => collapsed.has(any[ancestor]!.key)) ? [] : [index],
        );
        expect(Array.from(rowsOf(table, collapsed))).toEqual(expected);
      }),
    );
  });

  it("contain each ancestor of each kept row, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, fc.func(fc.boolean()), (any, matchesKey) => {
        const table = tableOf(any);
        const matches = Uint8Array.from(any, ({ key }) => (matchesKey(key) ? 1 : 0));
        const kept = new Set(rowsOf(table, [], withAncestors(table, matches)));
        for (const index of kept) {
          expect(ancestorsOf(table, index).every((ancestor) => kept.has(ancestor))).toBe(true);
        }
        for (const index of any.keys()) if (matches[index]) expect(kept.has(index)).toBe(true);
      }),
    );
  });
});

describe("finding rows", () => {
  it("gives the position of a visible index and -1 for a hidden one", () => {
    const rows = rowsOf(spans, [20]);
    expect(rowOf(rows, 4)).toBe(2);
    expect(rowOf(rows, 2)).toBe(-1);
    expect(rowOf(new Int32Array(), 0)).toBe(-1);
  });

  it("knows indices by key", () => {
    expect(spans.indexOf(60)).toBe(5);
    expect(spans.indexOf(61)).toBe(-1);
  });
});

describe("folding", () => {
  const closed = (folding: Parameters<typeof closedSpans>[1]) =>
    Array.from(closedSpans(spans, folding).keys()).filter((index) => closedSpans(spans, folding)[index]);

  it("closes from a depth on, only where there are children", () => {
    expect(closed(unfolded)).toEqual([]);
    expect(closed(foldedFrom(0))).toEqual([0, 1, 4]);
    expect(closed(foldedFrom(1))).toEqual([1, 4]);
  });

  it("turns single spans over, whatever their depth says", () => {
    const opened = withClosed(spans, foldedFrom(1), [1], false);
    expect(closed(opened)).toEqual([4]);
    expect(closed(withClosed(spans, opened, [0], true))).toEqual([0, 4]);
    expect(closed(withClosed(spans, opened, [1], true))).toEqual([1, 4]);
  });

  it("is the same one when there is nothing to change", () => {
    const folding = foldedFrom(1);
    expect(withClosed(spans, folding, [0, 2], false)).toBe(folding);
    expect(withClosed(spans, folding, [1, 2], true)).toBe(folding);
  });

  it("takes whole subtrees", () => {
    expect([...subtreeOf(spans, 1)]).toEqual([1, 2, 3]);
    expect(closed(withClosed(spans, unfolded, subtreeOf(spans, 0), true))).toEqual([0, 1, 4]);
  });
});
