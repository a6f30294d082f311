import { createHash } from "node:crypto";
import { stateOfRun } from "../store/status.ts";
import type { Remarks } from "./report.ts";

/** A span on its way into a file. `parent` is an index into the same list, -1 at the top. */
export interface SpanToSave {
  readonly span_id: string;
  readonly parent: number;
  /** The parent's id as the source names it: known also where that parent is not there. */
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly status: string;
  /** Seconds since the epoch; null or not finite while unknown. */
  readonly start_time: number | null;
  readonly end_time: number | null;
  /** JSON text, or what was stored. */
  readonly attributes: string | null;
}

/** A row of `spans`, as the schema wants it. */
export interface SpanRow {
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly status: string;
  readonly attributes: string;
}

/**
 * Rows for the spans of a run, in the same order. What the schema cannot hold is mended and remarked on: a missing id, an
 * id that another span has, a parent that is not there, a missing start.
 * @param isTaken Whether a span that was saved before has this id.
 */
export function spanRows(
  runId: string,
  spans: readonly SpanToSave[],
  isTaken: (spanId: string) => boolean,
  remarks: Remarks,
): SpanRow[] {
  const ids = newIds(runId, spans, isTaken, remarks);
  const given = new Set(spans.map(({ span_id }) => span_id));
  const starts = spans.map(({ start_time }) => finite(start_time));
  const start = (index: number): number => {
    // Parents that begin nowhere themselves are looked past, and a loop ends at its first span.
    const seen = new Set<number>();
    for (let at = index; at >= 0 && !seen.has(at); at = spans[at]!.parent) {
      const known = starts[at];
      if (known !== null && known !== undefined) return known;
      seen.add(at);
    }
    return finite(spans[index]!.end_time) ?? 0;
  };
  return spans.map((span, index) => {
    const remark = (reason: string) => remarks.mend({ run_id: runId, span_id: span.span_id, reason });
    if (starts[index] === null) remark("It has no start; it was given its parent's, or its own end.");
    const end = finite(span.end_time);
    const begin = start(index);
    if (end !== null && end < begin) remark("It ends before it starts; both times were kept.");
    if (span.parent < 0 && span.parent_span_id !== null) {
      remark(
        given.has(span.parent_span_id)
          ? "It is its own ancestor; it was put at the top."
          : `Its parent ${span.parent_span_id} is not there; it was put at the top.`,
      );
    }
    const status = span.status === "" ? "unknown" : span.status;
    if (stateOfRun(status) === "unknown" && status !== "unknown") {
      remark(`Its status "${status}" is none of flujo's; it was kept.`);
    }
    return {
      span_id: ids[index]!,
      parent_span_id: span.parent < 0 ? null : ids[span.parent]!,
      name: span.name,
      start_time: begin,
      end_time: end,
      status,
      // flujo itself always writes an object, and cannot read a trace in which there is none.
      attributes: span.attributes ?? "{}",
    };
  });
}

function newIds(
  runId: string,
  spans: readonly SpanToSave[],
  isTaken: (spanId: string) => boolean,
  remarks: Remarks,
): string[] {
  const here = new Set<string>();
  return spans.map(({ span_id }, index) => {
    let id = span_id;
    if (id === "" || here.has(id) || isTaken(id)) {
      let turn = index;
      do {
        id = idFrom(`${runId} ${span_id} ${turn}`);
        turn += spans.length;
      } while (here.has(id) || isTaken(id));
      const reason = span_id === "" ? "It has no id" : "Another span has the same id";
      remarks.mend({ run_id: runId, span_id, reason: `${reason}; it was given the id ${id}.` });
    }
    here.add(id);
    return id;
  });
}

/** The same id for the same text, in the form of flujo's own. */
function idFrom(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join("-");
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
