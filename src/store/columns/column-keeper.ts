import type { Pages, PagesMark, Reader } from "../../engine/reader.ts";
import { ifReadable, leafPages, UnreadableTable } from "../../engine/table-scan.ts";
import type { SummaryShortage } from "../model.ts";
import type { Lasting } from "../session.ts";
import { askForRuns, RunTable } from "./known-runs.ts";
import { readSpans } from "./read-spans.ts";
import { settleAll } from "./settle.ts";
import { BYTES_PER_SPAN, type SpanColumns } from "./span-columns.ts";
import { type StoredTable, storedTable } from "./stored-table.ts";
import { SPAN_COLUMNS } from "./stretch.ts";
import { type Kept, updateColumns } from "./update.ts";

/** Columns of a state of the database. */
interface State extends Kept {
  readonly table: StoredTable;
  readonly mark: PagesMark | undefined;
  /** Undefined where SQL read the runs; then nothing can be brought up to date. */
  readonly runs: RunTable | undefined;
  /** Set while the read that made it is not proven, where it wrote to arrays of the state before. */
  readonly undo?: () => void;
}

export interface KeeperOptions {
  /** From so many pages of spans on, two threads read them; see {@link readSpans}. */
  readonly leavesForTwo?: number;
}

/**
 * Keeps all spans of a database as columns and brings them up to date from what its log says has changed.
 *
 * What a read made counts only when the read is proven: then {@link accept} must be called, else {@link reject}. Even an
 * unproven state is of use where the log still tells what changed since: what was torn in it lies in pages that the log
 * names, so the next state is made from it without reading all again.
 */
export class ColumnKeeper implements Lasting {
  private last: State | undefined;
  /** What the present read made. */
  private next: State | undefined;
  /** Why there are no columns, if it is for want of memory. */
  shortage: SummaryShortage | undefined;
  /** How often all pages were read, for tests. */
  builds = 0;

  constructor(
    /** Bytes that the columns may take. */
    readonly budget: number,
    private readonly options: KeeperOptions = {},
  ) {}

  /** What the last columns were made of. */
  get kept(): { readonly runs: RunTable | undefined; readonly numbers: Int32Array } | undefined {
    return this.next ?? this.last;
  }

  /** Whether there are columns already, which need at most be brought up to date. */
  get hasColumns(): boolean {
    return this.last !== undefined;
  }

  /**
   * All spans as columns; undefined where only SQL can read them, or where they would take more than the budget.
   * What it throws besides `cancelled` and `corrupt` does not leave it.
   */
  columns(reader: Reader): SpanColumns | undefined {
    const { pages } = reader;
    const table = pages && storedTable(reader, "spans", SPAN_COLUMNS);
    if (pages === undefined || table === undefined) return undefined;
    return ifReadable(() => {
      const leaves = leafPages(pages, table.root);
      const expected = estimateSpans(reader);
      const needed = Math.max(1, expected) * BYTES_PER_SPAN;
      this.shortage = needed > this.budget ? { spans: expected, needed, allowed: this.budget } : undefined;
      if (this.shortage !== undefined) {
        this.last = undefined;
        return undefined;
      }
      this.next =
        this.updated(reader, pages, table, leaves) ?? this.built(reader, pages, table, leaves, expected);
      const { columns, leaves: known, runs } = this.next;
      const own = known.pages.byteLength + known.rows.byteLength + known.overflow.byteLength;
      return { ...columns, bytes: columns.bytes + own + (runs?.runs.bytes ?? 0) };
    }, undefined);
  }

  /** The read was proven. */
  accept(): void {
    if (this.next !== undefined) this.last = { ...this.next, undo: undefined };
    this.next = undefined;
  }

  /** The read was not proven, or failed. */
  reject(): void {
    const { next } = this;
    if (next?.undo !== undefined) next.undo();
    else if (next?.mark !== undefined) this.last = next;
    this.next = undefined;
  }

  private updated(reader: Reader, pages: Pages, table: StoredTable, leaves: Uint32Array): State | undefined {
    const { last } = this;
    if (last?.mark === undefined || JSON.stringify(last.table) !== JSON.stringify(table)) return undefined;
    const changed = pages.changedSince?.(last.mark);
    if (changed === undefined) return undefined;
    const mark = pages.mark?.();
    try {
      const { runs } = last;
      if (runs?.update(reader, pages, changed) !== true) return undefined;
      const state = updateColumns(reader, pages, table, leaves, runs.runs, last, changed);
      if (state === undefined) return undefined;
      const undo = () => {
        state.undo();
        runs.undo();
      };
      return { ...state, undo, table, mark, runs };
    } catch (thrown) {
      if (thrown instanceof UnreadableTable || thrown instanceof RangeError) return undefined;
      last.runs?.undo();
      throw thrown;
    }
  }

  private built(
    reader: Reader,
    pages: Pages,
    table: StoredTable,
    leaves: Uint32Array,
    expected: number,
  ): State {
    // Two at once would take twice the memory.
    this.last = undefined;
    this.builds += 1;
    const mark = pages.mark?.();
    const room = Math.ceil(expected * 1.25) + 10_000;
    const spans = readSpans(reader, pages, table, leaves, room, this.options.leavesForTwo);
    const { rows, overflow } = spans.leaves;
    const runs = RunTable.read(reader, pages);
    const settled = settleAll(reader, spans, runs?.runs ?? askForRuns(reader));
    return { ...settled, leaves: { pages: leaves, rows, overflow }, table, mark, runs };
  }
}

/** An upper bound where rows are numbered from 1, as flujo's are. */
export function estimateSpans(reader: Reader): number {
  const ends = reader.get<{ first: number | null; last: number | null }>(
    "SELECT (SELECT min(key) FROM lens_spans_scan) AS first, (SELECT max(key) FROM lens_spans_scan) AS last",
  );
  return ends?.first == null || ends.last == null ? 0 : ends.last - ends.first + 1;
}
