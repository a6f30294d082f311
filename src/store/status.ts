import type { State } from "./model.ts";

const WORDS: Readonly<Record<Exclude<State, "unknown">, readonly string[]>> = {
  running: ["running", "in_progress", "started", "pending"],
  completed: ["completed", "complete", "success", "succeeded", "ok", "done"],
  failed: ["failed", "failure", "error", "errored"],
  paused: ["paused", "suspended", "waiting"],
  cancelled: ["cancelled", "canceled", "aborted"],
};

/** Every state, as filters name them. */
export const states: readonly State[] = [...(Object.keys(WORDS) as (keyof typeof WORDS)[]), "unknown"];

const STATES: ReadonlyMap<string, State> = new Map(
  Object.entries(WORDS).flatMap(([state, words]) => words.map((word) => [word, state as State] as const)),
);

/** The state that a raw run status stands for. */
export function stateOfRun(status: string): State {
  // Nearly always it is written as listed.
  return STATES.get(status) ?? STATES.get(status.trim().toLowerCase()) ?? "unknown";
}

/** As for runs, but a span that says "running" and has ended is completed: flujo's OpenTelemetry exporter writes it so. */
export function stateOfSpan(status: string, finished: boolean): State {
  const state = stateOfRun(status);
  return state === "running" && finished ? "completed" : state;
}

/**
 * An SQL condition that is true for failed rows, by the same words. `column` must be a column name, never user text.
 * Nearly every row is completed, and the comparison costs less than the functions.
 */
export function isFailedSql(column: string): string {
  const words = WORDS.failed.map((word) => `'${word}'`).join(", ");
  return `(${column} <> 'completed' AND lower(trim(${column})) IN (${words}))`;
}

/** What {@link isFailedSql} says of a status: SQLite trims spaces only, and lowers ASCII letters only. */
export function isFailedInSql(status: string): boolean {
  const word = status.replace(/^ +| +$/g, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return WORDS.failed.includes(word);
}
