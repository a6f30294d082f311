import type { Pages, Reader } from "../../engine/reader.ts";
import { changedRegions, type KnownLeaves, unchangedLeaves } from "./changed-regions.ts";
import { concat, type Part } from "./concat.ts";
import type { KnownRuns } from "./known-runs.ts";
import { type Settled, settle } from "./settle.ts";
import type { StoredTable } from "./stored-table.ts";
import { readStretch, type Stretch } from "./stretch.ts";

/** More open questions to SQLite than this take longer than reading everything again. */
const MOST_QUESTIONS = 2_000;

/** Columns of one state of the table, with what it takes to bring them to the next. */
export interface Kept extends Settled {
  readonly leaves: KnownLeaves;
}

/** Columns brought up to date, and how to take it back: arrays that are shared with the columns before were written to. */
export interface Updated extends Kept {
  readonly undo: () => void;
}

/**
 * Brings columns up to date by reading the runs again that have rows in changed pages. Undefined when all must be read again.
 * Until the result is proven or taken back, the columns before may not be used.
 */
export function updateColumns(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  known: KnownRuns,
  kept: Kept,
  changed: ReadonlySet<number>,
): Updated | undefined {
  const { spans, columns, leaves: before } = kept;
  if (columns.leftOut > 0 || spans.pending.length + spans.unclear.length > MOST_QUESTIONS) return undefined;
  const unchanged = unchangedLeaves(before, leaves, changed, pages.pageCount);
  const regions = changedRegions(before, unchanged, spans.runs.first);
  const base: Stretch = { ...spans, leaves: { rows: before.rows, overflow: before.overflow } };
  const parts: Part[] = [];
  const rows = Uint16Array.from(unchanged, (place) => (place < 0 ? 0 : before.rows[place]!));
  const read = new Uint8Array(leaves.length);
  const overflow: number[] = [];
  let next = 0;
  for (const { from, to, firstLeaf, endLeaf, skip, until } of regions) {
    parts.push({ stretch: base, from: next, to: from });
    next = to;
    if (firstLeaf === endLeaf) continue;
    const some = leaves.subarray(firstLeaf, endLeaf);
    const stretch = readStretch(pages, table, some, 0, () => reader.checkCancelled(), { skip, until });
    rows.set(stretch.leaves.rows, firstLeaf);
    read.fill(1, firstLeaf, endLeaf);
    for (const [at, value] of stretch.leaves.overflow.entries())
      overflow.push(at % 2 === 0 ? value : value + firstLeaf);
    parts.push({ stretch, from: 0, to: stretch.runs.size });
  }
  parts.push({ stretch: base, from: next, to: spans.runs.size });
  const runs = placesOf(parts, base, kept, known);
  if (runs === undefined) return undefined;
  const places = new Int32Array(before.pages.length).fill(-1);
  for (const [leaf, place] of unchanged.entries()) if (place >= 0 && read[leaf] === 0) places[place] = leaf;
  for (let at = 0; at < before.overflow.length; at += 2) {
    const leaf = places[before.overflow[at + 1]!]!;
    if (leaf >= 0) overflow.push(before.overflow[at]!, leaf);
  }
  // What is only added to can stay where it is.
  const inPlace = regions.length === 0 || next === spans.runs.size;
  const undo = inPlace ? remember(kept, parts) : () => {};
  try {
    const room = Math.ceil(spans.size * 1.25) + 10_000;
    const standing = { places: runs.places, before: columns };
    const settled = settle(reader, concat(parts, room, inPlace), known, runs.numbers, standing);
    return { ...settled, leaves: { pages: leaves, rows, overflow: Uint32Array.from(overflow) }, undo };
  } catch (thrown) {
    undo();
    throw thrown;
  }
}

/**
 * The number of each run among the known ones, and where it stood. Undefined when one is not known, or began at another time
 * than before: then its times do not stand.
 */
function placesOf(
  parts: readonly Part[],
  base: Stretch,
  { numbers: before }: Kept,
  known: KnownRuns,
): { places: Int32Array; numbers: Int32Array } | undefined {
  const size = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const places = new Int32Array(size).fill(-1);
  const numbers = new Int32Array(size);
  const restarted = known.restarted();
  let at = 0;
  for (const { stretch, from, to } of parts) {
    const { hashes } = stretch.runs;
    for (let run = from; run < to; run += 1) {
      const number = stretch === base ? before[run]! : known.numberOf(hashes[2 * run]!, hashes[2 * run + 1]!);
      if (number < 0 || !known.has(number)) return undefined;
      if (stretch === base) {
        if (restarted.has(number)) return undefined;
        places[at] = run;
      }
      numbers[at++] = number;
    }
  }
  return { places, numbers };
}

/** How to bring back what an update writes over in arrays that it shares with the columns before. */
function remember({ spans }: Kept, parts: readonly Part[]): () => void {
  const { facts, size, pending, unclear } = spans;
  const from = spans.runs.first[parts[0]!.to]!;
  const tail = (Object.keys(facts) as (keyof typeof facts)[]).map(
    (key) => [key, facts[key].slice(from, size)] as const,
  );
  const errors = pending.map(({ span }) => facts.error[span]!);
  const numbers = unclear.map((span, at) =>
    at % 2 === 0 ? ([facts.cost[span]!, facts.tokens[span]!] as const) : undefined,
  );
  return () => {
    for (const [key, values] of tail) facts[key].set(values, from);
    for (const [at, { span }] of pending.entries()) facts.error[span] = errors[at]!;
    for (const [at, pair] of numbers.entries()) {
      if (pair === undefined) continue;
      facts.cost[unclear[at]!] = pair[0];
      facts.tokens[unclear[at]!] = pair[1];
    }
  };
}
