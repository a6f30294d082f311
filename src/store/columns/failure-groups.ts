import type { Reader } from "../../engine/reader.ts";
import { deepestError } from "../deepest-errors.ts";
import { groupsInOrder, MESSAGE } from "../error-groups.ts";
import type { ErrorGroup, SpanError, StatisticsQuery } from "../model.ts";
import { readToldErrors } from "../run-spans.ts";
import { errorFromAttributes } from "../span-error.ts";
import { isFailedSql } from "../status.ts";
import { asText, parseAttributes } from "../values.ts";
import { eachRun, runOf, select, takes } from "./selection.ts";
import type { FailureColumns, SpanColumns } from "./span-columns.ts";
import { keyOf, runIdOf } from "./span-identity.ts";

/** As `ErrorGroups` finds them, from columns: the newest failure of each kind is read for its message. */
export function failureGroups(
  reader: Reader,
  columns: SpanColumns,
  failures: FailureColumns,
  query: StatisticsQuery,
): ErrorGroup[] {
  const { start, name } = columns;
  const { span: spans, kind: kinds, fingerprints } = failures;
  const time = (span: number) => (Number.isNaN(start[span]!) ? 0 : start[span]!);
  const counts = new Uint32Array(fingerprints.length);
  const newest = new Uint32Array(fingerprints.length);
  /** Kinds in the order in which they were met. */
  const met: number[] = [];
  /** How often names occur, by kind. */
  const names: Map<number, number>[] = [];
  eachFailure(columns, failures, query, (at) => {
    const span = spans[at]!;
    const kind = kinds[at]!;
    if (counts[kind] === 0) {
      met.push(kind);
      names[kind] = new Map();
    }
    if (counts[kind] === 0 || time(span) >= time(newest[kind]!)) newest[kind] = span;
    counts[kind]! += 1;
    const ofKind = names[kind]!;
    ofKind.set(name[span]!, (ofKind.get(name[span]!) ?? 0) + 1);
  });
  return groupsInOrder(
    met.map((kind) => {
      const span = newest[kind]!;
      const run = runOf(columns.runs.first, span);
      const run_id = runIdOf(reader, columns, run);
      const key = keyOf(reader, columns, run, span);
      const error = readError(reader, run_id, key);
      return {
        newest: {
          fingerprint: fingerprints[kind]!,
          error_type: error.type,
          message: error.message.slice(0, MESSAGE),
          last_time: Number.isNaN(start[span]!) ? null : start[span]!,
          last_run_id: run_id,
          last_key: key,
        },
        count: counts[kind]!,
        names: new Map(Array.from(names[kind]!, ([one, count]) => [columns.names[one]!, count])),
      };
    }),
  );
}

/** Visits the deepest failures that a query takes, finished or not. `at` is the place in `failures`. */
export function eachFailure(
  columns: SpanColumns,
  failures: FailureColumns,
  query: StatisticsQuery,
  visit: (at: number) => void,
): void {
  const selection = select(columns, query);
  const { span } = failures;
  let at = 0;
  eachRun(columns, selection, (run, first, end) => {
    while (at < span.length && span[at]! < first) at += 1;
    for (; at < span.length && span[at]! < end; at += 1)
      if (takes(columns, selection, run, span[at]!)) visit(at);
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
