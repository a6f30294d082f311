import type { Reader } from "../../engine/reader.ts";
import type { CountedRunItem, CountedRunsQuery, SpanListQuery } from "../model.ts";
import { orNull } from "../run-spans.ts";
import { filtersSpans } from "../span-facts.ts";
import { REACHABLE, type SpanPlaces } from "../span-list.ts";
import { within } from "../span-pass.ts";
import { asText } from "../values.ts";
import { Chosen } from "./chosen-spans.ts";
import { eachFailure } from "./failure-groups.ts";
import { type NewestFirst, newestFirst } from "./newest-first.ts";
import { runsHolding } from "./report-spans.ts";
import { pipelineOf, type RunFacts, runStates, runsAsked, versionOf } from "./run-facts.ts";
import { eachRun, runOf, select, takes } from "./selection.ts";
import type { FailureColumns, SpanColumns } from "./span-columns.ts";
import { keyOf, runIdOf } from "./span-identity.ts";

/** As `findSpans`, from columns. */
export function columnSpans(
  columns: SpanColumns & { readonly failures: FailureColumns },
  query: SpanListQuery,
): SpanPlaces {
  const { start } = columns;
  const each =
    query.fingerprint === undefined
      ? (visit: (span: number) => void) => eachTaken(columns, query, visit)
      : (visit: (span: number) => void) => eachOfKind(columns, query, query.fingerprint!, visit);
  const { indices, total } = newestFirst(start, each, REACHABLE);
  return {
    total,
    reachable: indices.length,
    page: (reader, offset, limit) =>
      Array.from(indices.subarray(offset, offset + limit), (span) => {
        const run = runOf(columns.runs.first, span);
        return { run: runIdOf(reader, columns, run), key: keyOf(reader, columns, run, span) };
      }),
  };
}

function eachTaken(columns: SpanColumns, query: SpanListQuery, visit: (span: number) => void): void {
  const selection = select(columns, query);
  const { duration } = columns;
  const unfinished = query.unfinished ?? false;
  eachRun(columns, selection, (run, first, end) => {
    for (let span = first; span < end; span += 1)
      if (Number.isNaN(duration[span]!) === unfinished && takes(columns, selection, run, span)) visit(span);
  });
}

function eachOfKind(
  columns: SpanColumns & { readonly failures: FailureColumns },
  query: SpanListQuery,
  fingerprint: string,
  visit: (span: number) => void,
): void {
  const { failures } = columns;
  const kind = failures.fingerprints.indexOf(fingerprint);
  // Failures of a run do not stand in the order of its spans.
  const found: number[] = [];
  eachFailure(columns, failures, query, (at) => {
    if (failures.kind[at] === kind) found.push(failures.span[at]!);
  });
  for (const span of found) visit(span);
}

/** As `findCountedRuns`, from columns. */
export function columnRuns(columns: SpanColumns, facts: RunFacts, query: CountedRunsQuery): NewestFirst {
  const { start, state, duration, size } = facts;
  const asked = runsAsked(columns, facts, query);
  const holding = filtersSpans(query)
    ? runsHolding(columns, new Chosen(columns, select(columns, query)))
    : undefined;
  const states = query.runStates && runStates.map((one) => query.runStates!.includes(one));
  const isCounted = (run: number) =>
    asked[run] === 1 &&
    within(start[run]!, query.timeRange) &&
    (holding === undefined || holding[run] === 1) &&
    (states === undefined || states[state[run]!] === true) &&
    (query.atLeast === undefined || duration[run]! >= query.atLeast);
  return newestFirst(
    start,
    (visit) => {
      for (let run = 0; run < size; run += 1) if (isCounted(run)) visit(run);
    },
    size,
  );
}

/** One of the runs as a list shows it. */
export function columnRun(
  reader: Reader,
  columns: SpanColumns,
  facts: RunFacts,
  run: number,
): CountedRunItem {
  const { pipelines, versions, size } = columns.runs;
  return {
    run_id: run < size ? runIdOf(reader, columns, run) : runIdOfRow(reader, facts.others.row[run - size]!),
    pipeline_name: pipelines[pipelineOf(columns, facts, run)]!,
    pipeline_version: versions[versionOf(columns, facts, run)]!,
    state: runStates[facts.state[run]!]!,
    start_time: orNull(facts.start[run]!),
    duration: orNull(facts.duration[run]!),
    cost: orNull(facts.cost[run]!),
  };
}

function runIdOfRow(reader: Reader, row: number): string {
  const found = reader.get<{ run_id: string | null }>("SELECT run_id FROM lens_runs WHERE row = ?", [row]);
  return asText(found?.run_id ?? null) ?? "";
}
