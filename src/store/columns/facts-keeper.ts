import type { Pages, PagesMark, Reader } from "../../engine/reader.ts";
import { ifReadable, leafPages } from "../../engine/table-scan.ts";
import type { Lasting } from "../session.ts";
import type { ColumnKeeper } from "./column-keeper.ts";
import type { KnownRuns, RunTable } from "./known-runs.ts";
import { FactCollector, type RunFacts, readRunFacts } from "./run-facts.ts";
import {
  type CountedFigures,
  type CountedTables,
  countedTables,
  StepSums,
  scanRuns,
} from "./scan-counted-runs.ts";
import type { RunColumns, SpanColumns } from "./span-columns.ts";
import { addUpSteps, readStepRanges, type StepRanges, updateStepRanges } from "./step-ranges.ts";

/** When more runs than this have changed, all are read again just as soon. */
const MOST_CHANGED = 5_000;

/** What reports count of runs in a state of the database, with what it takes to bring it up to date. */
interface State {
  readonly facts: RunFacts;
  /** What `lens_runs.row` says of the runs of the columns. */
  readonly rows: RunColumns["row"];
  readonly tables: CountedTables;
  readonly mark: PagesMark | undefined;
  readonly runs: RunTable;
  readonly steps: StepRanges | undefined;
}

/**
 * Keeps what reports count of every run, and brings it up to date from what the log says has changed. As for the columns,
 * what a read made counts only when it is proven.
 */
export class FactsKeeper implements Lasting {
  private last: State | undefined;
  /** What the present read made. */
  private next: State | undefined;
  /** How often all runs were read, for tests. */
  builds = 0;

  constructor(private readonly columnKeeper: ColumnKeeper) {}

  /** @param columns Those that the keeper of the columns gave in the same state of the database. */
  facts(reader: Reader, columns: SpanColumns): RunFacts {
    const kept = this.columnKeeper.kept;
    const runs = kept?.runs;
    const { pages } = reader;
    const tables = countedTables(reader);
    this.next = undefined;
    if (kept !== undefined && runs !== undefined && pages !== undefined && tables !== undefined) {
      const { numbers } = kept;
      const known = { reader, pages, tables, columns, runs, numbers };
      this.next =
        ifReadable(() => this.updated(known), undefined) ?? ifReadable(() => this.built(known), undefined);
    }
    return this.next?.facts ?? readRunFacts(reader, columns);
  }

  /** The read was proven. */
  accept(): void {
    if (this.next !== undefined) this.last = this.next;
    this.next = undefined;
  }

  /** The read was not proven, or failed. */
  reject(): void {
    this.next = undefined;
  }

  private built({ reader, pages, tables, columns, runs, numbers }: Known): State {
    this.last = undefined;
    this.builds += 1;
    const mark = pages.mark?.();
    const sums = new StepSums(runs.runs.ids, false);
    const steps = tables.steps && readStepRanges(reader, pages, tables.steps, sums);
    const facts = new FactCollector(columns, columns.runs.size + otherRows(runs.runs, numbers).length);
    scanRuns(reader, pages, tables.runs, leafPages(pages, tables.runs.root), sums, facts.visit);
    return { facts: facts.result(), rows: columns.runs.row, tables, mark, runs, steps };
  }

  /** Undefined when all must be read again. */
  private updated({ reader, pages, tables, columns, runs, numbers }: Known): State | undefined {
    const { last } = this;
    if (last?.mark === undefined || last.runs !== runs) return undefined;
    if (JSON.stringify(last.tables) !== JSON.stringify(tables)) return undefined;
    const changed = pages.changedSince?.(last.mark);
    if (changed === undefined) return undefined;
    const mark = pages.mark?.();
    const affected = runs.numbersOn(changed);
    const affect = (run: number) => affected.add(run).size <= MOST_CHANGED;
    const sums = new StepSums(runs.runs.ids, false, affected);
    const steps =
      tables.steps &&
      last.steps &&
      updateStepRanges(reader, pages, tables.steps, sums, last.steps, changed, affect);
    if ((tables.steps !== undefined && steps === undefined) || affected.size > MOST_CHANGED) return undefined;
    const some = Uint32Array.from(affected).sort();
    if (tables.steps && steps) addUpSteps(reader, pages, tables.steps, sums, steps, some);
    const fresh = new Map<number, CountedFigures>();
    scanRuns(reader, pages, tables.runs, pagesOf(runs.runs, some), sums, (run, row) => fresh.set(row, run));
    const others = otherRows(runs.runs, numbers);
    const facts = new FactCollector(columns, columns.runs.size + others.length);
    if (!facts.copy(last.facts, last.rows, others, fresh)) return undefined;
    return { facts: facts.result(), rows: columns.runs.row, tables, mark, runs, steps };
  }
}

interface Known {
  readonly reader: Reader;
  readonly pages: Pages;
  readonly tables: CountedTables;
  readonly columns: SpanColumns;
  readonly runs: RunTable;
  /** Of each run of the columns its number among the known ones. */
  readonly numbers: Int32Array;
}

/** The pages on which some runs stand, ascending. */
function pagesOf(runs: KnownRuns, some: Uint32Array): Uint32Array {
  const pages = new Set<number>();
  for (const run of some) if (runs.has(run)) pages.add(runs.page[run]!);
  return Uint32Array.from(pages).sort();
}

/** Rows of the runs that have no spans, ascending. */
function otherRows(runs: KnownRuns, numbers: Int32Array): number[] {
  const hasSpans = new Uint8Array(runs.ids.size);
  for (const number of numbers) hasSpans[number] = 1;
  const others: number[] = [];
  for (let number = 0; number < runs.ids.size; number += 1)
    if (hasSpans[number] === 0 && runs.has(number)) others.push(runs.row.get(number));
  return others.sort((a, b) => a - b);
}
