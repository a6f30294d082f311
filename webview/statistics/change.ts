/** How a figure differs from an earlier or another one, in words. */
import { formatCount, formatPercent } from "../../src/format/numbers.ts";
import { strings } from "../strings.ts";

export type FigureKind = "count" | "failures" | "share" | "duration" | "cost" | "tokens";

export interface Change {
  readonly direction: "up" | "down" | "same";
  /** Whether that is good news; undefined for figures that are neither. */
  readonly mood: "better" | "worse" | undefined;
  /** "12 % slower". */
  readonly text: string;
}

/** Smaller changes are noise. */
const LEAST_SHARE = 0.0005;
const LEAST_RATIO = 0.005;

/** From `before` to `now`; undefined when either is not known. */
export function changeOf(
  now: number | null | undefined,
  before: number | null | undefined,
  kind: FigureKind,
): Change | undefined {
  if (now === null || now === undefined || before === null || before === undefined) return undefined;
  const difference = now - before;
  const same =
    kind === "share"
      ? Math.abs(difference) < LEAST_SHARE
      : Math.abs(difference) <= LEAST_RATIO * Math.abs(before);
  if (same) return { direction: "same", mood: undefined, text: strings.asBefore };
  const direction = difference > 0 ? "up" : "down";
  const lessIsBetter = kind !== "count" && kind !== "tokens";
  const mood = lessIsBetter ? (difference < 0 ? "better" : "worse") : undefined;
  return { direction, mood, text: words(kind, difference, before) };
}

function words(kind: FigureKind, difference: number, before: number): string {
  const more = difference > 0;
  if (kind === "share") {
    const points = (Math.abs(difference) * 100).toFixed(1);
    return more ? strings.pointsMore(points) : strings.pointsLess(points);
  }
  if (before === 0) return strings.noneBefore;
  const ratio = Math.abs(difference) / Math.abs(before);
  const size = ratio >= 10 ? `${formatCount(ratio + (more ? 1 : 0))}×` : formatPercent(ratio);
  switch (kind) {
    case "duration":
      return more ? strings.slower(size) : strings.faster(size);
    case "cost":
      return more ? strings.dearer(size) : strings.cheaper(size);
    default:
      return more ? strings.moreThan(size) : strings.lessThan(size);
  }
}
