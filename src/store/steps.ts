import type { Reader, SqlValue } from "../engine/reader.ts";
import type { Evaluation, Step } from "./model.ts";
import { asNumber, asText, parseTime } from "./values.ts";

/** A run's rows of `steps`, in order of their index. */
export function readSteps(reader: Reader, runId: string): Step[] {
  return reader
    .all(
      `SELECT step_name, step_index, status, start_text, end_text, duration_ms, cost, tokens, input, output, raw_response, error
        FROM lens_steps WHERE run_id = ? ORDER BY step_index, row`,
      [runId],
    )
    .map((row) => toStep(runId, row));
}

function toStep(runId: string, row: Record<string, SqlValue>): Step {
  const start_time = parseTime(row.start_text);
  return {
    run_id: runId,
    step_name: asText(row.step_name) ?? "",
    step_index: asNumber(row.step_index) ?? 0,
    status: asText(row.status) ?? "unknown",
    start_time,
    end_time: parseTime(row.end_text),
    duration_ms: asNumber(row.duration_ms),
    cost: asNumber(row.cost),
    tokens: asNumber(row.tokens),
    input: asText(row.input),
    output: asText(row.output),
    raw_response: asText(row.raw_response),
    error: asText(row.error),
  };
}

/** Evaluations of one step of a run, or of the run as a whole where `stepName` is undefined. */
export function readEvaluations(reader: Reader, runId: string, stepName: string | undefined): Evaluation[] {
  return reader
    .all(
      `SELECT step_name, score, feedback, metadata, created_text FROM lens_evaluations
        WHERE run_id = ?1 AND (step_name = ?2 OR (?2 IS NULL AND step_name IS NULL))`,
      [runId, stepName ?? null],
    )
    .map((row) => ({
      step_name: asText(row.step_name),
      score: asNumber(row.score),
      feedback: asText(row.feedback),
      metadata: asText(row.metadata),
      created_at: parseTime(row.created_text),
    }));
}
