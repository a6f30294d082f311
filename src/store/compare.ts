import type { Snapshot } from "../engine/reader.ts";
import type { OutlineSpan, Run } from "./model.ts";
import { outlineSpan, type RunSpans } from "./run-spans.ts";
import { checkWhole } from "./whole-trace.ts";

/** What became of a step from one run to another. A failure counts before a difference in time. */
export type Change = "added" | "removed" | "slower" | "faster" | "failing" | "fixed" | "same";

/** Two runs beside each other, step by step. */
export interface Comparison {
  readonly a: Run;
  readonly b: Run;
  /** In reading order of `a`; what only `b` has stands after what it follows there. */
  readonly steps: readonly ComparedStep[];
  readonly snapshot: Snapshot;
}

export interface ComparedStep {
  /** From the second of several siblings of one name on with its number, `name[2]`. */
  readonly name: string;
  /** Names from the root, joined by "/"; of a path longer than {@link LONGEST_PATH} only its end, after "…/". */
  readonly path: string;
  /** Place of the parent among the steps, before its children; -1 at the top. */
  readonly parent: number;
  readonly change: Change;
  /** Null when the run has no such step. */
  readonly a: OutlineSpan | null;
  readonly b: OutlineSpan | null;
}

/** UTF-16 units. A chain of a hundred thousand steps would have gigabytes of paths. */
export const LONGEST_PATH = 1000;

/** A difference in time counts from a fifth and a millisecond on. */
const LEAST_SHARE = 0.2;
const LEAST_SECONDS = 0.001;

/** Aligns two runs by the paths of their spans: ids differ from run to run. Throws `too_many_rows` for runs of too many spans. */
export function compareRuns(a: RunSpans, b: RunSpans): Omit<Comparison, "snapshot"> {
  checkWhole(a.tree.order.length + b.tree.order.length);
  const places = new Places();
  const left = places.of(a);
  const right = places.of(b);
  /** Places that only `b` has, by the place which they follow there. */
  const added = new Map<number, number[]>();
  let previous = TOP;
  for (const place of right.keys()) {
    if (left.has(place)) previous = place;
    else {
      const list = added.get(previous) ?? [];
      added.set(previous, list);
      list.push(place);
    }
  }
  const steps: ComparedStep[] = [];
  /** Where the step of a place stands. */
  const emitted = new Map<number, number>();
  const emit = (place: number) => {
    const [one, other] = [left, right].map((rows, side) => {
      const row = rows.get(place);
      return row === undefined ? null : outlineSpan(side === 0 ? a : b, row, -1);
    }) as [OutlineSpan | null, OutlineSpan | null];
    const parent = emitted.get(places.parentOf(place)) ?? -1;
    const name = places.nameOf(place);
    const path = parent < 0 ? name : cut(`${steps[parent]!.path}/${name}`);
    emitted.set(place, steps.length);
    steps.push({ name, path, parent, change: changeOf(one, other), a: one, b: other });
  };
  for (const place of added.get(TOP) ?? []) emit(place);
  for (const place of left.keys()) {
    emit(place);
    for (const more of added.get(place) ?? []) emit(more);
  }
  return { a: a.run, b: b.run, steps };
}

function cut(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  const least = path.length - LONGEST_PATH / 2;
  const end = path.indexOf("/", least);
  return `…/${path.slice(end < 0 ? least : end + 1)}`;
}

/** What stands above the roots. */
const TOP = -1;

/** Numbers the places in trees: which of its siblings of one name a span is, below which place. */
class Places {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly parents: number[] = [];

  /** The rows of a run's spans by their places, in reading order. */
  of({ tree, rows }: RunSpans): Map<number, number> {
    const found = new Map<number, number>();
    const placeOf = new Int32Array(tree.order.length).fill(TOP);
    /** How many siblings of a name there were so far, by their place above and name. */
    const counts = new Map<string, number>();
    for (const row of tree.order) {
      const up = tree.parent[row]!;
      const above = up < 0 ? TOP : placeOf[up]!;
      const name = rows.names.at(row);
      const sibling = `${above} ${name}`;
      const number = (counts.get(sibling) ?? 0) + 1;
      counts.set(sibling, number);
      placeOf[row] = this.numberOf(above, number, name);
      found.set(placeOf[row]!, row);
    }
    return found;
  }

  nameOf(place: number): string {
    return this.names[place]!;
  }

  parentOf(place: number): number {
    return this.parents[place]!;
  }

  private numberOf(above: number, number: number, name: string): number {
    const key = `${above} ${number} ${name}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const place = this.names.length;
    this.numbers.set(key, place);
    this.names.push(number === 1 ? name : `${name}[${number}]`);
    this.parents.push(above);
    return place;
  }
}

function changeOf(a: OutlineSpan | null, b: OutlineSpan | null): Change {
  if (a === null) return "added";
  if (b === null) return "removed";
  if (a.state !== b.state && b.state === "failed") return "failing";
  if (a.state !== b.state && a.state === "failed" && b.state === "completed") return "fixed";
  if (a.duration === null || b.duration === null) return "same";
  const difference = b.duration - a.duration;
  if (Math.abs(difference) < LEAST_SECONDS || Math.abs(difference) < LEAST_SHARE * Math.abs(a.duration))
    return "same";
  return difference > 0 ? "slower" : "faster";
}
