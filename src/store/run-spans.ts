import { placeIn } from "../arrays/ascending.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { anchor, earliestMonotonic, toWallClock } from "./clock.ts";
import type { OutlineSpan, Run, SpanError, State } from "./model.ts";
import { readProvisional } from "./provisional.ts";
import { type ErrorHint, errorFromText, mergeErrors } from "./span-error.ts";
import { ROW_SQL, RowCollector, type SpanRows } from "./span-rows.ts";
import { stateOfSpan } from "./status.ts";
import { buildTree, selfTimes, type Tree, treeWarnings } from "./tree.ts";
import { asText } from "./values.ts";

/** One run's spans with their tree and everything derived from it. */
export interface RunSpans {
  readonly run: Run;
  readonly provisional: boolean;
  readonly rows: SpanRows;
  readonly states: readonly State[];
  readonly tree: Tree;
  readonly self: Float64Array;
  /** Added to monotonic times to get the wall clock, in seconds. */
  readonly offset: number;
  readonly errors: RowErrors;
  readonly warnings: readonly string[];
}

/** Reads a run of so many spans sooner than SQL does, or gives undefined. */
export type ScanRun = (reader: Reader, runId: string, spans: number) => SpanRows | undefined;

/** Reads a run's spans, or builds them from its steps while there are none. */
export function readRunSpans(reader: Reader, run: Run, scan?: ScanRun): RunSpans {
  const written = run.span_count > 0 ? readRows(reader, run, scan) : undefined;
  const rows = written ?? readProvisional(reader, run);
  const tree = buildTree(rows);
  const states = Array.from(rows.ends, (end, row) =>
    stateInRun(rows.statuses.at(row), !Number.isNaN(end), run.state),
  );
  const warnings = treeWarnings(tree);
  if (!written && hasBrokenBlob(reader, run.run_id)) {
    warnings.push("The run's stored trace is not valid JSON, so its spans cannot be shown.");
  }
  return {
    run,
    provisional: written === undefined,
    rows,
    states,
    tree,
    self: selfTimes(tree, rows.starts, rows.ends),
    offset: anchor(earliestMonotonic(rows.starts), run.start_time),
    errors: explainFailures(reader, run.run_id, rows, states, tree),
    warnings,
  };
}

/** The row of the span with this key, if there is one. Rows stand in order of their keys. */
export function rowOfKey({ rows: { keys } }: RunSpans, key: number): number | undefined {
  return placeIn(keys, key);
}

/** A span without an end cannot be running any more when its run has ended: 0.4.35 leaves its root spans so. */
export function stateInRun(status: string, finished: boolean, run: State): State {
  const state = stateOfSpan(status, finished);
  const over = run === "completed" || run === "failed" || run === "cancelled";
  return state === "running" && over ? "unknown" : state;
}

function readRows(reader: Reader, { run_id: runId, span_count }: Run, scan: ScanRun | undefined): SpanRows {
  const scanned = scan?.(reader, runId, span_count);
  if (scanned) return scanned;
  const rows = new RowCollector(span_count);
  const sql = `SELECT ${ROW_SQL},
    CASE WHEN lower(status) NOT IN ('completed', 'running', 'paused') THEN attributes END
    FROM lens_spans WHERE run_id = ? ORDER BY key`;
  reader.each(sql, [runId], (row) => rows.addRow(row));
  return rows.finish();
}

function hasBrokenBlob(reader: Reader, runId: string): boolean {
  return (
    reader.get("SELECT 1 FROM lens_blobs WHERE run_id = ? AND NOT json_valid(blob)", [runId]) !== undefined
  );
}

/** Errors of failed spans by row. */
export interface RowErrors {
  get(row: number): SpanError | undefined;
}

/** An error for every failed span. A parent that says nothing itself repeats the failure of its last failed child. */
export function explainFailures(
  reader: Reader,
  runId: string,
  rows: SpanRows,
  states: readonly State[],
  tree: Tree,
): RowErrors {
  if (!states.includes("failed")) return { get: () => undefined };
  const told = readToldErrors(reader, runId);
  /** Of every failed row the row whose words it repeats, which may be its own. */
  const speaker = new Int32Array(states.length).fill(-1);
  for (let at = tree.order.length - 1; at >= 0; at -= 1) {
    const row = tree.order[at]!;
    if (states[row] !== "failed") continue;
    const child = rows.hints.has(row) ? undefined : lastFailedChild(tree, states, row);
    speaker[row] = child === undefined ? row : speaker[child]!;
  }
  return {
    get(row) {
      const from = speaker[row] ?? -1;
      if (from < 0) return undefined;
      const root = tree.parent[from]! < 0 ? told.run : undefined;
      return mergeErrors(rows.hints.get(from), told.steps.get(rows.names.at(from)), root);
    },
  };
}

function lastFailedChild(tree: Tree, states: readonly State[], row: number): number | undefined {
  for (let child = tree.childOffset[row + 1]! - 1; child >= tree.childOffset[row]!; child -= 1) {
    const below = tree.children[child]!;
    if (states[below] === "failed") return below;
  }
  return undefined;
}

/** What `steps`, `runs` and `workflow_state` tell of a run's errors. */
export function readToldErrors(
  reader: Reader,
  runId: string,
): { steps: Map<string, ErrorHint>; run: ErrorHint | undefined } {
  const steps = new Map<string, ErrorHint>();
  const rows = reader.all<{ step_name: SqlValue; error: SqlValue }>(
    "SELECT step_name, error FROM lens_steps WHERE run_id = ? AND error IS NOT NULL ORDER BY step_index, row",
    [runId],
  );
  for (const { step_name, error } of rows) {
    const hint = errorFromText(asText(error));
    if (hint) steps.set(asText(step_name) ?? "", hint);
  }
  const message = reader.get<{ run: SqlValue; state: SqlValue }>(
    `SELECT (SELECT error_message FROM lens_runs WHERE run_id = ?1) AS run,
      (SELECT error_message FROM lens_state WHERE run_id = ?1) AS state`,
    [runId],
  );
  return { steps, run: errorFromText(asText(message?.run)) ?? errorFromText(asText(message?.state)) };
}

const OUTLINE_MESSAGE = 300;

/** One row as it is drawn. `parent` is given by the caller, because it depends on which rows are handed out. */
export function outlineSpan(spans: RunSpans, row: number, parent: number): OutlineSpan {
  const { rows, tree } = spans;
  const start = rows.starts[row]!;
  const end = rows.ends[row]!;
  const error = outlineError(spans, row);
  return {
    key: rows.keys[row]!,
    span_id: rows.ids.idOf(row),
    parent,
    depth: tree.depth[row]!,
    child_count: tree.childOffset[row + 1]! - tree.childOffset[row]!,
    name: rows.names.at(row),
    status: rows.statuses.at(row),
    state: spans.states[row]!,
    start_time: orNull(toWallClock(start, spans.offset)),
    end_time: orNull(toWallClock(end, spans.offset)),
    duration: orNull(end - start),
    self_time: orNull(spans.self[row]!),
    cost: orNull(rows.costs.at(row)),
    tokens: orNull(rows.tokens.at(row)),
    attempt: orNull(rows.attempts.at(row)),
    ...(error && { error }),
  };
}

/** Why the span failed, cut for an outline. */
export function outlineError(spans: RunSpans, row: number): SpanError | undefined {
  const error = spans.errors.get(row);
  return error && { type: error.type, message: error.message.slice(0, OUTLINE_MESSAGE) };
}

export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
