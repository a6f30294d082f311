import { expect } from "vitest";

/** Two answers are the same but for the rounding of sums, which may be added in another order. */
export function expectSame(found: unknown, expected: unknown): void {
  expect(rounded(found)).toEqual(rounded(expected));
}

function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(10));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}
