/** What was typed into the two limits. */
export interface LimitInput {
  readonly limit: string;
  readonly seconds: string;
}

/** What they may be at most: rows that a page can hold, and ten minutes. */
export const MOST = { limit: 100_000, seconds: 600 } as const;

export type Limits =
  | { readonly kind: "ready"; readonly limit: number; readonly seconds: number }
  | { readonly kind: "invalid"; readonly field: keyof LimitInput };

/** Whole numbers from 1. */
export function readLimits(input: LimitInput): Limits {
  const [limit, seconds] = [Number(input.limit), Number(input.seconds)];
  if (!within(limit, MOST.limit)) return { kind: "invalid", field: "limit" };
  if (!within(seconds, MOST.seconds)) return { kind: "invalid", field: "seconds" };
  return { kind: "ready", limit, seconds };
}

function within(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
