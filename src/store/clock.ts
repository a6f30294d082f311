/**
 * Span times come from two clocks. flujo 0.4 wrote seconds since the epoch; 0.6 writes `time.monotonic()`, seconds since
 * an arbitrary origin, except in rows of its OpenTelemetry exporter and its error traces. No machine runs for the
 * thirty years that a monotonic clock would need to look like an epoch, so each row tells its clock by itself.
 */
const EPOCH_FROM = 1e9;

export function isMonotonic(seconds: number): boolean {
  return seconds < EPOCH_FROM;
}

/**
 * What to add to a run's monotonic times, in seconds: its earliest monotonic start is laid on `created`, the run's own
 * creation time. 0 when there is nothing to anchor or nothing to anchor on.
 */
export function anchor(earliestMonotonic: number, created: number | null): number {
  return created === null || !Number.isFinite(earliestMonotonic) ? 0 : created - earliestMonotonic;
}

/** A raw time as seconds since the epoch; NaN stays NaN. */
export function toWallClock(raw: number, offset: number): number {
  return isMonotonic(raw) ? raw + offset : raw;
}

/** The earliest start on the monotonic clock; infinity when there is none. */
export function earliestMonotonic(starts: ArrayLike<number>): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index]!;
    if (isMonotonic(start) && start < earliest) earliest = start;
  }
  return earliest;
}
