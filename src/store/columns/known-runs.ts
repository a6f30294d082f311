import type { Pages, Reader } from "../../engine/reader.ts";
import { leafPages, scanTable, UnreadableTable } from "../../engine/table-scan.ts";
import { runColumns } from "../layout.ts";
import { stateOfRun } from "../status.ts";
import { asText, parseTime } from "../values.ts";
import { ByteTable, GROWTH } from "./byte-table.ts";
import { checked, isShort, Numbered } from "./span-columns.ts";
import { columnNames, type StoredTable, storedTable, textLength } from "./stored-table.ts";
import { LastText, Times } from "./stored-texts.ts";

/** What is known of the runs of a database, one array a fact, by their number in {@link ids}. */
export class KnownRuns {
  readonly ids = new ByteTable(false);
  readonly pipelines = new Numbered<string>();
  readonly versions = new Numbered<string | null>(null);
  pipeline = new Uint16Array(64);
  version = new Uint16Array(64);
  over = new Uint8Array(64);
  /** Seconds since the epoch; NaN where unknown. */
  start = new Float64Array(64);
  /** What `lens_runs.row` says; NaN for a run that is gone. */
  readonly row = new RowNumbers(64);
  /** The page on which each run's row stands; 0 where it is not known. */
  page = new Uint32Array(64);
  /** Facts before the present change, from the first one on. */
  private before: Fact[] = [];

  /** The number of a run by the hashes of its id, -1 for an unknown one. */
  numberOf(hash: number, check: number): number {
    const number = this.ids.findHashed(hash, check);
    return number >= 0 && this.has(number) ? number : -1;
  }

  has(number: number): boolean {
    return !Number.isNaN(this.row.get(number));
  }

  /** @throws UnreadableTable when a run is there twice. */
  add(
    id: number,
    row: number,
    pipeline: string,
    version: string | null,
    status: string,
    start: number,
    page = 0,
  ): void {
    if (id >= this.start.length) this.grow();
    if (this.has(id)) throw new UnreadableTable("a run twice");
    const state = stateOfRun(status);
    this.put({
      number: id,
      row,
      pipeline: checked(this.pipelines.numberOf(pipeline)),
      version: checked(this.versions.numberOf(version)),
      over: state === "completed" || state === "failed" || state === "cancelled" ? 1 : 0,
      start,
      page,
    });
  }

  /** Removes the runs on some pages. What is changed from now on can be taken back by {@link undo}. */
  removeFrom(pages: ReadonlySet<number>): void {
    this.before = [];
    for (let number = 0; number < this.ids.size; number += 1)
      if (this.has(number) && pages.has(this.page[number]!)) {
        this.before.push(this.factOf(number));
        this.row.set(number, Number.NaN);
      }
  }

  /** Takes back what was changed since {@link removeFrom}. @param size How many runs there were. */
  undo(size: number): void {
    for (let number = size; number < this.start.length; number += 1) this.row.set(number, Number.NaN);
    for (const fact of this.before) this.put(fact);
    this.before = [];
  }

  /** Those that began at another time than before {@link removeFrom}, by their numbers. */
  restarted(): Set<number> {
    const { before, start } = this;
    return new Set(
      before.flatMap((fact) => (Object.is(fact.start, start[fact.number]) ? [] : [fact.number])),
    );
  }

  /** Bytes that it takes, but for names of pipelines and versions. */
  get bytes(): number {
    const { pipeline, version, over, start, row, page } = this;
    return [pipeline, version, over, start, row, page].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.ids.bytes,
    );
  }

  private factOf(number: number): Fact {
    const { row, pipeline, version, over, start, page } = this;
    return {
      number,
      row: row.get(number),
      pipeline: pipeline[number]!,
      version: version[number]!,
      over: over[number]!,
      start: start[number]!,
      page: page[number]!,
    };
  }

  private put({ number, row, pipeline, version, over, start, page }: Fact): void {
    this.row.set(number, row);
    this.pipeline[number] = pipeline;
    this.version[number] = version;
    this.over[number] = over;
    this.start[number] = start;
    this.page[number] = page;
  }

  private grow(): void {
    const size = Math.ceil(this.start.length * GROWTH);
    this.pipeline = widened(this.pipeline, new Uint16Array(size));
    this.version = widened(this.version, new Uint16Array(size));
    this.over = widened(this.over, new Uint8Array(size));
    this.start = widened(this.start, new Float64Array(size));
    this.row.grow(size);
    this.page = widened(this.page, new Uint32Array(size));
  }
}

/** Numbers of rows, half as wide where that is enough; NaN where there is none. */
class RowNumbers {
  private values: Uint32Array | Float64Array;

  constructor(size: number) {
    this.values = new Uint32Array(size).fill(NO_ROW);
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  get(place: number): number {
    const row = this.values[place];
    return row === undefined || (row === NO_ROW && this.values instanceof Uint32Array) ? Number.NaN : row;
  }

  set(place: number, row: number): void {
    if (this.values instanceof Uint32Array) {
      if (Number.isNaN(row) || (isShort(row) && row !== NO_ROW)) {
        this.values[place] = Number.isNaN(row) ? NO_ROW : row;
        return;
      }
      this.values = Float64Array.from(this.values, (one) => (one === NO_ROW ? Number.NaN : one));
    }
    this.values[place] = row;
  }

  grow(size: number): void {
    const { values } = this;
    this.values =
      values instanceof Uint32Array
        ? widened(values, new Uint32Array(size).fill(NO_ROW))
        : widened(values, new Float64Array(size).fill(Number.NaN));
  }
}

const NO_ROW = 0xffffffff;

function widened<T extends { set(values: T): void }>(values: T, to: T): T {
  to.set(values);
  return to;
}

/** What is known of one run. */
interface Fact {
  readonly number: number;
  readonly row: number;
  readonly pipeline: number;
  readonly version: number;
  readonly over: number;
  readonly start: number;
  readonly page: number;
}

/** The table of runs as its pages hold it, to be brought up to date page by page. */
export class RunTable {
  readonly runs = new KnownRuns();
  private readonly texts = [new LastText(), new LastText(), new LastText(), new LastText()] as const;
  private readonly times = new Times();
  private leaves: Uint32Array = new Uint32Array(0);
  /** The leaf of each page on which rows go on. */
  private overflow = new Map<number, number>();
  private undone: (() => void) | undefined;

  private constructor(private readonly table: StoredTable) {}

  /** Undefined where only SQL can read it. */
  static read(reader: Reader, pages: Pages): RunTable | undefined {
    const table = runTable(reader);
    if (table === undefined) return undefined;
    try {
      const read = new RunTable(table);
      read.leaves = leafPages(pages, table.root);
      read.scan(pages, read.leaves);
      return read;
    } catch (thrown) {
      if (thrown instanceof UnreadableTable || thrown instanceof RangeError) return undefined;
      throw thrown;
    }
  }

  /** Reads changed pages again. False where all must be read. After that, and whatever it throws, it can be taken back by {@link undo}. */
  update(reader: Reader, pages: Pages, changed: ReadonlySet<number>): boolean {
    this.undone = undefined;
    if (JSON.stringify(runTable(reader)) !== JSON.stringify(this.table)) return false;
    const { leaves: before, overflow, runs } = this;
    const size = runs.ids.size;
    const leaves = leafPages(pages, this.table.root);
    const stale = new Set(before);
    for (const page of leaves) if (!changed.has(page)) stale.delete(page);
    for (const [page, leaf] of overflow) if (changed.has(page)) stale.add(leaf);
    runs.removeFrom(stale);
    this.undone = () => {
      runs.undo(size);
      this.leaves = before;
      this.overflow = overflow;
    };
    const known = new Set(before);
    this.leaves = leaves;
    this.overflow = new Map(Array.from(overflow).filter(([, leaf]) => !stale.has(leaf)));
    this.scan(
      pages,
      leaves.filter((page) => !known.has(page) || stale.has(page)),
    );
    return true;
  }

  /** Numbers of the runs that have rows on some pages. */
  numbersOn(pages: ReadonlySet<number>): Set<number> {
    const { runs, overflow } = this;
    const leaves = new Set(pages);
    for (const [page, leaf] of overflow) if (pages.has(page)) leaves.add(leaf);
    const found = new Set<number>();
    for (let number = 0; number < runs.ids.size; number += 1)
      if (runs.has(number) && leaves.has(runs.page[number]!)) found.add(number);
    return found;
  }

  undo(): void {
    this.undone?.();
    this.undone = undefined;
  }

  private scan(pages: Pages, leaves: Uint32Array): void {
    const { runs, texts, times, table } = this;
    const [idPlace, namePlace, otherNamePlace, versionPlace, statusPlace, startPlace] =
      table.places as readonly [number, number, number, number, number, number];
    let leaf = 0;
    scanTable(pages, leaves, {
      columns: table.columns,
      visit: (row) => {
        if (row.stored < table.leastStored) throw new UnreadableTable("a row older than a column");
        if (!Number.isSafeInteger(row.rowid)) throw new UnreadableTable("a number of a row that is too long");
        const length = textLength(row.types[idPlace]!);
        const id = runs.ids.idOf(row.bytes, row.view, row.offsets[idPlace]!, length);
        const name = texts[0].of(row, namePlace) ?? texts[1].of(row, otherNamePlace) ?? "";
        const version = texts[2].of(row, versionPlace);
        const state = texts[3].of(row, statusPlace) ?? "unknown";
        runs.add(id, row.rowid, name, version, state, times.of(row, startPlace), leaves[leaf]!);
      },
      leaf: (_rows, overflow) => {
        for (const one of overflow) this.overflow.set(one, leaves[leaf]!);
        leaf += 1;
      },
      progress: () => {},
    });
  }
}

function runTable(reader: Reader): StoredTable | undefined {
  const { pipelineName, pipelineVersion, status, start } = runColumns;
  const columns = columnNames(reader, "runs");
  if (!columns.has("run_id")) return undefined;
  const wanted = ["run_id", ...pipelineName, ...pipelineVersion, ...status, start(columns)];
  return storedTable(reader, "runs", wanted);
}

/** All runs as `lens_runs` has them, through SQL. */
export function askForRuns(reader: Reader): KnownRuns {
  const runs = new KnownRuns();
  reader.each(
    "SELECT run_id, pipeline_name, pipeline_version, status, start_text, row FROM lens_runs",
    [],
    ([id, name, version, status, start, row]) => {
      const bytes = Buffer.from(asText(id) ?? "");
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      runs.add(
        runs.ids.idOf(bytes, view, 0, bytes.length),
        row as number,
        asText(name) ?? "",
        asText(version ?? null),
        asText(status) ?? "unknown",
        parseTime(start) ?? Number.NaN,
      );
    },
  );
  return runs;
}
