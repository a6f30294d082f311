/** Time to space: the span of time a trace covers, where bars lie in it, and the ticks of its ruler. */
import { formatDuration } from "../../src/format/numbers.ts";
import type { Outline, OutlineSpan } from "../../src/protocol/messages.ts";

/** Seconds since the epoch. `to` is always after `from`. */
export interface TimeDomain {
  readonly from: number;
  readonly to: number;
}

/** A bar as fractions of the domain's length. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  /** No end is known: the bar reaches the end of the domain. */
  readonly open: boolean;
}

// A run that wrote nothing for longer was most likely killed: stretching its axis to now would squeeze all bars into a line.
const LIVE_GAP = 3600;
const SHORTEST = 1e-6;

type Timed = Pick<OutlineSpan, "start_time" | "end_time">;

/**
 * The time the outline covers, undefined when no span has a start.
 * A run that is still going reaches to the moment of the snapshot, unless it has been silent for an hour.
 */
export function domainOf(
  outline: Pick<Outline, "run" | "snapshot"> & { spans: readonly Timed[] },
): TimeDomain | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let open = false;
  for (const { start_time: start, end_time: end } of outline.spans) {
    if (isTime(start)) {
      from = Math.min(from, start);
      to = Math.max(to, start);
      open ||= !isTime(end);
    }
    if (isTime(end)) to = Math.max(to, end);
  }
  if (!Number.isFinite(from)) return undefined;
  if (open) {
    const { run, snapshot } = outline;
    if (isTime(run.end_time)) to = Math.max(to, run.end_time);
    else if (run.state === "running" && snapshot.at - to <= LIVE_GAP) to = Math.max(to, snapshot.at);
  }
  return { from, to: Math.max(to, from + SHORTEST) };
}

/** Where a span lies in the domain; undefined without a start. A span that ends before it starts has no width. */
export function barOf(span: Timed, domain: TimeDomain): Bar | undefined {
  if (!isTime(span.start_time)) return undefined;
  const length = domain.to - domain.from;
  const open = !isTime(span.end_time);
  const end = isTime(span.end_time) ? span.end_time : domain.to;
  const left = clamp((span.start_time - domain.from) / length);
  const right = clamp((end - domain.from) / length);
  return { left, width: Math.max(0, right - left), open };
}

/** Seconds from a span's start to its end, or to the end of the domain while it is unfinished. */
export function durationSoFar(
  span: Timed & Pick<OutlineSpan, "duration">,
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

/** Offsets from the start of the domain, in seconds: 0, step, 2 × step, … up to its end. */
export function ticks(length: number, most: number): number[] {
  const step = tickStep(length, most);
  const count = Math.floor(length / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** A tick's label: "0", "200 ms", "1 s". */
export function tickLabel(seconds: number): string {
  return seconds === 0 ? "0" : formatDuration(seconds).replace(/\.0(?= )/, "");
}

function isTime(time: number | null): time is number {
  return time !== null && Number.isFinite(time);
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
