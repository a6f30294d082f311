import { lowerBound } from "../../arrays/ascending.ts";
import type { Pages, Reader } from "../../engine/reader.ts";
import { leafPages } from "../../engine/table-scan.ts";
import { type StepSums, scanSteps } from "./scan-counted-runs.ts";
import type { StoredTable } from "./stored-table.ts";

/** The most of the numbers on a leaf with steps of runs that had no number. */
const ANY = 0x7fffffff;

/** Which runs have steps on which leaves, so that those of some runs can be added up without reading all. */
export interface StepRanges {
  /** Pages of the leaves, in their order. */
  readonly pages: Uint32Array;
  /** Least and most of the numbers of the runs of each leaf; the least is above the most where there are none. */
  readonly least: Int32Array;
  readonly most: Int32Array;
  /** Pages on which rows go on, each followed by the place of its leaf. */
  readonly overflow: Uint32Array;
}

/** Adds up all steps, and notes where they stand. */
export function readStepRanges(reader: Reader, pages: Pages, table: StoredTable, sums: StepSums): StepRanges {
  const leaves = leafPages(pages, table.root);
  const notes = new Notes(leaves);
  notes.scan(reader, pages, table, Uint32Array.from(leaves.keys()), sums.add);
  return notes.result();
}

/**
 * The ranges of another state, where only changed leaves are read. `affected` is called with every run that has or had steps
 * on one of them. Undefined when that may be any run.
 */
export function updateStepRanges(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  sums: StepSums,
  before: StepRanges,
  changed: ReadonlySet<number>,
  affected: (run: number) => boolean,
): StepRanges | undefined {
  const leaves = leafPages(pages, table.root);
  const stale = new Uint8Array(before.pages.length);
  for (const [place, page] of before.pages.entries()) if (changed.has(page)) stale[place] = 1;
  for (let at = 0; at < before.overflow.length; at += 2)
    if (changed.has(before.overflow[at]!)) stale[before.overflow[at + 1]!] = 1;
  /** Of each page the place of its unchanged leaf before, from 1 on. */
  const placeOf = new Uint32Array(pages.pageCount + 1);
  for (const [place, page] of before.pages.entries())
    if (stale[place] === 0 && page <= pages.pageCount) placeOf[page] = place + 1;
  const notes = new Notes(leaves);
  const fresh: number[] = [];
  const gone = new Uint8Array(before.pages.length).fill(1);
  const moved = new Int32Array(before.pages.length).fill(-1);
  for (const [leaf, page] of leaves.entries()) {
    const place = placeOf[page]! - 1;
    if (place < 0) fresh.push(leaf);
    else {
      gone[place] = 0;
      moved[place] = leaf;
      notes.least[leaf] = before.least[place]!;
      notes.most[leaf] = before.most[place]!;
    }
  }
  for (const [place, isGone] of gone.entries())
    if (isGone === 1 && !eachRun(before, place, affected)) return undefined;
  for (let at = 0; at < before.overflow.length; at += 2) {
    const leaf = moved[before.overflow[at + 1]!]!;
    if (leaf >= 0) notes.overflow.push(before.overflow[at]!, leaf);
  }
  notes.scan(reader, pages, table, Uint32Array.from(fresh), (row, id) => sums.numberOf(row, id));
  for (const leaf of fresh) if (!eachRun(notes, leaf, affected)) return undefined;
  return notes.result();
}

/** Visits the runs of a leaf; false when they may be any, or when a visit says so. */
function eachRun(
  { least, most }: Pick<StepRanges, "least" | "most">,
  leaf: number,
  visit: (run: number) => boolean,
): boolean {
  if (most[leaf] === ANY) return false;
  for (let run = least[leaf]!; run <= most[leaf]!; run += 1) if (!visit(run)) return false;
  return true;
}

/** Adds up the steps of the runs that `sums` wants. @param runs Their numbers, ascending. */
export function addUpSteps(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  sums: StepSums,
  { pages: leaves, least, most }: StepRanges,
  runs: Uint32Array,
): void {
  const wanted = leaves.filter((_, leaf) => {
    if (most[leaf] === ANY) return true;
    const next = lowerBound(runs, least[leaf]!);
    return next < runs.length && runs[next]! <= most[leaf]!;
  });
  scanSteps(reader, pages, table, wanted, { visit: sums.add });
}

class Notes {
  readonly least: Int32Array;
  readonly most: Int32Array;
  readonly overflow: number[] = [];

  constructor(private readonly leaves: Uint32Array) {
    this.least = new Int32Array(leaves.length).fill(ANY);
    this.most = new Int32Array(leaves.length).fill(-1);
  }

  /** Notes the runs of some leaves, by their places. @param numberOf The number of a step's run, -1 for an unknown one. */
  scan(reader: Reader, pages: Pages, table: StoredTable, some: Uint32Array, numberOf: StepSums["add"]): void {
    const { least, most } = this;
    let at = 0;
    const wanted = some.map((leaf) => this.leaves[leaf]!);
    scanSteps(reader, pages, table, wanted, {
      visit: (row, id, cost, tokens) => {
        const leaf = some[at]!;
        const run = numberOf(row, id, cost, tokens);
        if (run < 0) most[leaf] = ANY;
        else {
          if (run < least[leaf]!) least[leaf] = run;
          if (run > most[leaf]!) most[leaf] = run;
        }
      },
      leaf: (_rows, overflow) => {
        for (const page of overflow) this.overflow.push(page, some[at]!);
        at += 1;
      },
    });
  }

  result(): StepRanges {
    const { leaves, least, most, overflow } = this;
    return { pages: leaves, least, most, overflow: Uint32Array.from(overflow) };
  }
}
