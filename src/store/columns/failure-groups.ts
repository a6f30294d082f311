import type { Reader } from "../../engine/reader.ts";
import { deepestError } from "../deepest-errors.ts";
import { groupsInOrder, MESSAGE } from "../error-groups.ts";
import type { ErrorGroup, SpanError, StatisticsQuery } from "../model.ts";
import { readToldErrors } from "../run-spans.ts";
import { errorFromAttributes } from "../span-error.ts";
import { isFailedSql } from "../status.ts";
import { asText, parseAttributes } from "../values.ts";
import { eachRun, select, takes } from "./selection.ts";
import type { FailureColumns, SpanColumns } from "./span-columns.ts";
import { keyOf, runIdOf } from "./span-identity.ts";

interface Group {
  newest: number;
  newestRun: number;
  count: number;
  /** By number of name. */
  readonly names: Map<number, number>;
}

/** As `ErrorGroups` finds them, from columns: the newest failure of each kind is read for its message. */
export function failureGroups(
  reader: Reader,
  columns: SpanColumns,
  failures: FailureColumns,
  query: StatisticsQuery,
): ErrorGroup[] {
  const groups = new Map<number, Group>();
  const { start } = columns;
  const time = (span: number) => (Number.isNaN(start[span]!) ? 0 : start[span]!);
  eachFailure(columns, failures, query, (at, run) => {
    const span = failures.span[at]!;
    const kind = failures.kind[at]!;
    const group = groups.get(kind) ?? { newest: span, newestRun: run, count: 0, names: new Map() };
    groups.set(kind, group);
    if (time(span) >= time(group.newest)) {
      group.newest = span;
      group.newestRun = run;
    }
    group.count += 1;
    const name = columns.name[span]!;
    group.names.set(name, (group.names.get(name) ?? 0) + 1);
  });
  return groupsInOrder(
    Array.from(groups, ([kind, { newest, newestRun, count, names }]) => {
      const run_id = runIdOf(reader, columns, newestRun);
      const key = keyOf(reader, columns, newestRun, newest);
      const error = readError(reader, run_id, key);
      return {
        newest: {
          fingerprint: failures.fingerprints[kind]!,
          error_type: error.type,
          message: error.message.slice(0, MESSAGE),
          last_time: Number.isNaN(start[newest]!) ? null : start[newest]!,
          last_run_id: run_id,
          last_key: key,
        },
        count,
        names: new Map(Array.from(names, ([name, some]) => [columns.names[name]!, some])),
      };
    }),
  );
}

/** Visits the deepest failures that a query takes, finished or not. `at` is the place in `failures`. */
export function eachFailure(
  columns: SpanColumns,
  failures: FailureColumns,
  query: StatisticsQuery,
  visit: (at: number, run: number) => void,
): void {
  const selection = select(columns, query);
  const { span } = failures;
  let at = 0;
  eachRun(columns, selection, (run, first, end, all) => {
    while (at < span.length && span[at]! < first) at += 1;
    for (; at < span.length && span[at]! < end; at += 1)
      if (all || takes(columns, selection, run, span[at]!)) visit(at, run);
  });
}

function readError(reader: Reader, runId: string, key: number): SpanError {
  const row = reader.get<{ name: string | null; attributes: string | null }>(
    `SELECT name, CASE WHEN ${isFailedSql("status")} THEN attributes END AS attributes FROM lens_spans WHERE key = ?`,
    [key],
  );
  const text = asText(row?.attributes ?? null);
  const own = text === null ? undefined : errorFromAttributes(parseAttributes(text));
  return deepestError(own, asText(row?.name ?? null) ?? "", () => readToldErrors(reader, runId));
}
