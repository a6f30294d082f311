import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextPacker } from "../../../src/arrays/text-packer.ts";
import { MISSING_PARENT, NO_PARENT, namedParents, SpanIds } from "../../../src/store/span-ids.ts";

/** Ids that are often equal, of every length and kind. */
const anyId = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((number) => `s${number}`),
  fc.constantFrom(
    "",
    "\ufeff",
    "\0",
    "\0s1",
    "\ud800",
    "\udc00",
    "é",
    "x".repeat(63),
    "x".repeat(64),
    "x".repeat(200),
  ),
  fc.string({ unit: "binary" }),
);
const anyRows = fc.array(fc.record({ id: anyId, parent: fc.option(anyId) }), { maxLength: 60 });

/** What the ids say, by maps of texts. */
function expected(rows: readonly { id: string; parent: string | null }[]) {
  const first = new Map<string, number>();
  for (const [row, { id }] of rows.entries()) if (!first.has(id)) first.set(id, row);
  return {
    duplicates: rows.length - first.size,
    rows: rows.map(({ id, parent }) => ({
      id,
      parent,
      parentRow: parent === null ? NO_PARENT : (first.get(parent) ?? MISSING_PARENT),
    })),
  };
}

function told(ids: SpanIds) {
  return {
    duplicates: ids.duplicates,
    rows: Array.from({ length: ids.size }, (_, row) => ({
      id: ids.idOf(row),
      parent: ids.parentOf(row),
      parentRow: ids.parents[row],
    })),
  };
}

describe("ids of spans", () => {
  test("are given back, with the first row of the id that each names", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 100 }), (rows, room) => {
        const ids = new SpanIds(room);
        for (const { id, parent } of rows) ids.add(id, parent);
        ids.finish();
        expect(told(ids)).toEqual(expected(rows));
      }),
    );
  });

  test("are the same when they come as bytes", () => {
    fc.assert(
      fc.property(anyRows, (some) => {
        const rows = some.map(({ id, parent }) => ({
          id: plain(id),
          parent: parent === null ? null : plain(parent),
        }));
        const ids = new SpanIds();
        for (const [at, { id, parent }] of rows.entries()) {
          const bytes = Buffer.from(`[${id}|${parent ?? ""}]`);
          const end = 1 + Buffer.byteLength(id);
          const none = parent === null;
          if (at % 3 === 0) ids.add(id, parent);
          else ids.addStored(bytes, 1, end, none ? -1 : end + 1, none ? -1 : bytes.length - 1);
        }
        ids.finish();
        expect(told(ids)).toEqual(expected(rows));
      }),
    );
  });

  test("are copied as they are", () => {
    const ids = new SpanIds();
    for (const id of ["a", "ünïcode ✓", "x".repeat(500)]) ids.add(id, null);
    ids.finish();
    const packer = new TextPacker({ texts: 1, bytes: 1 });
    for (const row of [2, 0, 1]) ids.copyId(row, packer);
    expect([0, 1, 2].map((place) => packer.at(place))).toEqual(["x".repeat(500), "a", "ünïcode ✓"]);
  });

  test("are found among 200,000, whether parents come first or last", () => {
    const size = 200_000;
    const names = Array.from({ length: size }, (_, index) => `s${index}`);
    const chain = namedParents(names, [null, ...names.slice(0, -1)]);
    const upside = namedParents(names, [...names.slice(1), "gone"]);
    expect([chain.parents[size - 1], upside.parents[0], upside.parents[size - 1]]).toEqual([
      size - 2,
      1,
      MISSING_PARENT,
    ]);
  });
});

/** A text that a database can hold. */
function plain(text: string): string {
  return text.replaceAll("\0", "0").replace(/\p{Cs}/gu, "h");
}
