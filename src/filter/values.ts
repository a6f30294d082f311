import { FilterError, type Value } from "./syntax.ts";

const SECONDS: Readonly<Record<string, number>> = {
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
  w: 604_800,
};
const MULTIPLES: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const WITH_UNIT = new RegExp(`^(${NUMBER})\\s*([a-zµμ]*)$`, "i");
const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A plain number with an optional "$" or a multiple (k, M, G); undefined when the text is none. */
export function readNumber(text: string): number | undefined {
  const match = WITH_UNIT.exec(text.replace(/^([+-]?)\$/, "$1"));
  const multiple = match && MULTIPLES[match[2]!.toLowerCase()];
  return multiple === undefined || multiple === null ? undefined : Number(match![1]) * multiple;
}

/** Seconds: a plain number, or one with a unit from µs to w; undefined when the text is none. */
export function readDuration(text: string): number | undefined {
  const match = WITH_UNIT.exec(text);
  if (!match) return undefined;
  const unit = match[2]!.toLowerCase();
  const seconds = unit === "" ? 1 : SECONDS[unit];
  return seconds === undefined ? undefined : Number(match[1]) * seconds;
}

/**
 * A moment in seconds since the epoch: `-24h` before `now`, `now`, `today`, `yesterday`, a local date or time,
 * one with a zone, or seconds since the epoch; undefined when the text is none.
 */
export function readMoment(text: string, now: number): number | undefined {
  const word = text.toLowerCase();
  if (word === "now") return now;
  if (word === "today") return midnight(now, 0);
  if (word === "yesterday") return midnight(now, -1);
  const date = DATE.exec(text);
  if (date) return readDate(date);
  const match = WITH_UNIT.exec(text);
  if (!match) return undefined;
  if (match[2] !== "") {
    const seconds = readDuration(text);
    return seconds === undefined ? undefined : now + seconds;
  }
  return Number(match[1]);
}

function midnight(now: number, days: number): number {
  const date = new Date(now * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime() / 1000;
}

function readDate([, year, month, day, hour = "0", minute = "0", second = "0", zone]: RegExpExecArray):
  | number
  | undefined {
  if (!isCalendarTime(+year!, +month!, +day!, +hour, +minute, +second)) return undefined;
  const parts = [+year!, +month! - 1, +day!, +hour, +minute, 0] as const;
  const whole =
    zone === undefined ? new Date(...parts).getTime() : Date.UTC(...parts) - zoneMinutes(zone) * 60_000;
  const time = whole / 1000 + Number(second);
  return Number.isFinite(time) ? time : undefined;
}

/** `Date` would turn the 31st of February into a day in March. */
function isCalendarTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= last && hour < 24 && minute < 60 && second < 60;
}

function zoneMinutes(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
}

const UNREADABLE = {
  duration: '"{0}" is not a duration, such as 200ms, 2s or 1.5min.',
  time: '"{0}" is not a time, such as -24h, today or 2025-10-01T08:30.',
  cost: '"{0}" is not a number, such as 0.05 or $0.05.',
  number: '"{0}" is not a number, such as 3 or 1.5k.',
  attribute: '"{0}" is not a number, such as 3, 200ms or 1.5k.',
} as const;

/** The mistake that a value is not what its key holds. */
export function unreadable(value: Value, holds: keyof typeof UNREADABLE): FilterError {
  return new FilterError(UNREADABLE[holds], value.place, value.text);
}
