import type { SpanNode } from "../store/model.ts";
import { type ExportedRun, errorOf } from "./exported.ts";

/**
 * Runs as Chrome trace events, which Perfetto, speedscope and Chrome open: each is a process. Times are microseconds since
 * the epoch.
 * Events of one track must nest, so children that overlap in time get tracks of their own.
 */
export function chromeShape(runs: readonly ExportedRun[]): unknown {
  return { displayTimeUnit: "ms", traceEvents: allEvents(runs) };
}

function* allEvents(runs: readonly ExportedRun[]): Generator<unknown> {
  for (const [at, exported] of runs.entries()) yield* events(exported, at + 1);
}

function* events({ run, roots, spans }: ExportedRun, pid: number): Generator<unknown> {
  const process = { pid, tid: 0 };
  yield { ph: "M", name: "process_name", ...process, args: { name: `${run.pipeline_name} ${run.run_id}` } };
  const last = lastMoment(spans);
  const tracks = assignTracks(roots, last);
  for (const span of spans) {
    if (span.start_time === null) continue;
    const error = errorOf(span);
    yield {
      ph: "X",
      name: span.name,
      cat: span.status,
      pid,
      tid: tracks.get(span) ?? 0,
      ts: microseconds(span.start_time),
      dur: Math.max(0, microseconds(endOf(span, last)) - microseconds(span.start_time)),
      cname: error ? "terrible" : undefined,
      args: {
        span_id: span.span_id,
        status: span.status,
        unfinished: span.end_time === null ? true : undefined,
        error_type: error?.type,
        error_message: error?.message,
        attributes: span.attributes,
      },
    };
  }
}

/** Tracks looked through for a free one; past them every overlapping span gets its own. */
const TRIED_TRACKS = 256;

/** The track of every span: its parent's when the siblings before it have ended there, else the first that is free. */
function assignTracks(roots: readonly SpanNode[], last: number): ReadonlyMap<SpanNode, number> {
  const tracks = new Map<SpanNode, number>();
  /** From when each track is free again. Track 0 is the roots', and their children's who fit into them. */
  const freeFrom = [Number.POSITIVE_INFINITY];
  const open: { span: SpanNode; parent: SpanNode | undefined }[] = [];
  const push = (spans: readonly SpanNode[], parent: SpanNode | undefined) => {
    for (let at = spans.length - 1; at >= 0; at -= 1) open.push({ span: spans[at]!, parent });
  };
  /** End of the latest child laid into its parent's own track. */
  const taken = new Map<SpanNode | undefined, number>();
  push(roots, undefined);
  while (open.length > 0) {
    const { span, parent } = open.pop()!;
    const start = span.start_time ?? Number.NEGATIVE_INFINITY;
    const end = endOf(span, last);
    const home = parent === undefined ? 0 : tracks.get(parent)!;
    const insideParent =
      parent === undefined || (start >= (parent.start_time ?? start) && end <= endOf(parent, last));
    let track = home;
    if (insideParent && start >= (taken.get(parent) ?? Number.NEGATIVE_INFINITY)) {
      taken.set(parent, end);
    } else {
      track = freeFrom.slice(0, TRIED_TRACKS).findIndex((free) => free <= start);
      if (track < 0) track = freeFrom.length;
      freeFrom[track] = end;
    }
    tracks.set(span, track);
    push(span.children, span);
  }
  return tracks;
}

function endOf(span: SpanNode, last: number): number {
  return Math.max(span.start_time ?? last, span.end_time ?? last);
}

function lastMoment(spans: readonly SpanNode[]): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { start_time, end_time } of spans) last = Math.max(last, start_time ?? last, end_time ?? last);
  return last;
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6);
}
