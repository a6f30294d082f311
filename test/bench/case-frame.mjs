// The frame of a program that measures one case in a process of its own and prints one line of JSON.
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Measured
 * @property {number} milliseconds
 * @property {number} peakMemory the most memory that the process held, in bytes.
 * @property {unknown} answer what both sides must agree on.
 */

/** Runs whose trees are read; the median of them is the case's time. */
export const treeCount = 21;

/**
 * @param {unknown} answer
 * @param {number} milliseconds
 * @param {Record<string, number>} [parts] times of several questions, milliseconds.
 */
export function report(answer, milliseconds, parts) {
  const measured = { milliseconds, peakMemory: peakMemory(), answer, parts };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

/**
 * @template T
 * @param {() => T | Promise<T>} work
 * @returns {Promise<[result: T, milliseconds: number]>}
 */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/**
 * The middle value of an odd number of values, the mean of the middle two of an even one.
 *
 * @param {readonly number[]} values at least one.
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (Number(sorted[Math.floor(middle)]) + Number(sorted[Math.ceil(middle)])) / 2;
}

/**
 * What two programs that add in another order can agree on; numbers only, the rest stays.
 *
 * @param {any} value
 */
export function rounded(value) {
  return typeof value === "number" ? Number(value.toPrecision(9)) : value;
}

/** Linux tells the peak of this program; `maxRSS` would count what its parent held before. */
function peakMemory() {
  if (process.platform === "linux") {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (peak !== null) return Number(peak[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
