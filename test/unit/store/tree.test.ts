import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namedParents } from "../../../src/store/span-ids.ts";
import { buildTree, selfTimes, type TreeInput, treeWarnings } from "../../../src/store/tree.ts";

function input(
  rows: [id: string, parent: string | null, start?: number, end?: number][],
): TreeInput & { readonly ends: readonly number[] } {
  return {
    ids: namedParents(
      rows.map(([id]) => id),
      rows.map(([, parent]) => parent),
    ),
    starts: rows.map(([, , start]) => start ?? 0),
    ends: rows.map(([, , , end]) => end ?? Number.NaN),
  };
}

const anyRows = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      parent: fc.option(fc.integer({ min: 0, max: 14 })),
      start: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 9 })),
    }),
    { maxLength: 30 },
  )
  .map((rows) =>
    input(
      rows.map(({ id, parent, start }) => [
        `s${id}`,
        parent === null ? null : `s${parent}`,
        start,
        start + 1,
      ]),
    ),
  );

describe("building a tree", () => {
  test("puts parents before children and siblings in order of start, then row", () => {
    const tree = buildTree(
      input([
        ["a", null],
        ["late", "a", 5],
        ["early", "a", 1],
        ["same", "a", 1],
        ["deep", "late", 6],
      ]),
    );
    expect(Array.from(tree.order)).toEqual([0, 2, 3, 1, 4]);
    expect(Array.from(tree.depth)).toEqual([0, 1, 1, 1, 2]);
  });

  test("keeps several roots, hangs orphans at the top and says so", () => {
    const tree = buildTree(
      input([
        ["a", null],
        ["b", "gone"],
        ["c", null],
      ]),
    );
    expect(Array.from(tree.roots)).toEqual([0, 1, 2]);
    expect(treeWarnings(tree)).toEqual(["1 span whose parent is missing stands at the top."]);
  });

  test("cuts a loop at its first row, however it is reached", () => {
    const tree = buildTree(
      input([
        ["tail", "x"],
        ["x", "z"],
        ["y", "x"],
        ["z", "y"],
        ["self", "self"],
      ]),
    );
    expect(Array.from(tree.parent)).toEqual([1, -1, 1, 2, -1]);
    expect(tree.cycles).toBe(2);
  });

  test("shows every row once, whatever the rows say", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const tree = buildTree(rows);
        expect(Array.from(tree.order).sort((a, b) => a - b)).toEqual(
          Array.from(rows.ids.parents, (_, index) => index),
        );
        const place = new Map(Array.from(tree.order, (row, at) => [row, at]));
        for (const [row, up] of tree.parent.entries()) {
          if (up >= 0) expect(place.get(up)!).toBeLessThan(place.get(row)!);
          expect(tree.depth[row]).toBe(up < 0 ? 0 : tree.depth[up]! + 1);
        }
      }),
    );
  });

  test("survives a chain of 200,000 spans and a row of 200,000 siblings", () => {
    const size = 200_000;
    const names = Array.from({ length: size }, (_, index) => `s${index}`);
    const chain = buildTree(
      input(names.map((id, index) => [id, index === 0 ? null : names[index - 1]!, index])),
    );
    expect(chain.depth[size - 1]).toBe(size - 1);
    const wide = buildTree(
      input(names.map((id, index) => [id, index === 0 ? null : names[0]!, size - index])),
    );
    expect(wide.children[0]).toBe(size - 1);
  });
});

describe("self time", () => {
  const self = (rows: ReturnType<typeof input>) =>
    Array.from(selfTimes(buildTree(rows), rows.starts, rows.ends));

  test("is the duration less the union of the children, clipped to the span", () => {
    expect(
      self(
        input([
          ["a", null, 0, 10],
          ["b", "a", 1, 4],
          ["c", "a", 3, 6],
          ["d", "a", 9, 20],
        ]),
      )[0],
    ).toBe(10 - 5 - 1);
  });

  test("lets an unfinished child last to its parent's end, and is unknown for an unfinished span", () => {
    expect(
      self(
        input([
          ["a", null, 0, 10],
          ["b", "a", 4],
        ]),
      ),
    ).toEqual([4, Number.NaN]);
  });

  test("is 0 where the end lies before the start", () => {
    expect(self(input([["a", null, 5, 1]]))).toEqual([0]);
  });

  test("never exceeds the duration and equals a sum over seconds", () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 8 }), ([start, length], children) => {
        const rows = input([
          ["root", null, start, start + length],
          ...children.map(([at, lasts], index): [string, string, number, number] => [
            `c${index}`,
            "root",
            at,
            at + lasts,
          ]),
        ]);
        let free = 0;
        for (let second = start; second < start + length; second += 1) {
          if (!children.some(([at, lasts]) => at <= second && second < at + lasts)) free += 1;
        }
        expect(self(rows)[0]).toBe(free);
      }),
    );
  });
});
