import type { Reader, SqlValue } from "../../engine/reader.ts";
import {
  ifReadable,
  leafPages,
  type StoredRow,
  scanTable,
  UnreadableTable,
} from "../../engine/table-scan.ts";
import { ATTRIBUTE_NUMBERS_SQL, type AttributeNumbers, attributeNumbers } from "../attribute-numbers.ts";
import { RowCollector, type SpanRows } from "../span-rows.ts";
import { isFailedInSql, stateOfRun } from "../status.ts";
import { AttributeScan } from "./attribute-scan.ts";
import { estimateSpans } from "./column-keeper.ts";
import { Dictionary } from "./dictionary.ts";
import { type StoredTable, storedTable, textLength } from "./stored-table.ts";
import { SPAN_COLUMNS, timeAt } from "./stretch.ts";

/** Fewer spans are read by SQL just as soon. */
const LEAST_SPANS = 5_000;
/** Different names that are looked for again; a trace whose every span has a name of its own gains nothing. */
const NAMES_KEPT = 10_000;
/** How many rows the scan passes by in the time in which SQL fetches one by an index. */
const ROWS_IN_A_FETCH = 6;

/** The spans of one run by reading the pages of the whole table; undefined where SQL is quicker or alone can read them. */
export function scanRun(reader: Reader, runId: string, spans: number): SpanRows | undefined {
  if (!paysToScan(reader, spans)) return undefined;
  const isWanted = runTest(runId);
  const rows = new RowCollector(spans);
  const failed = (status: string) => stateOfRun(status) === "failed";
  return scan(reader, failed, (row, read, table) => {
    if (isWanted(row, table.places[0]!)) read(rows);
  })
    ? rows.finish()
    : undefined;
}

/** How many spans of a run have failed, as `isFailedSql` tells; undefined where SQL is quicker or alone can read them. */
export function scanFailed(reader: Reader, runId: string, spans: number): number | undefined {
  if (!paysToScan(reader, spans)) return undefined;
  const isWanted = runTest(runId);
  const statuses = new Dictionary();
  /** By number of status. */
  const failing: boolean[] = [];
  let count = 0;
  const isWhole = scanTableOf(reader, ["run_id", "status"], (row, { places }) => {
    const [run, status] = places as readonly [number, number];
    if (row.types[status] === 0 || !isWanted(row, run)) return;
    const length = textLength(row.types[status]!);
    const number = statuses.idOf(row.bytes, row.view, row.offsets[status]!, length);
    failing[number] ??= isFailedInSql(statuses.texts[number]!);
    if (failing[number]) count += 1;
  });
  return isWhole ? count : undefined;
}

function paysToScan(reader: Reader, spans: number): boolean {
  return spans >= LEAST_SPANS && estimateSpans(reader) <= spans * ROWS_IN_A_FETCH;
}

/** Whether a row is of a run. */
function runTest(runId: string): (row: StoredRow, place: number) => boolean {
  const wanted = Buffer.from(runId);
  return ({ bytes, offsets, types }, place) => {
    const at = offsets[place]!;
    const length = textLength(types[place]!);
    return length === wanted.length && wanted.compare(bytes, at, at + length) === 0;
  };
}

/** Tells every span of the table in order of its key. `read` adds it to rows; return false to stop. */
export type VisitSpan = (runId: string, read: (rows: RowCollector) => void) => boolean;

/** As the rows of `lens_spans_scan`, by reading the table's pages; false where only SQL can. What was visited by then must be thrown away. */
export function scanSpans(reader: Reader, visit: VisitSpan): boolean {
  if (estimateSpans(reader) < LEAST_SPANS) return false;
  const runs = new Dictionary();
  let goesOn = true;
  return scan(reader, isFailedInSql, (row, read, table) => {
    if (!goesOn) return;
    const place = table.places[0]!;
    const run = runs.idOf(row.bytes, row.view, row.offsets[place]!, textLength(row.types[place]!));
    goesOn = visit(runs.texts[run]!, read);
  });
}

type VisitRow = (row: StoredRow, read: (rows: RowCollector) => void, table: StoredTable) => void;

/** @param failed Whether a status is one whose attributes are looked at for an error. */
function scan(reader: Reader, failed: (status: string) => boolean, visit: VisitRow): boolean {
  let source: RowReader | undefined;
  return scanTableOf(reader, SPAN_COLUMNS, (row, table) => {
    source ??= new RowReader(reader, table, failed);
    const known = source;
    visit(row, (rows) => known.read(row, rows), table);
  });
}

/** Visits all rows of the table of spans; false where only SQL can read them. What was visited by then must be thrown away. */
function scanTableOf(
  reader: Reader,
  columns: readonly string[],
  visit: (row: StoredRow, table: StoredTable) => void,
): boolean {
  const { pages } = reader;
  const table = pages && storedTable(reader, "spans", columns);
  if (pages === undefined || table === undefined) return false;
  return ifReadable(() => {
    scanTable(pages, leafPages(pages, table.root), {
      columns: table.columns,
      visit: (row) => {
        if (row.stored < table.leastStored) throw new UnreadableTable("a row older than a column");
        visit(row, table);
      },
      progress: (fraction) => reader.progress(Math.min(0.99, fraction)),
    });
    return true;
  }, false);
}

/** Reads stored rows as {@link RowCollector.addRow} reads those of SQL. Equal texts are decoded once and kept once. */
class RowReader {
  private readonly names = new Dictionary();
  private readonly statuses = new Dictionary();
  private readonly attributes = new AttributeScan(true);
  /** By number of status: whether its attributes are looked at for an error. */
  private readonly telling: boolean[] = [];

  constructor(
    private readonly reader: Reader,
    private readonly table: StoredTable,
    private readonly failed: (status: string) => boolean,
  ) {}

  read(row: StoredRow, rows: RowCollector): void {
    const [, id, parent, name, status, start, end, attributes] = this.table.places as readonly [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const { bytes, view, offsets, types } = row;
    const word =
      types[status] === 0
        ? this.statuses.idOfText("unknown")
        : this.statuses.idOf(bytes, view, offsets[status]!, textLength(types[status]!));
    const from = offsets[attributes]!;
    const to = from + textLength(types[attributes]!);
    const read = this.attributes.read(bytes, view, from, to);
    addIds(row, id, parent, rows);
    rows.add({
      key: row.rowid,
      name: this.nameAt(row, name),
      status: this.statuses.texts[word]!,
      start: timeAt(row, start),
      end: timeAt(row, end),
      numbers: read ? this.attributes : this.askSql(row.rowid),
      // As SQL's, the text ends with the first NUL.
      attributes:
        types[attributes] === 0 || !this.isTelling(word)
          ? null
          : bytes.toString("utf8", from, to).split("\0", 1)[0]!,
    });
  }

  private nameAt(row: StoredRow, column: number): string {
    const { bytes, view, offsets, types } = row;
    const [from, length] = [offsets[column]!, textLength(types[column]!)];
    const { names } = this;
    const isFull = names.texts.length >= NAMES_KEPT;
    const named = isFull ? names.find(bytes, view, from, length) : names.idOf(bytes, view, from, length);
    return named < 0 ? textAt(row, column) : names.texts[named]!;
  }

  private isTelling(status: number): boolean {
    this.telling[status] ??= this.failed(this.statuses.texts[status]!);
    return this.telling[status];
  }

  private askSql(rowid: number): AttributeNumbers {
    if (!Number.isSafeInteger(rowid)) throw new UnreadableTable("a number of a row that is too long");
    const found = this.reader.get<{ numbers: SqlValue }>(
      `SELECT ${ATTRIBUTE_NUMBERS_SQL} AS numbers FROM lens_spans WHERE key = ?`,
      [rowid],
    );
    return attributeNumbers(found?.numbers);
  }
}

function addIds(row: StoredRow, id: number, parent: number, { ids }: RowCollector): void {
  const { bytes, offsets, types } = row;
  const idAt = offsets[id]!;
  const idEnd = idAt + textLength(types[id]!);
  const parentAt = types[parent] === 0 ? -1 : offsets[parent]!;
  const parentEnd = parentAt < 0 ? -1 : parentAt + textLength(types[parent]!);
  if (isAscii(bytes, idAt, idEnd) && isAscii(bytes, parentAt, parentEnd))
    ids.addStored(bytes, idAt, idEnd, parentAt, parentEnd);
  else ids.add(textAt(row, id), parentAt < 0 ? null : textAt(row, parent));
}

/** Whether bytes are a text in ASCII without NUL. */
function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] === 0 || bytes[at]! > 127) return false;
  return true;
}

function textAt({ bytes, offsets, types }: StoredRow, column: number): string {
  const from = offsets[column]!;
  const text = bytes.toString("utf8", from, from + textLength(types[column]!));
  if (text.includes("\0") || text.includes("\ufffd")) throw new UnreadableTable("a text that is odd");
  return text;
}
