import { UnreadableTable } from "../../engine/table-scan.ts";
import { placeOf } from "./read-spans.ts";
import { runOf } from "./selection.ts";

/** The leaves of a table in a state before, and what stood in them. */
export interface KnownLeaves {
  /** Their pages, in order. */
  readonly pages: Uint32Array;
  /** How many rows each has. */
  readonly rows: Uint16Array;
  /** Pages on which rows go on, each followed by the place of its leaf. */
  readonly overflow: Uint32Array;
}

/** Runs whose place is taken by what some leaves hold now. */
export interface Region {
  /** Runs of the state before, from one to before another. */
  readonly from: number;
  readonly to: number;
  /** Leaves of the new state, from one to before another. */
  readonly firstLeaf: number;
  readonly endLeaf: number;
  /** Rows of the first leaf that do not belong to it. */
  readonly skip: number;
  /** Rows of the last leaf that do; all when undefined. */
  readonly until: number | undefined;
}

/** Where each leaf of the new state stood before, -1 for those that were not there or may have changed. */
export function unchangedLeaves(
  before: KnownLeaves,
  now: Uint32Array,
  changed: ReadonlySet<number>,
  pageCount: number,
): Int32Array {
  const places = new Int32Array(pageCount + 1).fill(-1);
  for (const [place, page] of before.pages.entries())
    if (page <= pageCount && !changed.has(page)) places[page] = place;
  for (let at = 0; at < before.overflow.length; at += 2)
    if (changed.has(before.overflow[at]!)) places[before.pages[before.overflow[at + 1]!]!] = -1;
  const found = now.map((page) => places[page]!);
  const unchanged = new Int32Array(found.buffer, found.byteOffset, found.length);
  let last = -1;
  for (const place of unchanged) {
    if (place < 0) continue;
    // Rows keep their order, and with it unchanged leaves theirs.
    if (place <= last) throw new UnreadableTable("leaves in another order");
    last = place;
  }
  return unchanged;
}

/**
 * The runs that have to be read again, whole, in order: a run may go on from an unchanged leaf into a changed one.
 * @param first First span of each run before, and behind the last run the number of all spans.
 */
export function changedRegions(before: KnownLeaves, unchanged: Int32Array, first: Uint32Array): Region[] {
  const runs = first.length - 1;
  const start = new Uint32Array(before.rows.length + 1);
  for (const [leaf, rows] of before.rows.entries()) start[leaf + 1] = start[leaf]! + rows;
  const regions: Region[] = [];
  /** The last unchanged leaf, before and now. */
  let [old, now] = [-1, -1];
  const close = (nextOld: number, nextNow: number) => {
    if (nextOld === old + 1 && nextNow === now + 1) return;
    const rowsBefore = start[old + 1]!;
    const rowsAfter = start[nextOld]!;
    const from = rowsBefore === 0 ? 0 : runOf(first, rowsBefore - 1);
    const to = rowsAfter === first[runs]! ? runs : runOf(first, rowsAfter) + 1;
    let firstLeaf = now + 1;
    let skip = 0;
    if (rowsBefore > 0) {
      const place = placeOf(before.rows, first[from]!);
      firstLeaf = now - (old - place.leaf);
      skip = place.row;
    }
    let endLeaf = nextNow;
    let until: number | undefined;
    if (rowsAfter < first[runs]!) {
      const place = placeOf(before.rows, first[to]! - 1);
      endLeaf = nextNow + (place.leaf - nextOld) + 1;
      until = place.row + 1;
    }
    const last = regions.at(-1);
    if (last !== undefined && from < last.to)
      regions[regions.length - 1] = { ...last, to: Math.max(to, last.to), endLeaf, until };
    else regions.push({ from, to, firstLeaf, endLeaf, skip, until });
  };
  for (const [leaf, place] of unchanged.entries()) {
    if (place < 0) continue;
    close(place, leaf);
    [old, now] = [place, leaf];
  }
  close(before.pages.length, unchanged.length);
  return regions;
}
