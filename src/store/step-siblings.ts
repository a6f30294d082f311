import type { RunSpans } from "./run-spans.ts";

/** The spans of one name below one parent, and where one of them stands among them by start. */
export interface StepSiblings {
  /** True when their attempt numbers differ: they are tries of one step, not rounds of a loop. */
  readonly attempts: boolean;
  /** Counted from 1. */
  readonly position: number;
  readonly total: number;
  /** Keys; null at either end. */
  readonly previous: number | null;
  readonly next: number | null;
}

/** Children stand in order of start already, so their order is that of the attempts. */
export function stepSiblings({ rows, tree }: RunSpans, row: number): StepSiblings {
  const parent = tree.parent[row]!;
  const level =
    parent < 0
      ? tree.roots
      : tree.children.subarray(tree.childOffset[parent]!, tree.childOffset[parent + 1]!);
  const name = rows.names.at(row);
  const same = Array.from(level).filter((other) => rows.names.at(other) === name);
  const at = same.indexOf(row);
  const numbers = new Set(same.map((other) => rows.attempts.at(other)));
  return {
    attempts: same.length > 1 && numbers.size === same.length && !numbers.has(Number.NaN),
    position: at + 1,
    total: same.length,
    previous: keyAt(rows.keys, same[at - 1]),
    next: keyAt(rows.keys, same[at + 1]),
  };
}

function keyAt(keys: Float64Array, row: number | undefined): number | null {
  return row === undefined ? null : keys[row]!;
}
