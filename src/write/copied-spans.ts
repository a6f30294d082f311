import type { Reader } from "../engine/reader.ts";
import { anchor, earliestMonotonic, toWallClock } from "../store/clock.ts";
import type { RunFacts } from "../store/runs.ts";
import { namedParents } from "../store/span-ids.ts";
import { linkSpans } from "../store/tree.ts";
import { asNumber, asText } from "../store/values.ts";
import type { SpanToSave } from "./span-rows.ts";

/** A run's spans in the order of their rows, times on the wall clock; without attributes, which {@link eachAttributes} reads. */
export function spansToCopy(
  reader: Reader,
  { run_id, start_time }: Pick<RunFacts, "run_id" | "start_time">,
): SpanToSave[] {
  const ids: string[] = [];
  const parents: (string | null)[] = [];
  const names: string[] = [];
  const statuses: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const sql = `SELECT span_id, parent_span_id, name, status, start_raw, end_raw
    FROM lens_spans WHERE run_id = ? ORDER BY key`;
  reader.each(sql, [run_id], ([id, parent, name, status, start, end]) => {
    ids.push(asText(id) ?? "");
    parents.push(asText(parent));
    names.push(asText(name) ?? "");
    statuses.push(asText(status) ?? "unknown");
    starts.push(asNumber(start) ?? Number.NaN);
    ends.push(asNumber(end) ?? Number.NaN);
  });
  const { parent } = linkSpans({ ids: namedParents(ids, parents), starts });
  const offset = anchor(earliestMonotonic(starts), start_time);
  return ids.map((span_id, row) => ({
    span_id,
    parent: parent[row]!,
    parent_span_id: parents[row]!,
    name: names[row]!,
    status: statuses[row]!,
    start_time: toWallClock(starts[row]!, offset),
    end_time: toWallClock(ends[row]!, offset),
    attributes: null,
  }));
}

/** Visits the attributes of the run's spans with their places in {@link spansToCopy}. */
export function eachAttributes(
  reader: Reader,
  runId: string,
  visit: (at: number, attributes: string) => void,
): void {
  let at = 0;
  reader.each("SELECT attributes FROM lens_spans WHERE run_id = ? ORDER BY key", [runId], ([text]) => {
    // flujo itself always writes an object, and cannot read a trace in which there is none.
    visit(at, asText(text) ?? "{}");
    at += 1;
  });
}
