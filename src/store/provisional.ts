import type { Reader } from "../engine/reader.ts";
import type { AttributeNumbers } from "./attribute-numbers.ts";
import type { Run } from "./model.ts";
import { errorFromText } from "./span-error.ts";
import { RowCollector, type SpanRows, type StoredSpan } from "./span-rows.ts";
import { stateOfRun } from "./status.ts";
import { readSteps } from "./steps.ts";

/**
 * Stand-in spans for a run whose trace is not written yet: a `pipeline_run` root and one span a step. Keys count from 0 (the root).
 * A step's row is written when it ends and may carry only its duration, so a step that has no later time begins where the one before it ended.
 */
export function readProvisional(reader: Reader, run: Run): SpanRows {
  const rows = new RowCollector();
  const steps = readSteps(reader, run.run_id);
  const state = reader.get<{ current_step_index: number | null; total_steps: number | null }>(
    "SELECT current_step_index, total_steps FROM lens_state WHERE run_id = ?",
    [run.run_id],
  );
  if (steps.length === 0 && !state) return rows.finish();

  const add = (id: string, parent: string | null, span: Omit<StoredSpan, "key" | "attributes">) => {
    rows.ids.add(id, parent);
    rows.add({ key: rows.size, ...span, attributes: null });
  };
  add(run.run_id, null, {
    name: "pipeline_run",
    status: run.status,
    start: run.start_time ?? Number.NaN,
    end: run.end_time ?? Number.NaN,
    numbers: numbersOf(run.total_cost, run.total_tokens),
  });

  let reached = run.start_time ?? Number.NaN;
  for (const step of steps) {
    const seconds = step.duration_ms === null ? Number.NaN : step.duration_ms / 1000;
    const stored = step.start_time ?? Number.NaN;
    const start = Number.isNaN(stored) || stored < reached ? reached : stored;
    const lasts = Number.isNaN(seconds) && step.end_time !== null ? step.end_time - start : seconds;
    const end = stateOfRun(step.status) === "running" ? Number.NaN : start + lasts;
    add(`${run.run_id}:${step.step_index}`, run.run_id, {
      name: step.step_name,
      status: step.status,
      start,
      end,
      numbers: numbersOf(step.cost, step.tokens),
    });
    const hint = errorFromText(step.error);
    if (hint) rows.hint(hint);
    if (!Number.isNaN(end)) reached = end;
  }

  const current = state?.current_step_index;
  const total = state?.total_steps ?? 0;
  const known = steps.some((step) => step.step_index === current);
  if (run.state === "running" && typeof current === "number" && !known && (total === 0 || current < total)) {
    const name = total > 0 ? `step ${current + 1} of ${total}` : `step ${current + 1}`;
    const numbers = numbersOf(null, null);
    add(`${run.run_id}:${current}`, run.run_id, {
      name,
      status: "running",
      start: reached,
      end: Number.NaN,
      numbers,
    });
  }
  return rows.finish();
}

function numbersOf(cost: number | null, tokens: number | null): AttributeNumbers {
  return { cost: cost ?? Number.NaN, tokens: tokens ?? Number.NaN, attempt: Number.NaN };
}
