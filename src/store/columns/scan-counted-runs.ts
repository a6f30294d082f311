import type { Reader } from "../../engine/reader.ts";
import { leafPages, numberAt, type StoredRow, scanTable, UnreadableTable } from "../../engine/table-scan.ts";
import { runColumns, stepColumns } from "../layout.ts";
import { endOfRun } from "../run-end.ts";
import type { CountedRun } from "../run-figures.ts";
import { stateOfRun } from "../status.ts";
import { ByteTable } from "./byte-table.ts";
import { columnNames, type StoredTable, storedTable, textLength } from "./stored-table.ts";
import { LastText, Times } from "./stored-texts.ts";

/** As `eachCountedRun` of all runs, by reading the tables' pages; false where only SQL can. What was visited by then must be thrown away. */
export function scanCountedRuns(
  reader: Reader,
  visit: (run: Omit<CountedRun, "run_id">, row: number) => void,
): boolean {
  try {
    const runs = runTable(reader);
    const steps = runs && stepSums(reader);
    if (runs === undefined || steps === undefined) return false;
    scanRuns(reader, runs, steps, visit);
    return true;
  } catch (thrown) {
    // What is odd to the scan may be plain to SQLite: it has the last word. Torn pages look odd too, and are read again.
    if (thrown instanceof UnreadableTable || thrown instanceof RangeError || thrown instanceof TypeError)
      return false;
    throw thrown;
  }
}

function runTable(reader: Reader): StoredTable | undefined {
  const columns = columnNames(reader, "runs");
  if (!columns.has("run_id")) return undefined;
  const { pipelineName, pipelineVersion, status, start } = runColumns;
  const names = [...pipelineName, ...pipelineVersion, ...status, start(columns)];
  return storedTable(reader, "runs", [
    "run_id",
    ...names,
    "end_time",
    "updated_at",
    "total_cost",
    "execution_time_ms",
  ]);
}

function scanRuns(
  reader: Reader,
  table: StoredTable,
  steps: StepSums,
  visit: (run: Omit<CountedRun, "run_id">, row: number) => void,
): void {
  const [id, name, otherName, version, status, start, end, updated, cost, ms] = table.places as readonly [
    ...[number, number, number, number, number],
    ...[number, number, number, number, number],
  ];
  const texts = [new LastText(), new LastText(), new LastText(), new LastText()] as const;
  const times = new Times();
  scan(reader, table, (row) => {
    const state = stateOfRun(texts[3].of(row, status) ?? "unknown");
    const began = orNull(times.of(row, start));
    const ended =
      state === "running"
        ? null
        : endOfRun(
            began,
            orNull(times.of(row, end)),
            orNull(times.of(row, updated)),
            orNull(amountAt(row, ms)),
          );
    const sums = steps.of(row, id);
    visit(
      {
        pipeline_name: texts[0].of(row, name) ?? texts[1].of(row, otherName) ?? "",
        pipeline_version: texts[2].of(row, version),
        state,
        start: began ?? Number.NaN,
        duration: ended === null || began === null ? Number.NaN : ended - began,
        cost: orNull(orElse(amountAt(row, cost), () => sums.cost)),
        tokens: orNull(sums.tokens),
      },
      row.rowid,
    );
  });
}

/** Cost and tokens of the steps of each run. */
class StepSums {
  private readonly ids = new ByteTable(false);
  private known = 0;
  private costs = new Float64Array(64);
  private tokens = new Float64Array(64);

  add(row: StoredRow, id: number, cost: number, tokens: number): void {
    const run = this.ids.idOf(row.bytes, row.view, row.offsets[id]!, idLength(row, id));
    if (run >= this.costs.length) {
      this.costs = doubled(this.costs);
      this.tokens = doubled(this.tokens);
    }
    if (run >= this.known) {
      this.known = run + 1;
      this.costs[run] = Number.NaN;
      this.tokens[run] = Number.NaN;
    }
    this.costs[run] = plus(this.costs[run]!, cost);
    this.tokens[run] = plus(this.tokens[run]!, tokens);
  }

  /** The sums of the run whose id stands in a row; NaN where there is nothing to add up. */
  of(row: StoredRow, id: number): { readonly cost: number; readonly tokens: number } {
    const run = this.ids.find(row.bytes, row.view, row.offsets[id]!, idLength(row, id));
    return run < 0 ? NOTHING : { cost: this.costs[run]!, tokens: this.tokens[run]! };
  }
}

const NOTHING = { cost: Number.NaN, tokens: Number.NaN };

/** Undefined where only SQL can read the steps. */
function stepSums(reader: Reader): StepSums | undefined {
  const sums = new StepSums();
  if (columnNames(reader, "steps").size === 0) return sums;
  const { cost: costs, tokens } = stepColumns;
  const table = storedTable(reader, "steps", ["run_id", ...costs, ...tokens]);
  if (table === undefined) return undefined;
  const [id, cost, otherCost, used, otherUsed] = table.places as readonly [
    ...[number, number, number],
    ...[number, number],
  ];
  scan(reader, table, (row) =>
    sums.add(
      row,
      id,
      orElse(amountAt(row, cost), () => amountAt(row, otherCost)),
      orElse(amountAt(row, used), () => amountAt(row, otherUsed)),
    ),
  );
  return sums;
}

function scan(reader: Reader, table: StoredTable, visit: (row: StoredRow) => void): void {
  const { pages } = reader;
  if (pages === undefined) throw new UnreadableTable("no pages");
  scanTable(pages, leafPages(pages, table.root), {
    columns: table.columns,
    visit: (row) => {
      if (row.stored < table.leastStored) throw new UnreadableTable("a row older than a column");
      if (!Number.isSafeInteger(row.rowid)) throw new UnreadableTable("a number of a row that is too long");
      visit(row);
    },
    progress: () => reader.checkCancelled(),
  });
}

/** Throws for NULL, which is equal to nothing. */
function idLength({ types }: StoredRow, id: number): number {
  if (types[id] === 0) throw new UnreadableTable("a run without an id");
  return textLength(types[id]!);
}

/** A number; NaN for NULL. */
function amountAt(row: StoredRow, place: number): number {
  const type = row.types[place]!;
  if (type === 0) return Number.NaN;
  const amount = numberAt(row, place);
  // Text and bytes count too, but in SQL's own way; so do sums of integers beyond 2^53.
  if (!Number.isFinite(amount) || (type === 6 && !Number.isSafeInteger(amount)))
    throw new UnreadableTable("an odd amount");
  return amount;
}

function orElse(value: number, other: () => number): number {
  return Number.isNaN(value) ? other() : value;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A sum of what is known; NaN as long as nothing is. */
export function plus(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum;
  return Number.isNaN(sum) ? value : sum + value;
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
