/** Durations as people type them. */

export type ParsedDuration =
  | { readonly kind: "empty" }
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "invalid" };

const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};

const PART = /\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*([a-zµμ]+)/gy;

/**
 * Reads "200ms", "2 s", "1.5 min" or "1 h 5 min". A number needs a unit, but 0 does not:
 * a bare number would be read as seconds by some and as milliseconds by others.
 */
export function parseDuration(text: string): ParsedDuration {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "") return { kind: "empty" };
  if (trimmed === "0") return { kind: "duration", seconds: 0 };
  let seconds = 0;
  let end = 0;
  for (const part of trimmed.matchAll(PART)) {
    const unit = UNITS[part[2]!];
    if (unit === undefined) return { kind: "invalid" };
    seconds += Number(part[1]!.replace(",", ".")) * unit;
    end = part.index + part[0].length;
  }
  return end === trimmed.length && Number.isFinite(seconds)
    ? { kind: "duration", seconds }
    : { kind: "invalid" };
}
