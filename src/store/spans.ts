import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { toWallClock } from "./clock.ts";
import { filterSpans, readSpanFilter } from "./filtering.ts";
import type {
  Level,
  Outline,
  OutlineSpan,
  Run,
  SpanDetail,
  SpanError,
  Step,
  UsualDuration,
} from "./model.ts";
import { type OutlineColumns, OutlinePacker } from "./outline-columns.ts";
import { outlineError, outlineSpan, type RunSpans, rowOfKey } from "./run-spans.ts";
import { errorFromAttributes, mergeErrors } from "./span-error.ts";
import { readEvaluations, readSteps } from "./steps.ts";
import { asText, isObject, parseAttributes } from "./values.ts";
import { checkWhole, WholeText } from "./whole-trace.ts";

/** The spans of a run, flat, as they cross a thread; {@link Trace} is rebuilt from it. Attributes are still text. */
export interface FlatTrace {
  readonly run_id: string;
  readonly provisional: boolean;
  readonly warnings: readonly string[];
  /** Reading order. `parent` is an index into this array, -1 at the top. */
  readonly spans: readonly FlatSpan[];
}

export interface FlatSpan {
  readonly parent: number;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly attributes: string | null;
}

/** The whole trace with attributes. */
export function readTrace(reader: Reader, spans: RunSpans): FlatTrace {
  checkWhole(spans.tree.order.length);
  const attributes = readAttributes(reader, spans, () => true);
  const position = positions(spans);
  return {
    run_id: spans.run.run_id,
    provisional: spans.provisional,
    warnings: spans.warnings,
    spans: Array.from(spans.tree.order, (row) => flatSpan(spans, row, position, attributes)),
  };
}

/** Spans by start, then by row, with raw status and name matched exactly. None for a run whose spans are not written yet. */
export function readSpans(
  reader: Reader,
  spans: RunSpans,
  query: { status?: string; name?: string; filter?: string },
): FlatTrace {
  const filter = query.filter === undefined ? undefined : readSpanFilter(query.filter);
  const { rows } = spans;
  const found: number[] = [];
  if (!spans.provisional) {
    const taken = filter && new Set(filterSpans(reader, spans, filter));
    for (let row = 0; row < rows.keys.length; row += 1) {
      if (taken && !taken.has(row)) continue;
      if (query.status !== undefined && rows.statuses.at(row) !== query.status) continue;
      if (query.name !== undefined && rows.names.at(row) !== query.name) continue;
      found.push(row);
    }
  }
  checkWhole(found.length);
  const keys = new Set(found.map((row) => rows.keys[row]!));
  const attributes = readAttributes(reader, spans, (key) => keys.has(key));
  const start = (row: number) => toWallClock(rows.starts[row]!, spans.offset);
  const known = (row: number) => (Number.isNaN(start(row)) ? Infinity : start(row));
  found.sort((a, b) => (known(a) === known(b) ? a - b : known(a) - known(b)));
  const position = positions(spans);
  return {
    run_id: spans.run.run_id,
    provisional: spans.provisional,
    warnings: spans.warnings,
    spans: found.map((row) => flatSpan(spans, row, position, attributes)),
  };
}

/** Attributes by key of the spans that are wanted, in one pass over the run. */
function readAttributes(
  reader: Reader,
  { run, provisional }: RunSpans,
  wanted: (key: number) => boolean,
): Map<number, string | null> {
  const attributes = new Map<number, string | null>();
  if (provisional) return attributes;
  const room = new WholeText();
  reader.each("SELECT key, attributes FROM lens_spans WHERE run_id = ?", [run.run_id], ([key, text]) => {
    if (wanted(key as number)) attributes.set(key as number, room.take(asText(text)));
  });
  return attributes;
}

/** @param position Place of every row in the whole trace. */
export function flatSpan(
  spans: RunSpans,
  row: number,
  position: Int32Array,
  attributes: ReadonlyMap<number, string | null>,
): FlatSpan {
  const { rows, offset } = spans;
  const start = toWallClock(rows.starts[row]!, offset);
  const end = toWallClock(rows.ends[row]!, offset);
  return {
    parent: parentPosition(spans, row, position),
    span_id: rows.ids.idOf(row),
    parent_span_id: rows.ids.parentOf(row),
    name: rows.names.at(row),
    status: rows.statuses.at(row),
    start_time: Number.isNaN(start) ? null : start,
    end_time: Number.isNaN(end) ? null : end,
    attributes: attributes.get(rows.keys[row]!) ?? null,
  };
}

/** Place of every row in reading order. */
export function positions({ tree }: RunSpans): Int32Array {
  const position = new Int32Array(tree.order.length);
  tree.order.forEach((row, at) => {
    position[row] = at;
  });
  return position;
}

function parentPosition({ tree }: RunSpans, row: number, position: Int32Array): number {
  const up = tree.parent[row]!;
  return up < 0 ? -1 : position[up]!;
}

/** The first `limit` spans in reading order; parents always stand before their children, so the cut keeps the tree whole. */
export function outline(spans: RunSpans, limit: number): Omit<Outline, "snapshot"> {
  checkWhole(Math.min(limit, spans.tree.order.length));
  const position = positions(spans);
  const shown = spans.tree.order.subarray(0, limit);
  return {
    run: spans.run,
    provisional: spans.provisional,
    spans: Array.from(shown, (row) => outlineSpan(spans, row, parentPosition(spans, row, position))),
    total: spans.tree.order.length,
    warnings: spans.warnings,
  };
}

/** As {@link outline}, in columns. */
export function outlineColumns(spans: RunSpans, limit: number): Omit<OutlineColumns, "snapshot"> {
  const { rows, tree } = spans;
  const position = positions(spans);
  const shown = tree.order.subarray(0, limit);
  const base = earliest(rows.starts) ?? earliest(rows.ends) ?? 0;
  const packer = new OutlinePacker(rows.ids, shown.length, base);
  for (const row of shown) {
    packer.add({
      key: rows.keys[row]!,
      row,
      parent: parentPosition(spans, row, position),
      name: rows.names.at(row),
      status: rows.statuses.at(row),
      state: spans.states[row]!,
      start: rows.starts[row]!,
      end: rows.ends[row]!,
      self: spans.self[row]!,
      cost: rows.costs.at(row),
      tokens: rows.tokens.at(row),
      attempt: rows.attempts.at(row),
      error: outlineError(spans, row),
    });
  }
  return {
    run: spans.run,
    provisional: spans.provisional,
    total: tree.order.length,
    warnings: spans.warnings,
    ...packer.finish(toWallClock(base, spans.offset)),
  };
}

function earliest(times: Float64Array): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  for (const time of times) if (time < least) least = time;
  return least === Number.POSITIVE_INFINITY ? undefined : least;
}

/** One level of the tree, `parent` by key. The items' own `parent` is -1: they stand alone. */
export function level(spans: RunSpans, parent: number | undefined, limit: number): Omit<Level, "snapshot"> {
  const { tree } = spans;
  let below = tree.roots;
  if (parent !== undefined) {
    const row = rowOf(spans, parent);
    below = tree.children.subarray(tree.childOffset[row]!, tree.childOffset[row + 1]!);
  }
  return {
    items: Array.from(below.subarray(0, limit), (row) => outlineSpan(spans, row, -1)),
    total: below.length,
    provisional: spans.provisional,
  };
}

/** The row of the span with this key. Throws `not_found`. */
export function rowOf(spans: RunSpans, key: number): number {
  const row = rowOfKey(spans, key);
  if (row === undefined) {
    throw new TraceError(
      "not_found",
      "This span is no longer in the database: its run was written again. Refresh to see the new spans.",
    );
  }
  return row;
}

/** Everything about one span but what is usual for its name. */
export function spanDetail(
  reader: Reader,
  spans: RunSpans,
  key: number,
): Omit<SpanDetail, "snapshot" | "usual"> {
  const row = rowOf(spans, key);
  const text = spans.provisional
    ? null
    : asText(
        reader.get<{ attributes: SqlValue }>(
          "SELECT attributes FROM lens_spans WHERE run_id = ? AND key = ?",
          [spans.run.run_id, key],
        )?.attributes,
      );
  const attributes = parseAttributes(text);
  const name = spans.rows.names.at(row);
  const step = stepOf(spans, row, readSteps(reader, spans.run.run_id));
  return {
    span: outlineSpan(spans, row, -1) satisfies OutlineSpan,
    run: spans.run,
    attributes,
    attributes_text: text,
    // Of a very long message only the beginning is kept.
    error: (spans.rows.hints.get(row)?.cut && toldBy(attributes)) || (spans.errors.get(row) ?? null),
    parents: parentNames(spans, row),
    input:
      attributeText(attributes, "step_input", "flujo.input", "initial_input", "input", "input.value") ??
      stored(step?.input),
    output:
      attributeText(attributes, "step_output", "flujo.output", "output", "output.value") ??
      stored(step?.output),
    step,
    evaluations: readEvaluations(reader, spans.run.run_id, spans.tree.parent[row]! < 0 ? undefined : name),
    provisional: spans.provisional,
  };
}

function toldBy(attributes: SpanDetail["attributes"]): SpanError | undefined {
  const hint = errorFromAttributes(attributes);
  return hint && mergeErrors(hint);
}

/** The record of a step that ran several times is the one with the same place among its name's. */
function stepOf(spans: RunSpans, row: number, steps: readonly Step[]): Step | null {
  const { names } = spans.rows;
  const name = names.at(row);
  const named = steps.filter((step) => step.step_name === name);
  if (named.length <= 1) return named[0] ?? null;
  let place = 0;
  for (const other of spans.tree.order) {
    if (other === row) break;
    if (names.at(other) === name) place += 1;
  }
  return named[place] ?? null;
}

/** A chain of parents is listed up to this depth; a tooltip or pane shows far fewer. */
const PARENTS_LISTED = 1_000;

function parentNames(spans: RunSpans, row: number): string[] {
  const names: string[] = [];
  for (
    let up = spans.tree.parent[row]!;
    up >= 0 && names.length < PARENTS_LISTED;
    up = spans.tree.parent[up]!
  ) {
    names.push(spans.rows.names.at(up));
  }
  return names.reverse();
}

function attributeText(attributes: SpanDetail["attributes"], ...keys: string[]): string | undefined {
  if (!isObject(attributes)) return undefined;
  for (const key of keys) {
    const value = attributes[key];
    if (value !== undefined && value !== null)
      return typeof value === "string" ? value : JSON.stringify(value);
  }
  return undefined;
}

/** A step without a value stores the JSON text `null`. */
function stored(text: string | null | undefined): string | null {
  return text === undefined || text === "null" ? null : text;
}

/** Durations of completed spans by name, sorted, over the newest runs of one pipeline. */
export function usualDurations(reader: Reader, run: Run): Map<string, Float64Array> {
  const durations = new Map<string, number[]>();
  reader.each(
    `SELECT span.name, span.end_raw - span.start_raw
      FROM (SELECT run_id FROM lens_runs WHERE pipeline_name = ? ORDER BY start_text DESC LIMIT 200) AS run
      CROSS JOIN lens_spans AS span ON span.run_id = run.run_id
      WHERE span.end_raw >= span.start_raw AND lower(span.status) IN ('completed', 'running', 'success', 'ok')
      LIMIT 50000`,
    [run.pipeline_name],
    ([name, duration]) => {
      const key = asText(name) ?? "";
      const list = durations.get(key);
      if (list) list.push(duration as number);
      else durations.set(key, [duration as number]);
    },
  );
  return new Map(Array.from(durations, ([name, list]) => [name, Float64Array.from(list).sort()]));
}

/** What is usual for one name; null for fewer than two spans. */
export function usualOf(
  sorted: Float64Array | undefined,
  percentile: (sorted: Float64Array, share: number) => number,
): UsualDuration | null {
  if (!sorted || sorted.length < 2) return null;
  return { count: sorted.length, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}
