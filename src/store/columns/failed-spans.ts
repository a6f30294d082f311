import { deepestError } from "../deepest-errors.ts";
import { type ErrorHint, errorFromAttributes } from "../span-error.ts";
import { growTree, sortByStart } from "../tree.ts";
import { parseAttributes } from "../values.ts";
import type { FailureBuilder } from "./failure-builder.ts";
import type { RunLinks } from "./run-links.ts";
import { type Facts, type Numbered, setNumber } from "./span-columns.ts";

/** A failed span whose error is not told by its attributes alone. They stand so that each can be told when those before it are. */
export interface Pending {
  readonly span: number;
  /** Number of its run. */
  readonly run: number;
  readonly name: string;
  readonly own: ErrorHint | undefined;
  /** The failed child whose error type it repeats. */
  readonly child: number | undefined;
  /** Whether nothing stands above it. */
  readonly top: boolean;
  /** Whether its error type is missing. */
  readonly wantsType: boolean;
  /** Its place among the deepest failures, when its kind is missing. */
  readonly place: number | undefined;
}

/** Where {@link explainRun} writes. */
export interface Explained {
  /** Number of the run. */
  readonly run: number;
  /** The first span of the run; those of the run are counted from it. */
  readonly first: number;
  readonly facts: Facts;
  readonly types: Numbered<string>;
  nameOf(span: number): string;
  readonly failures: FailureBuilder;
  readonly pending: Pending[];
}

/**
 * The type of every failed span's error, as `explainFailures` finds it for one run, and the deepest failures, as `eachDeepestError`
 * finds them, as far as attributes tell.
 * @param failed Attributes of the failed spans, by their place in the run; undefined where they say nothing.
 */
export function explainRun(
  failed: ReadonlyMap<number, string | undefined>,
  links: RunLinks,
  parent: Int32Array,
  to: Explained,
): void {
  const below = new Set<number>();
  /** The last failed child of each span that has one, in order of start. */
  const lastChild = new Map<number, number>();
  const starts = links.starts.values;
  for (const index of failed.keys()) {
    const up = parent[index]!;
    if (up < 0) continue;
    const last = lastChild.get(up);
    if (last === undefined || !startsBefore(starts, index, last)) lastChild.set(up, index);
    for (let at = up; at >= 0 && !below.has(at); at = parent[at]!) below.add(at);
  }
  /** Those whose type is pending. */
  const open = new Set<number>();
  for (const index of deepestFirst(failed, links, parent, below)) {
    const text = failed.get(index);
    const own = text === undefined ? undefined : errorFromAttributes(parseAttributes(text));
    const child = own === undefined ? lastChild.get(index) : undefined;
    const span = to.first + index;
    let wantsType = false;
    if (child !== undefined) {
      setNumber(to.facts, "error", span, to.facts.error[to.first + child]!);
      wantsType = open.has(child);
    } else if (own?.type !== undefined) setNumber(to.facts, "error", span, to.types.numberOf(own.type));
    else wantsType = true;
    if (wantsType) open.add(index);
    let place: number | undefined;
    if (!below.has(index)) {
      const whole = own?.type !== undefined && own.message !== "";
      const added = to.failures.add(span, whole ? deepestError(own, "", unasked) : undefined);
      if (!whole) place = added;
    }
    if (!wantsType && place === undefined) continue;
    to.pending.push({
      span,
      run: to.run,
      name: to.nameOf(span),
      own,
      child: child === undefined ? undefined : to.first + child,
      top: parent[index]! < 0,
      wantsType,
      place,
    });
  }
}

/** Whether a span stands before another among the children of one. */
function startsBefore(starts: Float64Array, a: number, b: number): boolean {
  const left = Number.isNaN(starts[a]!) ? Number.POSITIVE_INFINITY : starts[a]!;
  const right = Number.isNaN(starts[b]!) ? Number.POSITIVE_INFINITY : starts[b]!;
  return left === right ? a < b : left < right;
}

/** Failed spans, children before their parents: in the order of the tree from its end. */
function deepestFirst(
  failed: ReadonlyMap<number, string | undefined>,
  links: RunLinks,
  parent: Int32Array,
  below: ReadonlySet<number>,
): Iterable<number> {
  const all = Array.from(failed.keys()).reverse();
  // One failure with all of its parents behind it, as nearly always.
  if (all.length <= 1 || (all.length === 2 && below.has(all[1]!) && !below.has(all[0]!))) return all;
  const { size } = links;
  const { order } = growTree(parent.subarray(0, size), sortByStart(links.starts.values, size));
  return order.filter((index) => failed.has(index)).reverse();
}

function unasked(): never {
  throw new Error("An error that attributes tell asks nobody.");
}
