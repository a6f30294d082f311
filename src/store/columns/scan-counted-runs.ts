import type { Pages, Reader } from "../../engine/reader.ts";
import {
  ifReadable,
  leafPages,
  numberAt,
  type Scan,
  type StoredRow,
  scanTable,
  UnreadableTable,
} from "../../engine/table-scan.ts";
import { runColumns, stepColumns } from "../layout.ts";
import { endOfRun } from "../run-end.ts";
import type { CountedRun } from "../run-figures.ts";
import { stateOfRun } from "../status.ts";
import { ByteTable } from "./byte-table.ts";
import { columnNames, type StoredTable, storedTable, textLength } from "./stored-table.ts";
import { LastText, Times } from "./stored-texts.ts";

/** A run as its row and its steps tell it. */
export type CountedFigures = Omit<CountedRun, "run_id">;

/** `row` is that of `lens_runs`. */
export type VisitCounted = (run: CountedFigures, row: number) => void;

/** The tables that tell what is counted of runs, as their pages hold them. */
export interface CountedTables {
  readonly runs: StoredTable;
  /** Undefined where the database has none. */
  readonly steps: StoredTable | undefined;
}

/** Undefined where only SQL can read them. */
export function countedTables(reader: Reader): CountedTables | undefined {
  const columns = columnNames(reader, "runs");
  if (!columns.has("run_id")) return undefined;
  const { pipelineName, pipelineVersion, status, start } = runColumns;
  const names = [...pipelineName, ...pipelineVersion, ...status, start(columns)];
  const runs = storedTable(reader, "runs", [
    "run_id",
    ...names,
    "end_time",
    "updated_at",
    "total_cost",
    "execution_time_ms",
  ]);
  if (runs === undefined) return undefined;
  if (columnNames(reader, "steps").size === 0) return { runs, steps: undefined };
  const { cost, tokens } = stepColumns;
  const steps = storedTable(reader, "steps", ["run_id", ...cost, ...tokens]);
  return steps && { runs, steps };
}

/** As `eachCountedRun` of all runs, by reading the tables' pages; false where only SQL can. What was visited by then must be thrown away. */
export function scanCountedRuns(reader: Reader, visit: VisitCounted): boolean {
  const { pages } = reader;
  const tables = countedTables(reader);
  if (pages === undefined || tables === undefined) return false;
  return ifReadable(() => {
    const sums = new StepSums(new ByteTable(false), true);
    const { runs, steps } = tables;
    if (steps) scanSteps(reader, pages, steps, leafPages(pages, steps.root), { visit: sums.add });
    scanRuns(reader, pages, runs, leafPages(pages, runs.root), sums, visit);
    return true;
  }, false);
}

/** Visits the runs of some leaves. */
export function scanRuns(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  steps: StepSums,
  visit: VisitCounted,
): void {
  const [id, name, otherName, version, status, start, end, updated, cost, ms] = table.places as readonly [
    ...[number, number, number, number, number],
    ...[number, number, number, number, number],
  ];
  const texts = [new LastText(), new LastText(), new LastText(), new LastText()] as const;
  const times = new Times();
  const visitRow = (row: StoredRow) => {
    const sums = steps.of(row, id);
    if (sums === undefined) return;
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
  };
  scan(reader, pages, table, leaves, { visit: visitRow });
}

/** Visits the steps of some leaves. `leaf` is called after each with the pages on which its rows go on. */
export function scanSteps(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  { visit, leaf }: Pick<Scan, "leaf"> & { readonly visit: (...step: Parameters<StepSums["add"]>) => void },
): void {
  const [id, cost, otherCost, used, otherUsed] = table.places as readonly [
    ...[number, number, number],
    ...[number, number],
  ];
  scan(reader, pages, table, leaves, {
    visit: (row) =>
      visit(
        row,
        id,
        orElse(amountAt(row, cost), () => amountAt(row, otherCost)),
        orElse(amountAt(row, used), () => amountAt(row, otherUsed)),
      ),
    ...(leaf && { leaf }),
  });
}

/** Cost and tokens of the steps of each run, by its number in a table of ids. */
export class StepSums {
  private known = 0;
  private costs = new Float64Array(64);
  private tokens = new Float64Array(64);

  /**
   * @param grows Whether ids that the table does not have are added to it; else such steps are passed by.
   * @param wanted Only steps of these numbers are added up, and only their runs are told of.
   */
  constructor(
    private readonly ids: ByteTable,
    private readonly grows: boolean,
    private readonly wanted?: ReadonlySet<number>,
  ) {}

  /** Adds a step, and gives the number of its run, -1 for an unknown one. */
  readonly add = (row: StoredRow, id: number, cost: number, tokens: number): number => {
    const run = this.numberOf(row, id, this.grows);
    if (run < 0 || this.wanted?.has(run) === false) return run;
    while (run >= this.costs.length) {
      this.costs = doubled(this.costs);
      this.tokens = doubled(this.tokens);
    }
    while (run >= this.known) {
      this.costs[this.known] = Number.NaN;
      this.tokens[this.known] = Number.NaN;
      this.known += 1;
    }
    this.costs[run] = plus(this.costs[run]!, cost);
    this.tokens[run] = plus(this.tokens[run]!, tokens);
    return run;
  };

  /** The sums of the run whose id stands in a row, NaN where there is nothing to add up; undefined for one that is not wanted. */
  of(row: StoredRow, id: number): { readonly cost: number; readonly tokens: number } | undefined {
    const run = this.numberOf(row, id, false);
    if (this.wanted?.has(run) === false) return undefined;
    return run < 0 || run >= this.known ? NOTHING : { cost: this.costs[run]!, tokens: this.tokens[run]! };
  }

  /** The number of the run of a row, -1 for an unknown one. */
  numberOf(row: StoredRow, id: number, grows = false): number {
    const { ids } = this;
    const length = idLength(row, id);
    return grows
      ? ids.idOf(row.bytes, row.view, row.offsets[id]!, length)
      : ids.find(row.bytes, row.view, row.offsets[id]!, length);
  }
}

const NOTHING = { cost: Number.NaN, tokens: Number.NaN };

function scan(
  reader: Reader,
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  { visit, leaf }: Pick<Scan, "visit" | "leaf">,
): void {
  scanTable(pages, leaves, {
    columns: table.columns,
    visit: (row) => {
      if (row.stored < table.leastStored) throw new UnreadableTable("a row older than a column");
      if (!Number.isSafeInteger(row.rowid)) throw new UnreadableTable("a number of a row that is too long");
      visit(row);
    },
    ...(leaf && { leaf }),
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
