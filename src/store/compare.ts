import type { Snapshot } from "../engine/reader.ts";
import type { OutlineSpan, Run } from "./model.ts";
import { outlineSpan, type RunSpans } from "./run-spans.ts";

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
  /** Names from the root, joined by "/"; from the second of several siblings of one name on with its number, `name[2]`. */
  readonly path: string;
  /** Path of the parent; empty at the top. */
  readonly parent: string;
  readonly change: Change;
  /** Null when the run has no such step. */
  readonly a: OutlineSpan | null;
  readonly b: OutlineSpan | null;
}

/** A difference in time counts from a fifth and a millisecond on. */
const LEAST_SHARE = 0.2;
const LEAST_SECONDS = 0.001;

interface Row {
  readonly path: string;
  readonly parent: string;
  readonly span: OutlineSpan;
}

/** Aligns two runs by the paths of their spans: ids differ from run to run. */
export function compareRuns(a: RunSpans, b: RunSpans): Omit<Comparison, "snapshot"> {
  const left = rowsByPlace(a);
  const right = rowsByPlace(b);
  const added = new Map<string, string[]>();
  let previous = "";
  for (const place of right.keys()) {
    if (left.has(place)) previous = place;
    else {
      const list = added.get(previous);
      if (list) list.push(place);
      else added.set(previous, [place]);
    }
  }
  const steps: ComparedStep[] = [];
  const emit = (place: string) => {
    const before = left.get(place);
    const after = right.get(place);
    const one = before?.span ?? null;
    const other = after?.span ?? null;
    steps.push({
      path: (before ?? after)!.path,
      parent: (before ?? after)!.parent,
      change: changeOf(one, other),
      a: one,
      b: other,
    });
  };
  for (const place of added.get("") ?? []) emit(place);
  for (const place of left.keys()) {
    emit(place);
    for (const more of added.get(place) ?? []) emit(more);
  }
  return { a: a.run, b: b.run, steps };
}

/** Spans in reading order, by a key that no name can imitate. */
function rowsByPlace(spans: RunSpans): Map<string, Row> {
  const { tree, rows } = spans;
  const places = new Map<number, { place: string; path: string; counts: Map<string, number> }>();
  const top = { place: "", path: "", counts: new Map<string, number>() };
  const found = new Map<string, Row>();
  for (const row of tree.order) {
    const parent = places.get(tree.parent[row]!) ?? top;
    const name = rows.names[row]!;
    const number = (parent.counts.get(name) ?? 0) + 1;
    parent.counts.set(name, number);
    const place = `${parent.place}\n${number} ${JSON.stringify(name)}`;
    const step = number === 1 ? name : `${name}[${number}]`;
    const path = parent === top ? step : `${parent.path}/${step}`;
    places.set(row, { place, path, counts: new Map() });
    found.set(place, { path, parent: parent.path, span: outlineSpan(spans, row, -1) });
  }
  return found;
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
