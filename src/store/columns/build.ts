import type { Pages, Reader, SqlValue } from "../../engine/reader.ts";
import {
  isText,
  leafPages,
  lengthOf,
  numberAt,
  type StoredRow,
  scanTable,
  UnreadableTable,
} from "../../engine/table-scan.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "../attribute-numbers.ts";
import { anchor, earliestMonotonic, toWallClock } from "../clock.ts";
import { deepestError } from "../deepest-errors.ts";
import { readToldErrors } from "../run-spans.ts";
import { errorFromAttributes } from "../span-error.ts";
import { isFailedInSql, stateOfRun } from "../status.ts";
import { buildTree } from "../tree.ts";
import { asNumber, asText, parseAttributes, parseTime } from "../values.ts";
import { AttributeScan } from "./attribute-scan.ts";
import { Dictionary } from "./dictionary.ts";
import { FailureBuilder } from "./failure-builder.ts";
import { RunLinks } from "./run-links.ts";
import {
  BYTES_PER_SPAN,
  checked,
  emptyColumns,
  Numbered,
  resized,
  type SpanColumns,
} from "./span-columns.ts";

/**
 * Reads all spans into columns; undefined where only SQL can read them, or where they would take more than `budget` bytes.
 * What it throws besides `cancelled` and `corrupt` does not leave it.
 */
export function buildColumns(reader: Reader, budget: number): SpanColumns | undefined {
  const { pages } = reader;
  const table = pages && findTable(reader);
  if (pages === undefined || table === undefined) return undefined;
  try {
    const leaves = leafPages(pages, table.root);
    const expected = estimateSpans(reader);
    if ((expected || 1) * BYTES_PER_SPAN > budget) return undefined;
    return new Builder(reader, table, expected).build(pages, leaves);
  } catch (thrown) {
    // What is odd to the scan may be plain to SQLite: it has the last word. Torn pages look odd too, and are read again.
    if (thrown instanceof UnreadableTable || thrown instanceof RangeError || thrown instanceof TypeError)
      return undefined;
    throw thrown;
  }
}

const WANTED = [
  "run_id",
  "span_id",
  "parent_span_id",
  "name",
  "status",
  "start_time",
  "end_time",
  "attributes",
] as const;

interface Table {
  readonly root: number;
  /** Place of each wanted column in the row; beyond the row's end for a column that the table lacks. */
  readonly places: readonly number[];
  readonly columns: number;
  /** A row with fewer values than this has a column whose default is not NULL. */
  readonly leastStored: number;
}

function findTable(reader: Reader): Table | undefined {
  const found = reader.get<{ rootpage: number }>(
    "SELECT rootpage FROM main.sqlite_schema WHERE type = 'table' AND lower(name) = 'spans'",
  );
  if (found === undefined) return undefined;
  const columns = reader.all<{
    name: string;
    dflt_value: SqlValue;
    pk: number;
    hidden: number;
    type: string;
  }>(
    "SELECT lower(name) AS name, dflt_value, pk, hidden, lower(type) AS type FROM pragma_table_xinfo('spans', 'main')",
  );
  // A generated column may or may not be stored.
  if (columns.some(({ hidden }) => hidden !== 0)) return undefined;
  const places = WANTED.map((name) => columns.findIndex((column) => column.name === name));
  // An INTEGER PRIMARY KEY is not in its row.
  if (places.some((place) => place >= 0 && columns[place]!.pk > 0 && columns[place]!.type === "integer"))
    return undefined;
  const leastStored = places.reduce(
    (least, place) =>
      place >= 0 && columns[place]!.dflt_value !== null ? Math.max(least, place + 1) : least,
    0,
  );
  return {
    root: found.rootpage,
    places: places.map((place) => (place < 0 ? columns.length : place)),
    columns: columns.length + 1,
    leastStored,
  };
}

/** An upper bound where rows are numbered from 1, as flujo's are. */
function estimateSpans(reader: Reader): number {
  const ends = reader.get<{ first: number | null; last: number | null }>(
    "SELECT (SELECT min(key) FROM lens_spans_scan) AS first, (SELECT max(key) FROM lens_spans_scan) AS last",
  );
  return ends?.first == null || ends.last == null ? 0 : ends.last - ends.first + 1;
}

/** What a scan needs to know of the runs, one array a fact. */
class KnownRuns {
  readonly index = new Map<string, number>();
  readonly pipelines = new Numbered<string>();
  readonly versions = new Numbered<string | null>(null);
  readonly pipeline: number[] = [];
  readonly version: number[] = [];
  readonly over: boolean[] = [];
  /** Seconds since the epoch; null where unknown. */
  readonly start: (number | null)[] = [];
  readonly row: number[] = [];
  readonly seen: boolean[] = [];

  constructor(reader: Reader) {
    reader.each(
      "SELECT run_id, pipeline_name, pipeline_version, status, start_text, row FROM lens_runs",
      [],
      ([id, name, version, status, start, row]) => {
        const runId = asText(id) ?? "";
        if (this.index.has(runId)) throw new UnreadableTable("a run twice");
        const known = this.index.size;
        this.index.set(runId, known);
        this.row[known] = row as number;
        this.pipeline[known] = this.pipelines.numberOf(asText(name) ?? "");
        this.version[known] = this.versions.numberOf(asText(version ?? null));
        const state = stateOfRun(asText(status) ?? "unknown");
        this.over[known] = state === "completed" || state === "failed" || state === "cancelled";
        this.start[known] = parseTime(start);
        this.seen[known] = false;
      },
    );
  }
}

class Builder {
  private columns: ReturnType<typeof emptyColumns>;
  private capacity: number;
  private size = 0;
  private leftOut = 0;
  private readonly known: KnownRuns;
  private readonly unknown = new Set<string>();
  private readonly names = new Dictionary();
  private readonly statuses = new Dictionary();
  private readonly errorTypes = new Numbered<string>("");
  private readonly attributes = new AttributeScan();
  private readonly links = new RunLinks();
  /** Attributes of the failed spans of the run, by their place in it. */
  private readonly failed = new Map<number, string | undefined>();
  private readonly failures = new FailureBuilder();
  /** By number of status: bit 0 when its state is failed, bit 1 when SQL says so too. */
  private readonly failing: number[] = [];
  private readonly runs = {
    first: [] as number[],
    from: [] as number[],
    to: [] as number[],
    pipeline: [] as number[],
    version: [] as number[],
    over: [] as number[],
    row: [] as number[],
    firstKey: [] as number[],
    dense: [] as number[],
  };
  private runId: Buffer = Buffer.alloc(0);
  private run = -1;
  private runFirst = 0;
  private firstKey = 0;
  private lastKey = 0;
  private begun = false;

  constructor(
    private readonly reader: Reader,
    private readonly table: Table,
    expected: number,
  ) {
    this.known = new KnownRuns(reader);
    this.capacity = Math.max(64, expected);
    this.columns = emptyColumns(this.capacity);
  }

  build(pages: Pages, leaves: Uint32Array): SpanColumns {
    const { reader } = this;
    scanTable(pages, leaves, {
      root: this.table.root,
      columns: this.table.columns,
      visit: (row) => this.visit(row),
      progress: (fraction) => reader.progress(Math.min(0.99, fraction)),
    });
    this.endRun();
    const { size, runs } = this;
    // A guess that was far off keeps no memory.
    const columns = this.capacity > size * 1.25 ? resized(this.columns, size, size) : this.columns;
    const runColumns = {
      size: runs.first.length,
      first: Uint32Array.from([...runs.first, size]),
      from: Float64Array.from(runs.from),
      to: Float64Array.from(runs.to),
      pipeline: Uint16Array.from(runs.pipeline),
      version: Uint16Array.from(runs.version),
      over: Uint8Array.from(runs.over),
      row: Float64Array.from(runs.row),
      firstKey: Float64Array.from(runs.firstKey),
      dense: Uint8Array.from(runs.dense),
      pipelines: this.known.pipelines.values,
      versions: this.known.versions.values,
    };
    const failures = this.failures.result();
    const arrays = [columns, runColumns, failures ?? {}]
      .flatMap((facts) => Object.values<unknown>(facts))
      .flatMap((value) => (ArrayBuffer.isView(value) ? [value] : []));
    return {
      size,
      ...columns,
      names: this.names.texts,
      statuses: this.statuses.texts,
      errorTypes: this.errorTypes.values,
      runs: runColumns,
      failures,
      bytes: arrays.reduce((sum, { byteLength }) => sum + byteLength, 0),
      leftOut: this.leftOut,
    };
  }

  private visit(row: StoredRow): void {
    const [runPlace, idPlace, parentPlace, namePlace, statusPlace, startPlace, endPlace, attributesPlace] =
      this.table.places as readonly [number, number, number, number, number, number, number, number];
    if (row.stored < this.table.leastStored) throw new UnreadableTable("a row older than a column");
    const { bytes, offsets, types } = row;
    const runLength = textLength(types[runPlace]!);
    if (!this.begun || !this.isRun(bytes, offsets[runPlace]!, runLength)) {
      this.endRun();
      this.beginRun(bytes, offsets[runPlace]!, runLength);
    }
    if (this.run < 0) {
      this.leftOut += 1;
      return;
    }
    if (this.size === this.capacity) {
      this.capacity = Math.ceil(this.capacity * 1.3);
      this.columns = resized(this.columns, this.size, this.capacity);
    }
    const { columns, size } = this;
    if (size === this.runFirst) this.firstKey = row.rowid;
    this.lastKey = row.rowid;
    const nameLength = textLength(types[namePlace]!);
    columns.name[size] = checked(this.names.idOf(bytes, offsets[namePlace]!, nameLength));
    const status =
      types[statusPlace] === 0
        ? this.statuses.idOfText("unknown")
        : this.statuses.idOf(bytes, offsets[statusPlace]!, textLength(types[statusPlace]!));
    columns.status[size] = checked(status);
    const start = timeAt(row, startPlace);
    const end = timeAt(row, endPlace);
    columns.start[size] = start;
    columns.duration[size] = Number.isNaN(end) ? Number.NaN : end - start || 0;
    this.links.add(
      bytes,
      offsets[idPlace]!,
      textLength(types[idPlace]!),
      offsets[parentPlace]!,
      types[parentPlace] === 0 ? -1 : textLength(types[parentPlace]!),
      start,
      end,
    );
    this.readAttributes(row, attributesPlace, status);
    this.size = size + 1;
  }

  private readAttributes(row: StoredRow, place: number, status: number): void {
    const { columns, size, attributes } = this;
    const type = row.types[place]!;
    const from = row.offsets[place]!;
    const to = from + textLength(type);
    let numbers: { readonly cost: number; readonly tokens: number } = attributes;
    if (!attributes.read(row.bytes, from, to)) numbers = this.askSql(row.rowid);
    columns.cost[size] = numbers.cost;
    columns.tokens[size] = numbers.tokens;
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

  private askSql(rowid: number): { readonly cost: number; readonly tokens: number } {
    if (!Number.isSafeInteger(rowid)) throw new UnreadableTable("a number of a row that is too long");
    const found = this.reader.get<{ numbers: SqlValue }>(
      `SELECT ${ATTRIBUTE_NUMBERS_SQL} AS numbers FROM lens_spans WHERE key = ?`,
      [rowid],
    );
    return attributeNumbers(found?.numbers);
  }

  private isRun(bytes: Buffer, start: number, length: number): boolean {
    const { runId } = this;
    if (runId.length !== length) return false;
    for (let at = 0; at < length; at += 1) if (runId[at] !== bytes[start + at]) return false;
    return true;
  }

  private beginRun(bytes: Buffer, start: number, length: number): void {
    this.begun = true;
    this.runId = Buffer.from(bytes.subarray(start, start + length));
    this.runFirst = this.size;
    const text = this.runId.toString("utf8");
    if (text.includes("\0")) throw new UnreadableTable("a text with a NUL");
    const run = this.known.index.get(text) ?? -1;
    this.run = run;
    // Rows of a run lie together, because a trace is written at once; where they don't, SQL sorts them.
    if (run >= 0 ? this.known.seen[run] : this.unknown.has(text))
      throw new UnreadableTable("a run in pieces");
    if (run >= 0) this.known.seen[run] = true;
    else this.unknown.add(text);
  }

  private endRun(): void {
    const { run, runFirst, size, links, columns, known, runs } = this;
    if (run < 0 || size === runFirst) return;
    links.selfTimes(columns.self, runFirst);
    const starts = columns.start.subarray(runFirst, size);
    const offset = anchor(earliestMonotonic(starts), known.start[run]!);
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < starts.length; at += 1) {
      const start = toWallClock(starts[at]!, offset);
      starts[at] = start;
      if (!(start >= from)) from = Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
      if (!(start <= to)) to = Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
    }
    if (this.failed.size > 0) this.explainFailures();
    runs.first.push(runFirst);
    runs.from.push(from);
    runs.to.push(to);
    runs.pipeline.push(known.pipeline[run]!);
    runs.version.push(known.version[run]!);
    runs.over.push(known.over[run] ? 1 : 0);
    runs.row.push(known.row[run]!);
    if (!Number.isSafeInteger(this.firstKey) || !Number.isSafeInteger(this.lastKey))
      throw new UnreadableTable("a number of a row that is too long");
    runs.firstKey.push(this.firstKey);
    runs.dense.push(this.lastKey - this.firstKey === size - runFirst - 1 ? 1 : 0);
    links.clear();
    this.failed.clear();
  }

  /** The type of every failed span's error, as `explainFailures` finds it for one run. */
  private explainFailures(): void {
    const { links, failed, columns, runFirst } = this;
    const { size } = links;
    const tree = buildTree({
      ids: Array.from({ length: size }, (_, index) => links.idOf(index)),
      parents: Array.from({ length: size }, (_, index) => links.parentIdOf(index)),
      starts: links.starts.values,
      ends: links.ends.values,
    });
    let told: ReturnType<typeof readToldErrors> | undefined;
    const tellErrors = () => {
      told ??= readToldErrors(this.reader, this.runId.toString("utf8"));
      return told;
    };
    const failedBelow = new Set<number>();
    for (let at = size - 1; at >= 0; at -= 1) {
      const index = tree.order[at]!;
      const up = tree.parent[index]!;
      if (up >= 0 && (failed.has(index) || failedBelow.has(index))) failedBelow.add(up);
      if (!failed.has(index)) continue;
      const text = failed.get(index);
      const own = text === undefined ? undefined : errorFromAttributes(parseAttributes(text));
      let type = own?.type;
      let child = -1;
      if (own === undefined) {
        for (let below = tree.childOffset[index + 1]! - 1; below >= tree.childOffset[index]!; below -= 1) {
          if (!failed.has(tree.children[below]!)) continue;
          child = tree.children[below]!;
          break;
        }
      }
      if (child >= 0) type = this.errorTypes.values[columns.error[runFirst + child]!]!;
      const name = this.names.texts[columns.name[runFirst + index]!]!;
      if (child < 0 && type === undefined)
        type = tellErrors().steps.get(name)?.type ?? (up < 0 ? tellErrors().run?.type : undefined);
      columns.error[runFirst + index] = this.errorTypes.numberOf(type ?? "unknown");
      if (!failedBelow.has(index)) this.failures.add(runFirst + index, deepestError(own, name, tellErrors));
    }
  }
}

/** Length of a text; 0 for NULL. Throws for numbers and bytes, which SQL has to turn into text. */
function textLength(type: number): number {
  if (type === 0) return 0;
  if (!isText(type)) throw new UnreadableTable("something else than text");
  return lengthOf(type);
}

function timeAt(row: StoredRow, column: number): number {
  const type = row.types[column]!;
  if (type >= 12) {
    if (!isText(type)) return Number.NaN;
    const from = row.offsets[column]!;
    return asNumber(row.bytes.toString("utf8", from, from + lengthOf(type))) ?? Number.NaN;
  }
  const value = numberAt(row, column);
  return Number.isFinite(value) ? value : Number.NaN;
}
