import type { Pages } from "../../engine/reader.ts";
import { scanTable } from "../../engine/table-scan.ts";
import { type StoredTable, textLength } from "./stored-table.ts";

/**
 * The place in `leaves`, as near as can be to their middle, that parts no large run: a run that lies on both sides of it is
 * read twice. 0 or the number of leaves where one run reaches from the middle to an end.
 */
export function splitBetweenRuns(pages: Pages, table: StoredTable, leaves: Uint32Array): number {
  const middle = leaves.length >> 1;
  const run = firstRunOf(pages, table, leaves, middle);
  const isOther = (place: number) => firstRunOf(pages, table, leaves, place) !== run;
  /** Where the run may begin before the middle, and the first leaf after it that does not begin with it. */
  const before = Math.max(0, lastPlace(0, middle, isOther));
  const after = firstPlace(middle + 1, leaves.length, isOther);
  return middle - before <= after - middle ? before : after;
}

/** The first place in a range that passes a test which all later ones pass; `end` when none does. */
function firstPlace(start: number, end: number, passes: (place: number) => boolean): number {
  let [low, high] = [start, end];
  while (low < high) {
    const place = (low + high) >> 1;
    if (passes(place)) high = place;
    else low = place + 1;
  }
  return low;
}

/** The last place in a range that passes a test which all earlier ones pass; one before `start` when none does. */
function lastPlace(start: number, end: number, passes: (place: number) => boolean): number {
  return firstPlace(start, end, (place) => !passes(place)) - 1;
}

/** The id of the run of a leaf's first row, as bytes. */
function firstRunOf(pages: Pages, { places }: StoredTable, leaves: Uint32Array, at: number): string {
  let found = "";
  scanTable(pages, leaves.subarray(at, at + 1), {
    columns: places[0]! + 1,
    visit: ({ bytes, offsets, types }) => {
      const from = offsets[places[0]!]!;
      found = bytes.toString("latin1", from, from + textLength(types[places[0]!]!));
    },
    progress: () => {},
    until: 1,
  });
  return found;
}
