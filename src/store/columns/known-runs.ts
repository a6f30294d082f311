import type { Pages, Reader } from "../../engine/reader.ts";
import {
  isText,
  leafPages,
  lengthOf,
  type StoredRow,
  scanTable,
  UnreadableTable,
} from "../../engine/table-scan.ts";
import { runColumns } from "../layout.ts";
import { stateOfRun } from "../status.ts";
import { asText, parseTime } from "../values.ts";
import { ByteTable } from "./byte-table.ts";
import { Numbered } from "./span-columns.ts";
import { storedTable } from "./stored-table.ts";

/** What is known of the runs of a database, one array a fact, by their number in {@link ids}. */
export class KnownRuns {
  readonly ids = new ByteTable();
  readonly pipelines = new Numbered<string>();
  readonly versions = new Numbered<string | null>(null);
  readonly pipeline: number[] = [];
  readonly version: number[] = [];
  readonly over: number[] = [];
  /** Seconds since the epoch; NaN where unknown. */
  readonly start: number[] = [];
  /** What `lens_runs.row` says. */
  readonly row: number[] = [];

  /** @throws UnreadableTable when a run is there twice. */
  add(
    id: number,
    row: number,
    pipeline: string,
    version: string | null,
    status: string,
    start: number,
  ): void {
    if (id !== this.row.length) throw new UnreadableTable("a run twice");
    this.row.push(row);
    this.pipeline.push(this.pipelines.numberOf(pipeline));
    this.version.push(this.versions.numberOf(version));
    const state = stateOfRun(status);
    this.over.push(state === "completed" || state === "failed" || state === "cancelled" ? 1 : 0);
    this.start.push(start);
  }
}

/** All runs as `lens_runs` has them: from the pages of their table where they can be read, else through SQL. */
export function readKnownRuns(reader: Reader, pages: Pages): KnownRuns {
  try {
    const runs = scanRuns(reader, pages);
    if (runs !== undefined) return runs;
  } catch (thrown) {
    if (!(thrown instanceof UnreadableTable || thrown instanceof RangeError)) throw thrown;
  }
  return askForRuns(reader);
}

function scanRuns(reader: Reader, pages: Pages): KnownRuns | undefined {
  const { pipelineName, pipelineVersion, status, start } = runColumns;
  const names = reader.all<{ name: string }>(
    "SELECT lower(name) AS name FROM pragma_table_info('runs', 'main')",
  );
  const columns = new Set(names.map(({ name }) => name));
  if (!columns.has("run_id")) return undefined;
  const wanted = ["run_id", ...pipelineName, ...pipelineVersion, ...status, start(columns)];
  const table = storedTable(reader, "runs", wanted);
  if (table === undefined) return undefined;
  const [idPlace, namePlace, otherNamePlace, versionPlace, statusPlace, startPlace] =
    table.places as readonly [number, number, number, number, number, number];
  const runs = new KnownRuns();
  const texts = [namePlace, otherNamePlace, versionPlace, statusPlace].map(() => new LastText());
  const times = new Times();
  scanTable(pages, leafPages(pages, table.root), {
    columns: table.columns,
    visit: (row) => {
      if (row.stored < table.leastStored) throw new UnreadableTable("a row older than a column");
      if (!Number.isSafeInteger(row.rowid)) throw new UnreadableTable("a number of a row that is too long");
      const idType = row.types[idPlace]!;
      if (idType !== 0 && !isText(idType)) throw new UnreadableTable("something else than text");
      const length = idType === 0 ? 0 : lengthOf(idType);
      const id = runs.ids.idOf(row.bytes, row.view, row.offsets[idPlace]!, length);
      const name = texts[0]!.of(row, namePlace) ?? texts[1]!.of(row, otherNamePlace) ?? "";
      const state = texts[3]!.of(row, statusPlace) ?? "unknown";
      runs.add(id, row.rowid, name, texts[2]!.of(row, versionPlace), state, times.of(row, startPlace));
    },
    progress: () => {},
  });
  return runs;
}

function askForRuns(reader: Reader): KnownRuns {
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

/** Texts of a column with few different ones, each decoded once. */
class LastText {
  private readonly table = new ByteTable();
  private readonly texts: string[] = [];

  of(row: StoredRow, place: number): string | null {
    const type = row.types[place]!;
    if (type === 0) return null;
    if (!isText(type)) throw new UnreadableTable("something else than text");
    const id = this.table.idOf(row.bytes, row.view, row.offsets[place]!, lengthOf(type));
    if (id === this.texts.length) this.texts.push(this.table.textOf(id));
    return this.texts[id]!;
  }
}

/** Reads times as {@link parseTime} does; those that flujo writes without making text of them. */
class Times {
  private readonly lastDay = Buffer.alloc(10);
  private midnight = Number.NaN;

  /** Seconds since the epoch; NaN where unknown. */
  of(row: StoredRow, place: number): number {
    const type = row.types[place]!;
    if (type === 0) return Number.NaN;
    if (!isText(type)) throw new UnreadableTable("something else than text");
    const { bytes } = row;
    const at = row.offsets[place]!;
    const length = lengthOf(type);
    const plain = this.plain(bytes, at, length);
    if (!Number.isNaN(plain)) return plain;
    const text = bytes.toString("utf8", at, at + length);
    if (text.includes("\0")) throw new UnreadableTable("a text with a NUL");
    return parseTime(text) ?? Number.NaN;
  }

  /** `2025-10-01T08:00:02.252161+00:00`, where fraction and zone may be missing; NaN for anything else. */
  private plain(bytes: Buffer, at: number, length: number): number {
    if (length < 19) return Number.NaN;
    const separator = bytes[at + 10];
    if (separator !== 84 && separator !== 32) return Number.NaN;
    if (bytes[at + 13] !== 58 || bytes[at + 16] !== 58) return Number.NaN;
    const hour = twoDigits(bytes, at + 11);
    const minute = twoDigits(bytes, at + 14);
    const second = twoDigits(bytes, at + 17);
    if (hour < 0 || minute < 0 || second < 0) return Number.NaN;
    let next = at + 19;
    const end = at + length;
    let fraction = 0;
    if (next < end && bytes[next] === 46) {
      let scale = 1;
      for (next += 1; next < end && bytes[next]! >= 48 && bytes[next]! <= 57; next += 1) {
        fraction = fraction * 10 + bytes[next]! - 48;
        scale *= 10;
      }
      if (scale === 1 || scale > 1e9) return Number.NaN;
      fraction /= scale;
    }
    if (next < end && !isUtc(bytes, next, end)) return Number.NaN;
    if (bytes.compare(this.lastDay, 0, 10, at, at + 10) !== 0 || Number.isNaN(this.midnight)) {
      const midnight = parseTime(bytes.toString("latin1", at, at + 10));
      if (midnight === null || bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return Number.NaN;
      bytes.copy(this.lastDay, 0, at, at + 10);
      this.midnight = midnight;
    }
    return this.midnight + hour * 3600 + minute * 60 + second + fraction;
  }
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** Whether what is left is `Z` or `+00:00`. */
function isUtc(bytes: Buffer, at: number, end: number): boolean {
  if (end - at === 1) return bytes[at] === 90;
  return end - at === 6 && bytes.toString("latin1", at, end) === "+00:00";
}
