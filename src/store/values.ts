import type { SqlValue } from "../engine/reader.ts";
import type { Attributes } from "./model.ts";

const ISO =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?(?:\d{2})?)?\s*$/i;

/**
 * A stored time in seconds since the epoch. Takes ISO text with or without zone (without: UTC, as flujo writes it),
 * SQLite's own text, and numbers or numeric text as seconds already. Keeps microseconds, which SQLite's date functions drop.
 */
export function parseTime(value: SqlValue | undefined): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const match = ISO.exec(value);
  if (!match) return value.trim() === "" ? null : asNumber(value);
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = ""] = match;
  const whole = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second) / 1000;
  return whole - zoneSeconds(zone) + (fraction === "" ? 0 : Number(`0.${fraction}`));
}

function zoneSeconds(zone: string): number {
  if (zone === "" || zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2) || "0") * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}

/** A finite number, or null. Numeric text counts: SQLite columns do not enforce their type. */
export function asNumber(value: SqlValue | undefined): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Text, or null. Bytes are read as UTF-8. */
export function asText(value: SqlValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

/** Shorter text is parsed whatever it holds, and more values than this take too much memory as objects. */
const LARGE = 1 << 20;
const MOST_VALUES = 1_000_000;

/** Whether JSON of many megabytes holds so many values that it stays text. */
function holdsTooMany(text: string): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 34:
        do at = text.indexOf('"', at + 1);
        while (at > 0 && isEscaped(text, at));
        if (at < 0) return false;
        break;
      case 44:
      case 91:
      case 123:
        values += 1;
        if (values > MOST_VALUES) return true;
    }
  }
  return false;
}

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === 92) from -= 1;
  return (at - from) % 2 === 1;
}

/** Attributes as stored: an object where the text is a JSON object of at most a million values or so, else the text itself. */
export function parseAttributes(text: string | null): Attributes {
  if (text === null || text.trim() === "") return {};
  if (text.length > LARGE && holdsTooMany(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
