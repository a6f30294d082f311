import type { RunQuery, State } from "../store/model.ts";

/** How the runs are put together. */
export type Grouping = "none" | "pipeline" | "day";

/** Which runs the tree shows. */
export interface RunFilter {
  /** Any of these; all when empty. */
  readonly states: readonly FilterState[];
  /** Exact name. */
  readonly pipeline: string | undefined;
  /** Looked for in run id and pipeline name. */
  readonly text: string | undefined;
  /** In the filter language, about runs. */
  readonly expression: string | undefined;
}

export type FilterState = Exclude<State, "unknown">;

/** The words by which a database's rows say what a state is. The store compares raw words. */
const words: Readonly<Record<FilterState, readonly string[]>> = {
  running: ["running"],
  completed: ["completed", "success"],
  failed: ["failed", "error"],
  paused: ["paused"],
  cancelled: ["cancelled", "canceled", "aborted"],
};

export const filterStates = Object.keys(words) as readonly FilterState[];
export const groupings: readonly Grouping[] = ["none", "pipeline", "day"];
export const noFilter: RunFilter = {
  states: [],
  pipeline: undefined,
  text: undefined,
  expression: undefined,
};

export function isFiltering(filter: RunFilter): boolean {
  return filter.pipeline !== undefined || isFilteringWithin(filter);
}

/** Whether it takes only some of a pipeline's runs. */
export function isFilteringWithin({ states, text, expression }: RunFilter): boolean {
  return states.length > 0 || text !== undefined || expression !== undefined;
}

export function toQuery(filter: RunFilter): RunQuery {
  return {
    status: filter.states.length > 0 ? filter.states.flatMap((state) => words[state]) : undefined,
    pipeline: filter.pipeline,
    search: filter.text,
    filter: filter.expression,
  };
}

/** Reads what an earlier session remembered, whatever that was. */
export function filterFrom(value: unknown): RunFilter {
  if (typeof value !== "object" || value === null) return noFilter;
  const { states, pipeline, text, expression } = value as Record<string, unknown>;
  return {
    states: Array.isArray(states) ? filterStates.filter((state) => states.includes(state)) : [],
    pipeline: typeof pipeline === "string" ? pipeline : undefined,
    text: typeof text === "string" && text !== "" ? text : undefined,
    expression: typeof expression === "string" && expression !== "" ? expression : undefined,
  };
}

export function groupingFrom(value: unknown): Grouping {
  return groupings.find((grouping) => grouping === value) ?? "none";
}
