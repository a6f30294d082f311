// What both sides are asked about all spans: by name, how many, how many failed, average, percentiles, cost, tokens.

/** Filters, one a class; "every" is one that every span passes, which the store has to find out. */
export const questions = ["none", "every", "time", "name", "pipeline"];

/** How often the store is asked each question. */
export const changes = 5;

/** 2025-10-01T08:00:00Z, when the first of the made-up runs starts. */
const first = 1_759_305_600;

/**
 * The middle half of the time that all runs take.
 *
 * @param {number} last start of the last run, seconds since the epoch.
 */
export function boundsOf(last) {
  const quarter = Math.round((last - first) / 4);
  return { from: first + quarter + 0.5, to: last - quarter - 0.5 };
}
