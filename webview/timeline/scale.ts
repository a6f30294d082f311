/** The stretch of time that a trace covers, and the ticks of its ruler. */
import { formatDuration } from "../../src/format/numbers.ts";
import type { OutlineSpan } from "../../src/protocol/messages.ts";
import type { RunOutline, SpanTable } from "./span-table.ts";

/** Seconds since the epoch. `to` is always after `from`. */
export interface TimeDomain {
  readonly from: number;
  readonly to: number;
}

// A run that wrote nothing for longer was most likely killed: stretching its axis to now would squeeze all bars into a line.
const LIVE_GAP = 3600;
const SHORTEST = 1e-6;

/**
 * The time the outline covers, undefined when no span has a start.
 * A run that is still going reaches to the moment of the snapshot, unless it has been silent for an hour.
 */
export function domainOf({ run, snapshot, spans }: DomainInput): TimeDomain | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let open = false;
  for (let index = 0; index < spans.length; index++) {
    const start = spans.starts[index]!;
    const end = spans.ends[index]!;
    if (Number.isFinite(start)) {
      if (start < from) from = start;
      if (start > to) to = start;
      if (!Number.isFinite(end)) open = true;
    }
    if (Number.isFinite(end) && end > to) to = end;
  }
  if (!Number.isFinite(from)) return undefined;
  from += spans.origin;
  to += spans.origin;
  if (open) {
    if (run.end_time !== null) to = Math.max(to, run.end_time);
    else if (run.state === "running" && snapshot.at - to <= LIVE_GAP) to = Math.max(to, snapshot.at);
  }
  return { from, to: Math.max(to, from + SHORTEST) };
}

interface DomainInput extends Pick<RunOutline, "snapshot"> {
  readonly run: Pick<RunOutline["run"], "end_time" | "state">;
  readonly spans: Pick<SpanTable, "length" | "starts" | "ends" | "origin">;
}

/** Seconds from a span's start to its end, or to the end of the domain while it is unfinished. */
export function durationSoFar(
  span: Pick<OutlineSpan, "start_time" | "end_time" | "duration">,
  domain: TimeDomain | undefined,
): number | null {
  if (span.duration !== null) return span.duration;
  if (domain === undefined || !isTime(span.start_time) || isTime(span.end_time)) return null;
  return domain.to - span.start_time;
}

const STEPS = [
  ...[-6, -5, -4, -3, -2, -1, 0].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)),
  ...[10, 20, 30],
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60),
  ...[1, 2, 6, 12].map((hours) => hours * 3600),
];
const DAY = 86_400;

/** The smallest step people can read (1, 2 or 5, then minutes, hours and days) that gives at most `most` steps in `length` seconds. */
export function tickStep(length: number, most: number): number {
  const atLeast = length / Math.max(1, most);
  const step = STEPS.find((candidate) => candidate >= atLeast * (1 - 1e-9));
  if (step !== undefined) return step;
  const days = atLeast / DAY;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, days)));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= days * (1 - 1e-9)) ?? 10;
  return digit * power * DAY;
}

/** A tick's label: "0", "200 ms", "1 s". */
export function tickLabel(seconds: number): string {
  return seconds === 0 ? "0" : formatDuration(seconds).replace(/\.0(?= )/, "");
}

function isTime(time: number | null): time is number {
  return time !== null && Number.isFinite(time);
}
