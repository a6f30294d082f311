import os from "node:os";
import type { Pages, Reader } from "../../engine/reader.ts";
import { concat, type Part } from "./concat.ts";
import { SecondReader } from "./second-reader.ts";
import { splitBetweenRuns } from "./split.ts";
import type { StoredTable } from "./stored-table.ts";
import { readStretch, type Stretch } from "./stretch.ts";

/** From so many leaves on, a second thread pays. */
const LEAVES_FOR_TWO = 20_000;

/**
 * All spans of a table, in two threads where there are many.
 * @param leavesForTwo From so many leaves on a second thread reads the later half.
 */
export function readSpans(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  expected: number,
  leavesForTwo = os.availableParallelism() > 1 ? LEAVES_FOR_TWO : Number.POSITIVE_INFINITY,
): Stretch {
  const report = (fraction: number) => reader.progress(Math.min(0.99, fraction));
  const middle = leaves.length >= Math.max(2, leavesForTwo) ? splitBetweenRuns(pages, table, leaves) : 0;
  const shared = middle > 0 && middle < leaves.length ? pages.share?.() : undefined;
  if (shared === undefined) return readStretch(pages, table, leaves, expected, report);
  const [early, late] = [leaves.subarray(0, middle), leaves.slice(middle)];
  const half = Math.ceil(expected * 1.1 * (late.length / leaves.length));
  const second = new SecondReader({ pages: shared, table, leaves: late, expected: half });
  let firstHalf: Stretch;
  try {
    firstHalf = readStretch(pages, table, early, expected, (fraction) =>
      report((fraction + second.fraction) / 2),
    );
  } catch (thrown) {
    second.cancel();
    throw thrown;
  }
  const read = second.wait(() => {
    reader.checkCancelled();
    report((1 + second.fraction) / 2);
  });
  const secondHalf = read ?? readStretch(pages, table, late, half, (fraction) => report((1 + fraction) / 2));
  return together(pages, table, leaves, firstHalf, secondHalf, expected);
}

/** Two halves as one; the run that lies in both is read again as a whole. */
function together(
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  early: Stretch,
  late: Stretch,
  room: number,
): Stretch {
  const middle = early.leaves.rows.length;
  const last = early.runs.size - 1;
  let parts: Part[] = [
    { stretch: early, from: 0, to: early.runs.size },
    { stretch: late, from: 0, to: late.runs.size },
  ];
  if (last >= 0 && late.runs.size > 0 && sameRun(early, last, late, 0)) {
    const start = placeOf(early.leaves.rows, early.runs.first[last]!);
    const end = placeOf(late.leaves.rows, late.runs.first[1]! - 1);
    const between = readStretch(
      pages,
      table,
      leaves.subarray(start.leaf, middle + end.leaf + 1),
      0,
      () => {},
      { skip: start.row, until: end.row + 1 },
    );
    parts = [
      { stretch: early, from: 0, to: last },
      { stretch: between, from: 0, to: between.runs.size },
      { stretch: late, from: 1, to: late.runs.size },
    ];
  }
  const rows = new Uint16Array(leaves.length);
  rows.set(early.leaves.rows);
  rows.set(late.leaves.rows, middle);
  const overflow = new Uint32Array(early.leaves.overflow.length + late.leaves.overflow.length);
  overflow.set(early.leaves.overflow);
  overflow.set(
    late.leaves.overflow.map((value, at) => (at % 2 === 0 ? value : value + middle)),
    early.leaves.overflow.length,
  );
  return { ...concat(parts, room, true), leaves: { rows, overflow } };
}

function sameRun(a: Stretch, run: number, b: Stretch, other: number): boolean {
  return (
    a.runs.hashes[2 * run] === b.runs.hashes[2 * other] &&
    a.runs.hashes[2 * run + 1] === b.runs.hashes[2 * other + 1]
  );
}

/** In which leaf a row stands, and as which of its rows. */
export function placeOf(rows: Uint16Array, wanted: number): { readonly leaf: number; readonly row: number } {
  let row = wanted;
  let leaf = 0;
  for (; leaf < rows.length && row >= rows[leaf]!; leaf += 1) row -= rows[leaf]!;
  return { leaf, row };
}
