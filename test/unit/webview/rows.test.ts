import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ancestorsOf,
  collapsibleKeys,
  hasChildren,
  indexByKey,
  revealed,
  rowOf,
  visibleRows,
  withAncestors,
} from "../../../webview/timeline/rows.ts";
import { anyOutline, makeOutline } from "./outline.ts";

const spans = makeOutline(`
root
  a
    a1
    a2
  b
    b1
other`);

const names = (rows: Int32Array) => Array.from(rows, (index) => spans[index]!.name);

describe("visible rows", () => {
  it("are all spans when nothing is collapsed", () => {
    expect(names(visibleRows(spans, new Set()))).toEqual(["root", "a", "a1", "a2", "b", "b1", "other"]);
  });

  it("leave out everything below a collapsed span, and nothing beside it", () => {
    expect(names(visibleRows(spans, new Set([20])))).toEqual(["root", "a", "b", "b1", "other"]);
    expect(names(visibleRows(spans, new Set([10])))).toEqual(["root", "other"]);
    expect(names(visibleRows(spans, new Set([10, 50])))).toEqual(["root", "other"]);
  });

  it("are matches and their parents when a filter keeps only those", () => {
    const matches = Uint8Array.from(spans, ({ name }) => (name === "b1" ? 1 : 0));
    expect(names(visibleRows(spans, new Set(), withAncestors(spans, matches)))).toEqual(["root", "b", "b1"]);
  });

  it("cope with a chain of 200,000 spans", () => {
    const chain = Array.from({ length: 200_000 }, (_, index) => ({
      key: index,
      parent: index - 1,
      depth: index,
    }));
    expect(visibleRows(chain, new Set()).length).toBe(200_000);
    expect(visibleRows(chain, new Set([1000])).length).toBe(1001);
    expect(withAncestors(chain, new Uint8Array(200_000).fill(1, 199_999)).every(Boolean)).toBe(true);
    expect(ancestorsOf(chain, 199_999).length).toBe(199_999);
  });

  it("are exactly the spans without a collapsed ancestor, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, fc.func(fc.boolean()), (outline, isCollapsed) => {
        const collapsed = new Set(outline.map(({ key }) => key).filter((key) => isCollapsed(key)));
        const expected = outline.flatMap((_, index) =>
          ancestorsOf(outline, index).some((ancestor) => collapsed.has(outline[ancestor]!.key))
            ? []
            : [index],
        );
        expect(Array.from(visibleRows(outline, collapsed))).toEqual(expected);
      }),
    );
  });

  it("contain each ancestor of each kept row, in any outline", () => {
    fc.assert(
      fc.property(anyOutline, fc.func(fc.boolean()), (outline, matchesKey) => {
        const matches = Uint8Array.from(outline, ({ key }) => (matchesKey(key) ? 1 : 0));
        const kept = new Set(visibleRows(outline, new Set(), withAncestors(outline, matches)));
        for (const index of kept) {
          expect(ancestorsOf(outline, index).every((ancestor) => kept.has(ancestor))).toBe(true);
        }
        for (const index of outline.keys()) if (matches[index]) expect(kept.has(index)).toBe(true);
      }),
    );
  });
});

describe("finding rows", () => {
  it("gives the position of a visible index and -1 for a hidden one", () => {
    const rows = visibleRows(spans, new Set([20]));
    expect(rowOf(rows, 4)).toBe(2);
    expect(rowOf(rows, 2)).toBe(-1);
    expect(rowOf(new Int32Array(), 0)).toBe(-1);
  });

  it("knows indices by key", () => {
    expect(indexByKey(spans).get(60)).toBe(5);
    expect(indexByKey(spans).get(61)).toBeUndefined();
  });
});

describe("folding", () => {
  it("is possible where there are children", () => {
    expect(hasChildren(spans, 1)).toBe(true);
    expect(hasChildren(spans, 2)).toBe(false);
    expect(hasChildren(spans, 6)).toBe(false);
    expect(Array.from(collapsibleKeys(spans))).toEqual([10, 20, 50]);
  });

  it("opens only what hides a span that should show", () => {
    const collapsed = new Set([10, 20, 50]);
    expect(Array.from(revealed(spans, collapsed, 3))).toEqual([50]);
    expect(revealed(spans, collapsed, 6)).toBe(collapsed);
    expect(collapsed.size).toBe(3);
  });
});
