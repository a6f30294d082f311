/** What the figures on screen can be compared with. */
import { oneLine } from "../../src/format/text.ts";
import type { PipelineSummary, Selection, StatisticsReport } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";
import type { Comparable } from "./compare.ts";
import type { Dates } from "./date-fields.ts";
import { type Choices, chosen, everything, hasBrush, periodBefore, rangeOf } from "./selection.ts";
import { versionName } from "./tables.ts";
import { rangeNames } from "./time-range.ts";

export interface OnScreen {
  readonly choices: Choices;
  /** What the figures on screen were asked with, and the same without a brush. */
  readonly selection: Selection;
  readonly unbrushed: Selection;
  /** Seconds since the epoch. A moving end of "last hour" would be another question at every drawing. */
  readonly askedAt: number;
}

/** The period before, other times, a time range of one's own, versions. */
export function comparables(
  { choices, selection, unbrushed, askedAt }: OnScreen,
  report: StatisticsReport,
  pipelines: readonly PipelineSummary[],
  dates: Dates,
): Comparable[] {
  const before = periodBefore(selection, report);
  const { from: _, to: __, ...timeless } = selection;
  const versions = pipelines
    .filter(({ pipeline_name }) => choices.pipeline === "" || pipeline_name === choices.pipeline)
    .flatMap(({ pipeline_name, versions: own }) =>
      own.map(({ pipeline_version }) => ({
        id: versionId(pipeline_name, pipeline_version),
        label: `${oneLine(pipeline_name, 40)} ${versionName(pipeline_version)}`,
        selection: { ...selection, pipelineName: pipeline_name, pipelineVersion: pipeline_version },
      })),
    );
  const times = rangeNames
    .filter((name) => name !== "custom" && name !== rangeOf(choices))
    .map((name) => ({
      id: name,
      label: strings.ranges[name],
      selection: { ...timeless, ...chosen({ ...everything, range: name }, askedAt) },
    }));
  const own = chosen({ ...everything, range: "custom", ...dates }, askedAt);
  return [
    ...(before ? [{ id: "before", label: strings.periodBeforeName, selection: before }] : []),
    ...(hasBrush(choices.brush) ? [{ id: "whole", label: strings.withoutBrush, selection: unbrushed }] : []),
    ...times,
    {
      id: "custom",
      label: strings.anotherRange,
      title: datesText(dates),
      selection: own && { ...timeless, ...own },
      dates,
    },
    ...versions,
  ];
}

/** What the figures on screen cover, in words. */
export function labelOf(choices: Choices): string {
  const { pipeline, version, states, names, errorTypes, brush } = choices;
  return [
    pipeline === "" ? strings.anyPipeline : oneLine(pipeline, 40),
    ...(version === undefined ? [] : [versionName(version)]),
    ...states.map((state) => strings.states[state]),
    ...names.map((name) => oneLine(name, 40) || strings.noName),
    ...errorTypes.map((type) => (type === null ? strings.noError : oneLine(type, 40))),
    rangeOf(choices) === "custom" ? datesText(choices) : strings.ranges[rangeOf(choices)],
    ...(hasBrush(brush) ? [strings.brushed] : []),
  ].join(", ");
}

function datesText({ from, to }: Dates): string {
  return `${from.replace("T", " ")} … ${to.replace("T", " ")}`.trim();
}

export function versionId(pipeline: string, version: string | null): string {
  return JSON.stringify([pipeline, version]);
}
