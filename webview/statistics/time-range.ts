/** Time ranges to choose from, and what they mean in seconds since the epoch. */

export const rangeNames = ["all", "hour", "day", "week", "month", "custom"] as const;
export type RangeName = (typeof rangeNames)[number];

const LENGTHS = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;

export type ResolvedRange =
  | { readonly kind: "range"; readonly from?: number | undefined; readonly to?: number | undefined }
  | { readonly kind: "invalid" };

export function isRangeName(text: string): text is RangeName {
  return rangeNames.some((name) => name === text);
}

/**
 * The ends of a range. `from` and `to` are what date fields hold ("2025-10-01T08:00", local time), used by "custom" only;
 * an empty one leaves its end open.
 */
export function resolveRange(name: RangeName, from: string, to: string, now: number): ResolvedRange {
  if (name === "all") return { kind: "range" };
  if (name !== "custom") return { kind: "range", from: now - LENGTHS[name] };
  const [start, end] = [secondsOf(from), secondsOf(to)];
  if (Number.isNaN(start) || Number.isNaN(end)) return { kind: "invalid" };
  if (start !== undefined && end !== undefined && end < start) return { kind: "invalid" };
  return { kind: "range", from: start, to: end };
}

function secondsOf(field: string): number | undefined {
  return field === "" ? undefined : new Date(field).getTime() / 1000;
}
