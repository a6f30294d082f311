import { KnownTexts } from "../arrays/known-texts.ts";
import type { PackedTexts } from "../arrays/packed-texts.ts";
import { RareNumbers } from "../arrays/rare-numbers.ts";
import { TextPacker } from "../arrays/text-packer.ts";
import { trimmed } from "../arrays/trimmed.ts";
import type { Snapshot } from "../engine/reader.ts";
import type { Run, SpanError, State } from "./model.ts";
import type { SpanIds } from "./span-ids.ts";

/**
 * A run with the outline of its spans as columns: what a million spans cross threads and processes as.
 * Rows stand in reading order, parents before children. Seconds; NaN stands for what is missing.
 */
export interface OutlineColumns {
  readonly run: Run;
  readonly provisional: boolean;
  /** All spans of the run; more than `size` when a limit cut the outline. */
  readonly total: number;
  readonly warnings: readonly string[];
  /** Rows: the length of every column. */
  readonly size: number;
  /** Seconds since the epoch at which offset 0 lies: the earliest start. */
  readonly origin: number;
  /** See {@link OutlineSpan.key}. */
  readonly keys: Float64Array;
  /** Row of the parent, -1 at the top. */
  readonly parents: Int32Array;
  /** Offsets from `origin`. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly durations: Float64Array;
  readonly selfTimes: Float64Array;
  /** Places in `stateNames`. */
  readonly states: Uint8Array;
  readonly stateNames: readonly State[];
  /** Places in `texts`. */
  readonly names: Int32Array;
  readonly statuses: Int32Array;
  /** Every name, status, error type and error message; the same text stands more than once only after many others. */
  readonly texts: PackedTexts;
  /** One a row. */
  readonly spanIds: PackedTexts;
  /** Undefined when no span carries any. */
  readonly costs?: Float64Array;
  readonly tokens?: Float64Array;
  readonly attempts?: Float64Array;
  /** Failed rows, ascending, with the places of their error's type and message in `texts`. */
  readonly errors: {
    readonly rows: Int32Array;
    readonly types: Int32Array;
    readonly messages: Int32Array;
  };
  readonly snapshot: Snapshot;
}

/** The columns without what belongs to the run as a whole. */
export type SpanColumns = Omit<OutlineColumns, "run" | "provisional" | "total" | "warnings" | "snapshot">;

/** One row for {@link OutlinePacker}. Times on the clock of the packer's `base`; NaN for what is missing. */
export interface PackedRow {
  readonly key: number;
  /** Its place among the ids. */
  readonly row: number;
  readonly parent: number;
  readonly name: string;
  readonly status: string;
  readonly state: State;
  readonly start: number;
  readonly end: number;
  readonly self: number;
  readonly cost: number;
  readonly tokens: number;
  readonly attempt: number;
  readonly error: SpanError | undefined;
}

const stateNames: readonly State[] = ["running", "completed", "failed", "paused", "cancelled", "unknown"];

/** Fills the columns row by row. */
export class OutlinePacker {
  readonly #columns;
  readonly #texts: TextPacker;
  readonly #knownNames = new KnownTexts();
  readonly #knownStatuses = new KnownTexts();
  readonly #knownTypes = new KnownTexts();
  readonly #knownMessages = new KnownTexts();
  readonly #ids: TextPacker;
  readonly #errors;
  readonly #rare;
  #errorCount = 0;
  #at = 0;

  /**
   * @param rowIds Ids of all rows, in any order.
   * @param size Rows to come.
   * @param base The earliest start, on the rows' clock: offset 0.
   */
  constructor(
    private readonly rowIds: SpanIds,
    private readonly size: number,
    private readonly base: number,
  ) {
    const numbers = () => new Float64Array(size);
    const integers = () => new Int32Array(size);
    this.#texts = new TextPacker({ texts: 3 * size, bytes: 48 * size });
    // An id of flujo's has 36 characters.
    this.#ids = new TextPacker({ texts: size, bytes: 40 * size + 256 });
    this.#errors = { rows: integers(), types: integers(), messages: integers() };
    this.#columns = {
      keys: numbers(),
      parents: new Int32Array(size),
      starts: numbers(),
      ends: numbers(),
      durations: numbers(),
      selfTimes: numbers(),
      states: new Uint8Array(size),
      names: new Int32Array(size),
      statuses: new Int32Array(size),
    };
    this.#rare = {
      costs: new RareNumbers(size),
      tokens: new RareNumbers(size),
      attempts: new RareNumbers(size),
    };
  }

  add(row: PackedRow): void {
    const columns = this.#columns;
    const at = this.#at;
    this.#at += 1;
    columns.keys[at] = row.key;
    columns.parents[at] = row.parent;
    columns.starts[at] = row.start - this.base;
    columns.ends[at] = row.end - this.base;
    columns.durations[at] = row.end - row.start;
    columns.selfTimes[at] = row.self;
    columns.states[at] = stateNames.indexOf(row.state);
    columns.names[at] = this.#place(row.name, this.#knownNames);
    columns.statuses[at] = this.#place(row.status, this.#knownStatuses);
    this.#rare.costs.set(at, row.cost);
    this.#rare.tokens.set(at, row.tokens);
    this.#rare.attempts.set(at, row.attempt);
    this.rowIds.copyId(row.row, this.#ids);
    if (!row.error) return;
    const place = this.#errorCount;
    this.#errorCount += 1;
    this.#errors.rows[place] = at;
    this.#errors.types[place] = this.#place(row.error.type, this.#knownTypes);
    this.#errors.messages[place] = this.#place(row.error.message, this.#knownMessages);
  }

  /** @param origin Seconds since the epoch at which `base` lies. */
  finish(origin: number): SpanColumns {
    const costs = this.#rare.costs.values;
    const tokens = this.#rare.tokens.values;
    const attempts = this.#rare.attempts.values;
    const { rows, types, messages } = this.#errors;
    return {
      ...this.#columns,
      ...(costs && { costs }),
      ...(tokens && { tokens }),
      ...(attempts && { attempts }),
      size: this.size,
      origin,
      stateNames,
      texts: this.#texts.finish(),
      spanIds: this.#ids.finish(),
      errors: {
        rows: trimmed(rows, this.#errorCount),
        types: trimmed(types, this.#errorCount),
        messages: trimmed(messages, this.#errorCount),
      },
    };
  }

  #place(text: string, known: KnownTexts): number {
    const before = known.placeOf(text);
    if (before !== undefined) return before;
    const place = this.#texts.count;
    known.remember(text, place);
    this.#texts.add(text);
    return place;
  }
}
