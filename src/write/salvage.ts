import type { Reader, SqlValue } from "../engine/reader.ts";
import { flattenBlob } from "../store/blobs.ts";
import { anchor, earliestMonotonic, toWallClock } from "../store/clock.ts";
import type { StoreSession } from "../store/session.ts";
import { buildTree } from "../store/tree.ts";
import { asNumber, asText, parseTime } from "../store/values.ts";
import { columnsOf, stateSelection } from "./copy-database.ts";
import { readDamagedTable } from "./damaged-table.ts";
import type { NewDatabase, StepRow } from "./new-database.ts";
import type { SpanToSave } from "./span-rows.ts";
import { timeText } from "./time-text.ts";

type Row = readonly SqlValue[];

/** Saves what can be read of a damaged database. Returns the names of the tables of which something could not be read. */
export function salvageDatabase(source: StoreSession, target: NewDatabase): string[] {
  return source.read((reader) => {
    target.reset();
    const lost: string[] = [];
    const read = (table: string, select: string): readonly Row[] => {
      const { rows, lost: some } = readDamagedTable(reader, { select });
      if (some) lost.push(table);
      return rows;
    };
    const runs = new Map(read("runs", runsSelect(reader)).map((row) => [asText(row[1]) ?? "", row]));
    reader.progress(0.1);
    const steps = byRun(read("steps", STEPS));
    reader.progress(0.2);
    const spans = byRun(readBlobs(reader, read, target) ?? read("spans", SPANS));
    reader.progress(0.6);
    for (const id of new Set([...runs.keys(), ...spans.keys(), ...steps.keys()])) {
      reader.checkCancelled();
      saveRun(target, id, runs.get(id), steps.get(id) ?? [], spans.get(id) ?? []);
    }
    const state = stateSelection(columnsOf(reader, "workflow_state"));
    if (state !== undefined) {
      for (const [, ...values] of read(
        "workflow_state",
        `SELECT rowid AS key, ${state} FROM main.workflow_state`,
      ))
        target.saveState(values);
    }
    return lost;
  }).value;
}

function runsSelect(reader: Reader): string {
  const known = columnsOf(reader, "runs");
  const context =
    known.has("run_id") && known.has("final_context_blob")
      ? "(SELECT final_context_blob FROM main.runs WHERE rowid = lens_runs.row)"
      : "NULL";
  return `SELECT row AS key, run_id, pipeline_name, pipeline_version, status, start_text, end_text, total_cost, updated_text,
    ${context} AS context FROM lens_runs`;
}

const STEPS = `SELECT row AS key, run_id, step_name, step_index, status, start_text, end_text, duration_ms, cost, tokens, input,
  output, error FROM lens_steps`;
const SPANS = `SELECT key, run_id, span_id, parent_span_id, name, status, start_raw, end_raw, attributes FROM lens_spans_scan`;

/** Spans out of v1.0 blobs, in the shape of {@link SPANS}; undefined in a database of rows. */
function readBlobs(
  reader: Reader,
  read: (table: string, select: string) => readonly Row[],
  target: NewDatabase,
): Row[] | undefined {
  const column = ["trace_json", "trace_data"].find((name) => columnsOf(reader, "traces").has(name));
  if (column === undefined || columnsOf(reader, "spans").size > 0) return undefined;
  return read("traces", `SELECT rowid AS key, run_id, ${column} AS blob FROM main.traces`).flatMap(
    ([, id, blob]) => {
      const spans: Row[] = JSON.parse(flattenBlob(blob));
      if (spans.length === 0) target.refuse(asText(id) ?? "", "Its stored trace is not valid JSON.");
      return spans.map(([span, parent, name, start, end, status, attributes]) =>
        // Keys do not matter any more.
        [0, id!, span!, parent!, name!, status!, start!, end!, attributes!],
      );
    },
  );
}

function byRun(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const id = asText(row[1]) ?? "";
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return groups;
}

function saveRun(
  target: NewDatabase,
  runId: string,
  row: Row | undefined,
  steps: readonly Row[],
  spanRows: readonly Row[],
): void {
  const [, , pipeline, version, status, startText, endText, cost, updated, context] = row ?? [];
  const starts = spanRows.map((span) => asNumber(span[6]) ?? Number.NaN);
  const ends = spanRows.map((span) => asNumber(span[7]) ?? Number.NaN);
  const offset = anchor(earliestMonotonic(starts), parseTime(startText));
  const wall = (raw: number) => (Number.isNaN(raw) ? null : toWallClock(raw, offset));
  const first = starts.reduce((least, start) => Math.min(least, wall(start) ?? least), Infinity);
  const start = asText(startText) ?? timeText(Number.isFinite(first) ? first : 0);
  if (row === undefined) target.mend(runId, "Its row could not be found; one was made.");
  const running = asText(status) === "running";
  target.saveRun(
    {
      run_id: runId,
      pipeline_name: asText(pipeline) ?? "",
      pipeline_version: asText(version) ?? "",
      status: asText(status) ?? "unknown",
      start_time: start,
      end_time: asText(endText) ?? (running ? null : asText(updated)),
      total_cost: asNumber(cost),
      final_context_blob: asText(context),
    },
    steps.map((step) => stepOf(step, start)),
    spansOf(spanRows, starts, ends, wall),
  );
}

function stepOf(row: Row, runStart: string): StepRow {
  const [, , name, index, status, start, end, duration, cost, tokens, input, output, error] = row;
  return {
    step_name: asText(name) ?? "",
    step_index: asNumber(index) ?? 0,
    status: asText(status) ?? "unknown",
    start_time: asText(start) ?? runStart,
    end_time: asText(end),
    duration_ms: asNumber(duration),
    cost: asNumber(cost),
    tokens: asNumber(tokens),
    input_blob: asText(input),
    output_blob: asText(output),
    error_blob: asText(error),
  };
}

function spansOf(
  rows: readonly Row[],
  starts: readonly number[],
  ends: readonly number[],
  wall: (raw: number) => number | null,
): SpanToSave[] {
  const ids = rows.map((row) => asText(row[2]) ?? "");
  const parents = rows.map((row) => asText(row[3]));
  const tree = buildTree({ ids, parents, starts, ends });
  return rows.map((row, at) => ({
    span_id: ids[at]!,
    parent: tree.parent[at]!,
    parent_span_id: parents[at]!,
    name: asText(row[4]) ?? "",
    status: asText(row[5]) ?? "unknown",
    start_time: wall(starts[at]!),
    end_time: wall(ends[at]!),
    attributes: asText(row[8]),
  }));
}
