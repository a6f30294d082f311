/** What statistics are asked about: the choices of the toolbar, narrowed by what was brushed on the charts. */
import type { Selection, State, StatisticsGroup, StatisticsReport } from "../../src/protocol/messages.ts";
import type { Kept } from "../state.ts";
import { isRangeName, type RangeName, resolveRange } from "./time-range.ts";

export type Choices = Kept["statistics"];
/** Times in seconds since the epoch, durations in seconds, all inclusive. */
export type Brush = Choices["brush"];

export const everything: Choices = {
  pipeline: "",
  range: "all",
  from: "",
  to: "",
  groupBy: "name",
  states: [],
  names: [],
  errorTypes: [],
  brush: {},
};

export const groupings: readonly StatisticsGroup[] = ["name", "pipeline", "version", "state", "error_type"];

export function groupOf({ groupBy }: Choices): StatisticsGroup {
  return groupings.find((name) => name === groupBy) ?? "name";
}

export function rangeOf(choices: Choices): RangeName {
  return isRangeName(choices.range) ? choices.range : "all";
}

/** The toolbar's choices, without the brush; undefined while its dates make no range. `now` in seconds since the epoch. */
export function chosen(choices: Choices, now: number): Selection | undefined {
  const range = resolveRange(rangeOf(choices), choices.from, choices.to, now);
  if (range.kind === "invalid") return undefined;
  return withoutGaps({
    pipelineName: choices.pipeline === "" ? undefined : choices.pipeline,
    pipelineVersion: choices.version,
    states: some(choices.states),
    names: some(choices.names),
    errorTypes: some(choices.errorTypes),
    from: range.from,
    to: range.to,
  });
}

/** A selection within a brush. */
export function narrowed(selection: Selection, brush: Brush): Selection {
  return withoutGaps({
    ...selection,
    from: most(selection.from, brush.from),
    to: least(selection.to, brush.to),
    minDuration: most(selection.minDuration, brush.minDuration),
    maxDuration: least(selection.maxDuration, brush.maxDuration),
  });
}

/** Those spans of a selection that are in one of some states. */
export function inStates(selection: Selection, states: readonly State[]): Selection {
  const { states: own } = selection;
  return { ...selection, states: own === undefined ? states : states.filter((state) => own.includes(state)) };
}

/** The choices that leave one group of those that there are. */
export function onlyGroup(groupBy: StatisticsGroup, group: string | null): Partial<Choices> {
  switch (groupBy) {
    case "pipeline":
      return { pipeline: group ?? "", version: undefined };
    case "version":
      return { version: group };
    case "state":
      return { states: [group as State] };
    case "error_type":
      return { errorTypes: [group] };
    case "name":
      return { names: [group ?? ""] };
  }
}

export function withoutTimeBrush(brush: Brush): Brush {
  return { ...brush, from: undefined, to: undefined };
}

export function hasTimeBrush({ from, to }: Brush): boolean {
  return from !== undefined || to !== undefined;
}

export function hasDurationBrush({ minDuration, maxDuration }: Brush): boolean {
  return minDuration !== undefined || maxDuration !== undefined;
}

export function hasBrush(brush: Brush): boolean {
  return hasTimeBrush(brush) || hasDurationBrush(brush);
}

/** The end of a bar belongs to the next one: the largest number that is surely below it. */
export function below(edge: number): number {
  // Times have microseconds; a billion seconds in a double have a quarter of one.
  return edge >= 1e9 ? edge - 1e-6 : edge * (1 - 1e-12);
}

/** The spans of a group, as its durations count them. */
export function ofGroup(selection: Selection, groupBy: string, group: string | null): Selection {
  switch (groupBy) {
    case "pipeline":
      return { ...selection, pipelineName: group ?? "" };
    case "version":
      return { ...selection, pipelineVersion: group };
    case "state":
      return { ...selection, states: [group as "failed"] };
    case "error_type":
      return { ...selection, errorTypes: [group] };
    default:
      return { ...selection, names: [group ?? ""] };
  }
}

/** The stretch of the same length before the one shown. */
export function periodBefore(selection: Selection, { before }: StatisticsReport): Selection | undefined {
  return before ? { ...selection, from: before.range[0], to: below(before.range[1]) } : undefined;
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function some<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}

function withoutGaps(selection: Selection): Selection {
  return Object.fromEntries(Object.entries(selection).filter(([, value]) => value !== undefined));
}
