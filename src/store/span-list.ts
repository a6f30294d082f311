import type { Reader } from "../engine/reader.ts";
import { eachDeepestError, errorFingerprint } from "./deepest-errors.ts";
import type { ListedSpan, SpanListQuery } from "./model.ts";
import { outlineSpan, type RunSpans, rowOfKey } from "./run-spans.ts";
import { type PassedRun, passOverSpans } from "./span-pass.ts";

/** Spans of a list that are kept, the newest ones: nobody reads on beyond them, and memory stays bounded. */
export const REACHABLE = 100_000;

interface Place extends ListPlace {
  /** Seconds since the epoch; -Infinity where unknown. */
  readonly start: number;
}

/** Where a span of a list stands. */
export interface ListPlace {
  readonly run: string;
  readonly key: number;
}

/** All places of a list, newest first, of which pages are cut. */
export interface SpanPlaces {
  readonly total: number;
  readonly reachable: number;
  page(reader: Reader, offset: number, limit: number): readonly ListPlace[];
}

/** Finds the spans of a list in one pass over the query's runs. */
export function findSpans(reader: Reader, query: SpanListQuery): SpanPlaces {
  let places: Place[] = [];
  let total = 0;
  const cut = () => {
    places.sort(newestFirst);
    places.length = Math.min(places.length, REACHABLE);
  };
  passOverSpans(
    reader,
    query,
    (passed) => {
      const { keys, ends } = passed.rows;
      const ofGroup =
        query.fingerprint === undefined ? undefined : rowsOfGroup(reader, passed, query.fingerprint);
      for (let row = 0; row < keys.length; row += 1) {
        if (ofGroup) {
          if (!ofGroup.has(row)) continue;
        } else if (Number.isNaN(ends[row]!) !== (query.unfinished ?? false)) continue;
        if (!passed.inRange(row) || !passed.takes(row)) continue;
        const start = passed.wallStart(row);
        places.push({
          run: passed.run.run_id,
          key: keys[row]!,
          start: Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start,
        });
        total += 1;
      }
      if (places.length > 2 * REACHABLE) cut();
    },
    () => {
      places = [];
      total = 0;
    },
  );
  cut();
  return {
    total,
    reachable: places.length,
    page: (_, offset, limit) => places.slice(offset, offset + limit),
  };
}

/** Rows of the deepest failed spans whose errors look alike. */
function rowsOfGroup(reader: Reader, passed: PassedRun, fingerprint: string): Set<number> {
  const rows = new Set<number>();
  eachDeepestError(reader, passed, (row, error) => {
    if (errorFingerprint(error) === fingerprint) rows.add(row);
  });
  return rows;
}

function newestFirst(a: Place, b: Place): number {
  if (a.start !== b.start) return b.start < a.start ? -1 : 1;
  if (a.key !== b.key) return b.key - a.key;
  return a.run < b.run ? -1 : 1;
}

/** Spans of one page, with everything about them. `spansOf` gives a run's spans by its id. */
export function listedSpans(
  places: readonly ListPlace[],
  spansOf: (runId: string) => RunSpans,
): ListedSpan[] {
  return places.map(({ run, key }) => {
    const spans = spansOf(run);
    const { span_id, name, state, start_time, duration, error } = outlineSpan(
      spans,
      rowOfKey(spans, key)!,
      -1,
    );
    const { pipeline_name } = spans.run;
    return {
      run_id: run,
      pipeline_name,
      key,
      span_id,
      name,
      state,
      start_time,
      duration,
      ...(error && { error }),
    };
  });
}
