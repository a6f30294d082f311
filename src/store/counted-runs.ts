import type { Reader } from "../engine/reader.ts";
import type { CountedRunItem, CountedRunsQuery } from "./model.ts";
import { type CountedRun, eachCountedRun } from "./run-figures.ts";
import { orNull } from "./run-spans.ts";
import { filtersSpans } from "./span-facts.ts";
import { passOverSpans, within } from "./span-pass.ts";

/** The runs that a report of the same query counts, newest first. */
export function findCountedRuns(reader: Reader, query: CountedRunsQuery): CountedRunItem[] {
  const holding = filtersSpans(query) ? runsHolding(reader, query) : undefined;
  const found: { readonly run: CountedRun; readonly row: number }[] = [];
  eachCountedRun(reader, query, (run, row) => {
    const { run_id, start, state, duration } = run;
    if (
      within(start, query.timeRange) &&
      (holding?.has(run_id) ?? true) &&
      (query.runStates?.includes(state) ?? true) &&
      (query.atLeast === undefined || duration >= query.atLeast)
    )
      found.push({ run, row });
  });
  return found
    .sort((a, b) => (b.run.start || 0) - (a.run.start || 0) || b.row - a.row)
    .map(({ run: { start, duration, tokens: _, ...run } }) => ({
      ...run,
      start_time: orNull(start),
      duration: orNull(duration),
    }));
}

/** Ids of the runs with a span that the query's filters take, whatever its time. */
function runsHolding(reader: Reader, query: CountedRunsQuery): Set<string> {
  let holding = new Set<string>();
  passOverSpans(
    reader,
    query,
    ({ run, rows, takes }) => {
      if (rows.keys.some((_, row) => takes(row))) holding.add(run.run_id);
    },
    () => {
      holding = new Set();
    },
  );
  return holding;
}
