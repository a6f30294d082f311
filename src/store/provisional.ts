import type { Reader } from "../engine/reader.ts";
import type { Run } from "./model.ts";
import { errorFromText } from "./span-error.ts";
import { emptyRows, type SpanRows } from "./span-rows.ts";
import { stateOfRun } from "./status.ts";
import { readSteps } from "./steps.ts";

/**
 * Stand-in spans for a run whose trace is not written yet: a `pipeline_run` root and one span a step. Keys count from 0 (the root).
 * A step's row is written when it ends and may carry only its duration, so a step that has no later time begins where the one before it ended.
 */
export function readProvisional(reader: Reader, run: Run): SpanRows {
  const rows = emptyRows();
  const steps = readSteps(reader, run.run_id);
  const state = reader.get<{ current_step_index: number | null; total_steps: number | null }>(
    "SELECT current_step_index, total_steps FROM lens_state WHERE run_id = ?",
    [run.run_id],
  );
  if (steps.length === 0 && !state) return rows;

  const add = (
    id: string,
    parent: string | null,
    name: string,
    status: string,
    start: number,
    end: number,
  ) => {
    rows.keys.push(rows.keys.length);
    rows.ids.push(id);
    rows.parents.push(parent);
    rows.names.push(name);
    rows.statuses.push(status);
    rows.starts.push(start);
    rows.ends.push(end);
  };
  add(run.run_id, null, "pipeline_run", run.status, run.start_time ?? Number.NaN, run.end_time ?? Number.NaN);
  rows.costs.push(run.total_cost ?? Number.NaN);
  rows.tokens.push(run.total_tokens ?? Number.NaN);
  rows.attempts.push(Number.NaN);

  let reached = run.start_time ?? Number.NaN;
  for (const step of steps) {
    const seconds = step.duration_ms === null ? Number.NaN : step.duration_ms / 1000;
    const stored = step.start_time ?? Number.NaN;
    const start = Number.isNaN(stored) || stored < reached ? reached : stored;
    const lasts = Number.isNaN(seconds) && step.end_time !== null ? step.end_time - start : seconds;
    const end = stateOfRun(step.status) === "running" ? Number.NaN : start + lasts;
    const row = rows.keys.length;
    add(`${run.run_id}:${step.step_index}`, run.run_id, step.step_name, step.status, start, end);
    rows.costs.push(step.cost ?? Number.NaN);
    rows.tokens.push(step.tokens ?? Number.NaN);
    rows.attempts.push(Number.NaN);
    const hint = errorFromText(step.error);
    if (hint) rows.hints.set(row, hint);
    if (!Number.isNaN(end)) reached = end;
  }

  const current = state?.current_step_index;
  const total = state?.total_steps ?? 0;
  const known = steps.some((step) => step.step_index === current);
  if (run.state === "running" && typeof current === "number" && !known && (total === 0 || current < total)) {
    const name = total > 0 ? `step ${current + 1} of ${total}` : `step ${current + 1}`;
    add(`${run.run_id}:${current}`, run.run_id, name, "running", reached, Number.NaN);
    rows.costs.push(Number.NaN);
    rows.tokens.push(Number.NaN);
    rows.attempts.push(Number.NaN);
  }
  return rows;
}
