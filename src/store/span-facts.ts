import type { Reader } from "../engine/reader.ts";
import type { State, StatisticsQuery } from "./model.ts";
import { explainFailures, type RowErrors, stateInRun } from "./run-spans.ts";
import type { SpanRows } from "./span-rows.ts";
import { stateOfRun } from "./status.ts";
import { buildTree } from "./tree.ts";

/** What filters and groups of statistics ask about the spans of one run; dear answers are found when they are asked for. */
export class SpanFacts {
  #errors: RowErrors | undefined;
  readonly #runState: State;

  constructor(
    private readonly reader: Reader,
    private readonly run: { readonly run_id: string; readonly status: string },
    private readonly rows: SpanRows,
  ) {
    this.#runState = stateOfRun(run.status);
  }

  state(row: number): State {
    return stateInRun(this.rows.statuses.at(row), !Number.isNaN(this.rows.ends[row]!), this.#runState);
  }

  /** Seconds; NaN while unfinished. A row without a start counts with no duration rather than vanish. */
  duration(row: number): number {
    const end = this.rows.ends[row]!;
    return Number.isNaN(end) ? Number.NaN : end - this.rows.starts[row]! || 0;
  }

  /** Undefined for a span that did not fail. */
  errorType(row: number): string | undefined {
    if (this.state(row) !== "failed") return undefined;
    this.#errors ??= explainFailures(
      this.reader,
      this.run.run_id,
      this.rows,
      Array.from(this.rows.keys, (_, at) => this.state(at)),
      buildTree(this.rows),
    );
    return this.#errors.get(row)?.type;
  }
}

/** The test of a query's filters about single spans, but for the time range. */
export function spanTest(
  facts: SpanFacts,
  { states, names, durationRange, errorTypes }: StatisticsQuery,
  rows: SpanRows,
): (row: number) => boolean {
  const tests: ((row: number) => boolean)[] = [];
  if (states) tests.push((row) => states.includes(facts.state(row)));
  if (names) {
    const wanted = new Set(names);
    tests.push((row) => wanted.has(rows.names.at(row)));
  }
  if (isLimited(durationRange)) {
    const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = durationRange;
    tests.push((row) => facts.duration(row) >= from && facts.duration(row) <= to);
  }
  if (errorTypes) {
    const wanted = new Set(errorTypes);
    tests.push((row) => wanted.has(facts.errorType(row) ?? null));
  }
  return (row) => tests.every((test) => test(row));
}

/** Whether a query asks for some spans of a run only, whatever their time. */
export function filtersSpans({ states, names, durationRange, errorTypes }: StatisticsQuery): boolean {
  return states !== undefined || names !== undefined || errorTypes !== undefined || isLimited(durationRange);
}

function isLimited(
  range: StatisticsQuery["durationRange"],
): range is NonNullable<StatisticsQuery["durationRange"]> {
  return range !== undefined && (range[0] !== undefined || range[1] !== undefined);
}
