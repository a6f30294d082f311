/** The ruler over a stretch of a run's time: readable from microseconds to days, however far in. */
import { tickLabel, tickStep } from "./scale.ts";
import { type TimeScale, xOf } from "./time-view.ts";

export interface Tick {
  /** Pixels. */
  readonly x: number;
  readonly label: string;
}

export interface Ruler {
  readonly ticks: readonly Tick[];
  /** The time that labels with a "+" count from, when times from the start of the run would all read the same. */
  readonly anchor: string | undefined;
}

/** Pixels that a tick and its label want. */
const TICK_WIDTH = 76;

export function ruler(scale: TimeScale): Ruler {
  const { from, to } = scale.view;
  const step = tickStep(to - from, Math.max(3, Math.round(scale.width / TICK_WIDTH)));
  const first = Math.ceil(from / step - 1e-6);
  const times: number[] = [];
  for (let at = first; at * step <= to; at++) times.push(at * step);
  const labels = times.map(tickLabel);
  const plain = labels.every((label, place) => label !== labels[place - 1]);
  if (plain)
    return {
      ticks: times.map((time, at) => ({ x: xOf(scale, time), label: labels[at]! })),
      anchor: undefined,
    };
  const start = times[0]!;
  const sign = start > 0 ? "+" : "";
  return {
    ticks: times.map((time, at) => ({ x: xOf(scale, time), label: `${sign}${exactOffset(at * step)}` })),
    anchor: start > 0 ? exactOffset(start) : undefined,
  };
}

const PARTS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
] as const;

/** A time to the microsecond: "2 min 3 s 500 ms 1 µs". */
export function exactOffset(seconds: number): string {
  let rest = Math.round(seconds * 1e6);
  const parts: string[] = [];
  for (const [size, unit] of PARTS) {
    const micros = Math.round(size * 1e6);
    const count = Math.floor(rest / micros);
    rest -= count * micros;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ") || "0";
}
