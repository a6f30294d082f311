/** The spans in which a run spent its time. */
import type { SpanTable } from "./span-table.ts";

const MOST = 10;
/** Of the run's length: less is nothing to look for. */
const LEAST_SHARE = 0.01;

/** Marks the ten spans with the longest self times, as far as each is at least a hundredth of `length` seconds. */
export function slowSpans({ selfTimes }: Pick<SpanTable, "selfTimes">, length: number): Uint8Array {
  const marks = new Uint8Array(selfTimes.length);
  const least = length * LEAST_SHARE;
  /** Ascending by self time. */
  const found: number[] = [];
  for (let index = 0; index < selfTimes.length; index++) {
    const self = selfTimes[index]!;
    if (!(self > 0 && self >= least)) continue;
    if (found.length === MOST && self <= selfTimes[found[0]!]!) continue;
    if (found.length === MOST) found.shift();
    const place = found.findIndex((other) => selfTimes[other]! >= self);
    found.splice(place < 0 ? found.length : place, 0, index);
  }
  for (const index of found) marks[index] = 1;
  return marks;
}
