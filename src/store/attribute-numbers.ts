import type { SqlValue } from "../engine/reader.ts";
import type { Attributes } from "./model.ts";
import { asNumber } from "./values.ts";

/** Each number's keys: the name of the trace contract first, then that of 0.4. */
export const attributeKeys: readonly string[] = [
  ["flujo.budget.actual_cost_usd", "cost_usd"],
  ["flujo.budget.actual_tokens", "token_counts"],
  ["flujo.attempt_number", "attempts"],
].flat();

/**
 * SQL for the numbers that a span's attributes carry, as text for {@link attributeNumbers}; NULL where they are not JSON.
 * One extraction of all: SQLite looks through the attributes anew for each.
 */
export const ATTRIBUTE_NUMBERS_SQL = `CASE WHEN json_valid(attributes)
  THEN json_extract(attributes, ${attributeKeys.map((key) => `'$."${key}"'`).join(", ")}) END`;

/** What a span spent, and which try it was. NaN for what is not there or is no number. */
export interface AttributeNumbers {
  /** US dollars. */
  readonly cost: number;
  readonly tokens: number;
  readonly attempt: number;
}

const NONE: AttributeNumbers = { cost: Number.NaN, tokens: Number.NaN, attempt: Number.NaN };
const NONE_AS_TEXT = JSON.stringify(attributeKeys.map(() => null));

/** Reads what {@link ATTRIBUTE_NUMBERS_SQL} gave. */
export function attributeNumbers(extracted: SqlValue | undefined): AttributeNumbers {
  if (typeof extracted !== "string" || extracted === NONE_AS_TEXT) return NONE;
  return numbersFrom(JSON.parse(extracted));
}

/** `values` in the order of {@link KEYS}. */
function numbersFrom(values: readonly unknown[]): AttributeNumbers {
  return {
    cost: firstNumber(values[0], values[1]),
    tokens: firstNumber(values[2], values[3]),
    attempt: firstNumber(values[4], values[5]),
  };
}

/** The same from parsed attributes. */
export function attributeNumbersOf(attributes: Attributes): AttributeNumbers {
  if (typeof attributes === "string") return NONE;
  return numbersFrom(attributeKeys.map((key) => attributes[key] ?? null));
}

/** A value that is there but is no number hides the one after it, as `coalesce` does. */
function firstNumber(named: unknown, older: unknown): number {
  const value = named ?? older;
  return typeof value === "number" || typeof value === "string"
    ? (asNumber(value) ?? Number.NaN)
    : Number.NaN;
}
