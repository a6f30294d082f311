/**
 * When a run that has ended did so, in seconds since the epoch. 0.4 writes an end; 0.6 leaves it NULL and touches `updated_at` last
 * at the end, and keeps whole milliseconds besides.
 */
export function endOfRun(
  start: number | null,
  end: number | null,
  updated: number | null,
  milliseconds: number | null,
): number | null {
  if (end !== null) return end;
  if (updated !== null && (start === null || updated > start || milliseconds === null)) return updated;
  return start === null || milliseconds === null ? null : start + milliseconds / 1000;
}
