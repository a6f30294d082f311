/** Numbers as people read them. Every face uses these, so that one figure looks the same everywhere. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds as "0 s", "12 µs", "613 ms", "4.2 s", "3 min 12 s", "2 h 5 min", "3 d 4 h". Null and NaN are "–". */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return "0 s";
  if (seconds < 0.9995e-3) return `${Math.max(1, Math.round(seconds * 1e6))} µs`;
  if (seconds < 0.00995) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 9.995) return `${trimZero(seconds.toFixed(2))} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  if (seconds < HOUR - 0.5) return pair(seconds, MINUTE, "min", 1, "s");
  if (seconds < DAY - MINUTE / 2) return pair(seconds, HOUR, "h", MINUTE, "min");
  return pair(seconds, DAY, "d", HOUR, "h");
}

function pair(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const units = Math.round(seconds / small);
  const perBig = big / small;
  const rest = units % perBig;
  const head = `${Math.floor(units / perBig)} ${bigName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

function trimZero(text: string): string {
  return text.replace(/\.?0+$/, "");
}

/** US dollars as "$0.0043", "$1.32", "$1,204". Null is "–". */
export function formatCost(dollars: number | null | undefined): string {
  if (dollars === null || dollars === undefined || !Number.isFinite(dollars)) return "–";
  if (dollars === 0) return "$0";
  const size = Math.abs(dollars);
  const sign = dollars < 0 ? "-" : "";
  if (size >= 999.995) return `${sign}$${formatCount(Math.round(size))}`;
  if (size >= 0.1) return `${sign}$${size.toFixed(2)}`;
  if (size >= 0.000_1) return `${sign}$${size.toFixed(4).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
  return `${sign}$${Number(size.toPrecision(2))}`;
}

// Made once: making one takes longer than a thousand numbers.
const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Whole numbers with thin grouping, "1,204". */
export function formatCount(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return "–";
  return wholeNumber.format(count);
}

/** A share between 0 and 1 as "0 %", "4.3 %", "100 %". */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const percent = share * 100;
  return `${percent === 0 || percent >= 99.95 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

/** Bytes as "512 B", "1.9 MB", "2.7 GB" (powers of 1,000, as file managers show them). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** How long ago, seconds since the epoch against now: "just now", "3 min ago", "5 h ago", "2 d ago", or a date past a month. */
export function formatAge(time: number | null | undefined, now: number): string {
  if (time === null || time === undefined || !Number.isFinite(time)) return "–";
  const age = now - time;
  if (age < -MINUTE) return formatTime(time);
  if (age < 10) return "just now";
  if (age < MINUTE) return `${Math.floor(age)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 30 * DAY) return `${Math.floor(age / DAY)} d ago`;
  return formatTime(time).slice(0, 10);
}

/** The age of what was read at that time, seconds since the epoch against now: "7 s", "3 min 5 s", "1 h 2 min". */
export function formatStaleness(time: number, now: number): string {
  const seconds = Math.max(0, Math.floor(now - time));
  return seconds < MINUTE ? `${seconds} s` : formatDuration(seconds);
}

/** Local wall-clock time as "2025-10-01 08:00:00". */
export function formatTime(time: number | null | undefined): string {
  if (time === null || time === undefined || !Number.isFinite(time)) return "–";
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return "–";
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A run id as lists show it: "run_a6a3a4506513…" becomes "a6a3a450". */
export function shortId(id: string): string {
  return Array.from(id.replace(/^run[_-]/, ""))
    .slice(0, 8)
    .join("");
}
