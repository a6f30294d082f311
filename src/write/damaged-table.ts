import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";

/** A table whose rows are to be read, whatever state it is in. */
export interface DamagedTable {
  /** A query whose first column is called `key` and holds the rowid. */
  readonly select: string;
}

export interface ReadableRows {
  /** By key. */
  readonly rows: readonly (readonly SqlValue[])[];
  /** Whether some part could not be read. */
  readonly lost: boolean;
}

/** Tries at unreadable places, a table. */
const MOST_TRIES = 1_000;
/** Keys beyond the highest one that was read where nothing is looked for any more: far more than the rows of a page. */
const REACH = 65_536;

interface Gap {
  /** Both ends excluded. */
  readonly above: number;
  readonly below: number;
}

/**
 * Reads every row that SQLite can reach: from the first one up to where it fails, from the last one down, and what stands
 * between by halving. Indexes are not used. Only damage is passed over; giving up and other errors pass through.
 */
export function readDamagedTable(reader: Reader, { select }: DamagedTable): ReadableRows {
  const found = new Map<number, readonly SqlValue[]>();
  const gaps: Gap[] = [{ above: Number.MIN_SAFE_INTEGER, below: Number.MAX_SAFE_INTEGER }];
  let tries = 0;
  let lost = false;
  let highest = 0;
  /** Reads in one direction; the key reached, or undefined when nothing was in the way. */
  const scan = ({ above, below }: Gap, direction: "ASC" | "DESC"): number | undefined => {
    let reached = direction === "ASC" ? above : below;
    try {
      reader.each(
        `SELECT * FROM (${select}) WHERE key > ? AND key < ? ORDER BY key ${direction}`,
        [above, below],
        (row) => {
          reached = row[0] as number;
          found.set(reached, [...row]);
          highest = Math.max(highest, reached);
        },
      );
      return undefined;
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      return reached;
    }
  };
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    reader.checkCancelled();
    if (gap.below - gap.above < 2) continue;
    const above = scan(gap, "ASC");
    if (above === undefined) continue;
    lost = true;
    const below = scan({ above, below: gap.below }, "DESC");
    tries += 1;
    if (below === undefined || tries > MOST_TRIES) continue;
    if (above === gap.above && above > highest + REACH) continue;
    const from = Math.max(above, 0);
    const to = Math.min(below, from + 2 ** 40);
    const middle = Math.floor((from + to) / 2);
    if (to - from > 1) gaps.push({ above: middle, below }, { above, below: middle + 1 });
  }
  const keys = [...found.keys()].sort((a, b) => a - b);
  return { rows: keys.map((key) => found.get(key)!), lost };
}

/** Whether SQLite could not go on because of what the file holds, or because a part of it is not there. */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof TraceError) return thrown.kind === "corrupt" || thrown.kind === "unreadable";
  return thrown instanceof Error && /malformed|disk I\/O error/.test(thrown.message);
}
