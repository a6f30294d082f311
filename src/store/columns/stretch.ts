import type { Pages } from "../../engine/reader.ts";
import {
  isText,
  lengthOf,
  numberAt,
  type StoredRow,
  scanTable,
  UnreadableTable,
} from "../../engine/table-scan.ts";
import { isFailedInSql, stateOfRun } from "../status.ts";
import { asNumber } from "../values.ts";
import { AttributeScan } from "./attribute-scan.ts";
import { ByteTable } from "./byte-table.ts";
import { Dictionary } from "./dictionary.ts";
import { explainRun, type Pending } from "./failed-spans.ts";
import { FailureBuilder, type Failures } from "./failure-builder.ts";
import { RunLinks } from "./run-links.ts";
import {
  checked,
  emptyColumns,
  type Facts,
  Numbered,
  narrowed,
  resized,
  setNumber,
  setTokens,
} from "./span-columns.ts";
import { type StoredTable, textLength } from "./stored-table.ts";

/** Columns of the table of spans, in the order in which a scan wants them. */
export const SPAN_COLUMNS = [
  "run_id",
  "span_id",
  "parent_span_id",
  "name",
  "status",
  "start_time",
  "end_time",
  "attributes",
] as const;

/** Spans that follow each other in the table, with what their rows alone tell. It can be handed to another thread. */
export interface Stretch {
  readonly size: number;
  /** Starts are as stored, on any clock. There may be room for more spans. */
  readonly facts: Facts;
  readonly names: readonly string[];
  readonly statuses: readonly string[];
  /** The first one stands for no error. */
  readonly errorTypes: readonly string[];
  readonly runs: StretchRuns;
  readonly leaves: StretchLeaves;
  readonly failures: Failures | undefined;
  readonly pending: readonly Pending[];
  /** Spans whose cost and tokens only SQLite can tell, with their keys, one after the other. */
  readonly unclear: readonly number[];
}

export interface StretchRuns {
  readonly size: number;
  /** The spans of run `r` stand from `first[r]` to before `first[r + 1]`. */
  readonly first: Uint32Array;
  /** Two hashes of each id. */
  readonly hashes: Int32Array;
  readonly firstKey: Float64Array | Uint32Array;
  readonly dense: Uint8Array;
}

export interface StretchLeaves {
  /** How many rows each leaf has. */
  readonly rows: Uint16Array;
  /** Pages on which rows go on, each followed by the place of its leaf. */
  readonly overflow: Uint32Array;
}

/** Reads rows into a {@link Stretch}. Throws {@link UnreadableTable} for what only SQLite can make sense of. */
export class StretchReader {
  private facts: Facts;
  private capacity: number;
  private size = 0;
  private readonly names = new Dictionary();
  private readonly statuses = new Dictionary();
  private readonly errorTypes = new Numbered<string>("");
  private readonly attributes = new AttributeScan();
  private readonly links = new RunLinks();
  private readonly runIds = new ByteTable();
  /** Attributes of the failed spans of the run, by their place in it. */
  private readonly failed = new Map<number, string | undefined>();
  private readonly failures = new FailureBuilder();
  private readonly pending: Pending[] = [];
  private readonly unclear: number[] = [];
  /** By number of status: bit 0 when its state is failed, bit 1 when SQL says so too. */
  private readonly failing: number[] = [];
  private readonly first: number[] = [];
  private readonly firstKeys: number[] = [];
  private readonly dense: number[] = [];
  private readonly leafRows: number[] = [];
  private readonly overflow: number[] = [];
  private run = -1;
  private runFirst = 0;
  private firstKey = 0;
  private lastKey = 0;
  private readonly places: readonly number[];
  private readonly leastStored: number;

  constructor(table: StoredTable, expected: number) {
    this.places = table.places;
    this.leastStored = table.leastStored;
    this.capacity = Math.max(64, expected);
    this.facts = emptyColumns(this.capacity);
  }

  readonly visit = (row: StoredRow): void => {
    const { places, runIds } = this;
    const { bytes, view, offsets, types } = row;
    if (row.stored < this.leastStored) throw new UnreadableTable("a row older than a column");
    const runPlace = places[0]!;
    const run = runIds.idOf(bytes, view, offsets[runPlace]!, textLength(types[runPlace]!));
    if (run !== this.run) {
      this.endRun();
      // Rows of a run lie together, because a trace is written at once; where they don't, SQL sorts them.
      if (run !== this.first.length) throw new UnreadableTable("a run in pieces");
      this.run = run;
      this.runFirst = this.size;
      this.firstKey = row.rowid;
    }
    this.lastKey = row.rowid;
    if (this.size === this.capacity) {
      this.capacity = Math.ceil(this.capacity * 1.3);
      this.facts = resized(this.facts, this.size, this.capacity);
    }
    const { facts, size } = this;
    const namePlace = places[3]!;
    const name = this.names.idOf(bytes, view, offsets[namePlace]!, textLength(types[namePlace]!));
    setNumber(facts, "name", size, checked(name));
    const statusPlace = places[4]!;
    const status =
      types[statusPlace] === 0
        ? this.statuses.idOfText("unknown")
        : this.statuses.idOf(bytes, view, offsets[statusPlace]!, textLength(types[statusPlace]!));
    facts.status[size] = checked(status, 0xff);
    const start = timeAt(row, places[5]!);
    const end = timeAt(row, places[6]!);
    facts.start[size] = start;
    facts.duration[size] = Number.isNaN(end) ? Number.NaN : end - start || 0;
    const idPlace = places[1]!;
    const parentPlace = places[2]!;
    this.links.add(
      row,
      offsets[idPlace]!,
      textLength(types[idPlace]!),
      offsets[parentPlace]!,
      types[parentPlace] === 0 ? -1 : textLength(types[parentPlace]!),
      start,
      end,
    );
    this.readAttributes(row, places[7]!, status);
    this.size = size + 1;
  };

  readonly leaf = (rows: number, overflow: readonly number[]): void => {
    for (const page of overflow) this.overflow.push(page, this.leafRows.length);
    this.leafRows.push(rows);
  };

  result(): Stretch {
    this.endRun();
    const { size, facts, first, runIds } = this;
    return {
      size,
      facts,
      names: this.names.texts,
      statuses: this.statuses.texts,
      errorTypes: this.errorTypes.values,
      runs: {
        size: first.length,
        first: Uint32Array.from([...first, size]),
        hashes: runIds.hashes.slice(0, 2 * first.length),
        firstKey: narrowed(this.firstKeys),
        dense: Uint8Array.from(this.dense),
      },
      leaves: { rows: Uint16Array.from(this.leafRows), overflow: Uint32Array.from(this.overflow) },
      failures: this.failures.result(),
      pending: this.pending,
      unclear: this.unclear,
    };
  }

  private readAttributes(row: StoredRow, place: number, status: number): void {
    const { facts, size, attributes } = this;
    const type = row.types[place]!;
    const from = row.offsets[place]!;
    const to = from + textLength(type);
    if (attributes.read(row.bytes, row.view, from, to)) {
      facts.cost[size] = attributes.cost;
      setTokens(facts, size, attributes.tokens);
    } else {
      if (!Number.isSafeInteger(row.rowid)) throw new UnreadableTable("a number of a row that is too long");
      facts.cost[size] = Number.NaN;
      facts.tokens[size] = Number.NaN;
      this.unclear.push(size, row.rowid);
    }
    let failing = this.failing[status];
    if (failing === undefined) {
      const text = this.statuses.texts[status]!;
      failing = (stateOfRun(text) === "failed" ? 1 : 0) | (isFailedInSql(text) ? 2 : 0);
      this.failing[status] = failing;
    }
    if (failing === 0) return;
    const text = (failing & 2) === 0 || type === 0 ? undefined : row.bytes.toString("utf8", from, to);
    if ((failing & 1) === 1) this.failed.set(size - this.runFirst, text?.split("\0", 1)[0]);
  }

  private endRun(): void {
    const { run, runFirst, size, links, facts } = this;
    if (run < 0) return;
    const parent = links.parents();
    links.selfTimes(parent, facts.self, runFirst);
    if (this.failed.size > 0) {
      explainRun(this.failed, links, parent, {
        run,
        first: runFirst,
        facts,
        types: this.errorTypes,
        nameOf: (span) => this.names.texts[facts.name[span]!]!,
        failures: this.failures,
        pending: this.pending,
      });
      this.failed.clear();
    }
    if (!Number.isSafeInteger(this.firstKey) || !Number.isSafeInteger(this.lastKey))
      throw new UnreadableTable("a number of a row that is too long");
    this.first.push(runFirst);
    this.firstKeys.push(this.firstKey);
    this.dense.push(this.lastKey - this.firstKey === size - runFirst - 1 ? 1 : 0);
    links.clear();
  }
}

/** Which rows of the first and the last of some leaves belong to a stretch. */
export interface Ends {
  /** Rows of the first leaf that do not. */
  readonly skip?: number;
  /** Rows of the last leaf from whose first on they do not. */
  readonly until?: number;
}

/** Reads the spans of some leaves. */
export function readStretch(
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  expected: number,
  progress: (fraction: number) => void,
  ends: Ends = {},
): Stretch {
  const stretch = new StretchReader(table, expected);
  const { visit, leaf } = stretch;
  scanTable(pages, leaves, { columns: table.columns, visit, leaf, progress, ...ends });
  return stretch.result();
}

export function timeAt(row: StoredRow, column: number): number {
  const type = row.types[column]!;
  if (type === 7) {
    const value = row.view.getFloat64(row.offsets[column]!);
    return Number.isFinite(value) ? value : Number.NaN;
  }
  if (type >= 12) {
    if (!isText(type)) return Number.NaN;
    const from = row.offsets[column]!;
    return asNumber(row.bytes.toString("utf8", from, from + lengthOf(type))) ?? Number.NaN;
  }
  return numberAt(row, column);
}
