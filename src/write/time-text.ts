/** Seconds since the epoch as flujo 0.4 writes times: ISO text in UTC, microseconds where there are any. */
export function timeText(seconds: number): string {
  const whole = Math.floor(seconds);
  const micros = Math.round((seconds - whole) * 1e6);
  const date = new Date((micros === 1_000_000 ? whole + 1 : whole) * 1000);
  if (Number.isNaN(date.getTime())) return timeText(0);
  const fraction = micros % 1_000_000 === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${date.toISOString().slice(0, 19)}${fraction}+00:00`;
}

/** The earliest start of some spans as {@link timeText}; the epoch where none is known. */
export function firstStartText(spans: readonly { readonly start_time: number | null }[]): string {
  const first = spans.reduce((least, { start_time }) => Math.min(least, start_time ?? least), Infinity);
  return timeText(Number.isFinite(first) ? first : 0);
}
