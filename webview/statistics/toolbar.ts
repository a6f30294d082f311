/** The choices over the figures, in the toolbar of the Statistics tab. */
import { html, nothing, type TemplateResult } from "lit";
import { oneLine } from "../../src/format/text.ts";
import type { PipelineSummary, State, StatisticsGroup } from "../../src/protocol/messages.ts";
import type { SelectOption } from "../parts/select.ts";
import { strings } from "../strings.ts";
import { dateFields } from "./date-fields.ts";
import { type Choices, groupings, groupOf, rangeOf, withoutTimeBrush } from "./selection.ts";
import { versionName } from "./tables.ts";
import { rangeNames } from "./time-range.ts";
import "../parts/select.ts";

/** Dropdown values stand for versions, which may be any text or none at all. */
const ANY_VERSION = "any";

type Change = (change: Partial<Choices>) => void;

/** `pipelines` are those there are; undefined while they are not known. */
export function choiceControls(
  choices: Choices,
  pipelines: readonly PipelineSummary[] | undefined,
  change: Change,
): TemplateResult {
  const range = rangeOf(choices);
  const brush = withoutTimeBrush(choices.brush);
  return html`
    <lens-select
      class="pipeline-filter"
      .label=${strings.pipelineFilter}
      .value=${choices.pipeline}
      .options=${pipelineOptions(choices, pipelines)}
      .onChoose=${(pipeline: string) => change({ pipeline, version: undefined })}
    ></lens-select>
    ${versionPicker(choices, pipelines, change)}
    <lens-select
      class="state-filter"
      .label=${strings.stateFilter}
      .value=${choices.states.length === 1 ? choices.states[0]! : ""}
      .options=${[{ value: "", label: strings.anyState }, ...(Object.entries(strings.states) as [State, string][]).map(([value, label]) => ({ value, label }))]}
      .onChoose=${(state: string) => change({ states: state === "" ? [] : [state as State] })}
    ></lens-select>
    <lens-select
      class="range-filter"
      .label=${strings.rangeFilter}
      .value=${range}
      .options=${rangeNames.map((name) => ({ value: name, label: strings.ranges[name] }))}
      .onChoose=${(name: string) => change({ range: name, brush })}
    ></lens-select>
    ${range === "custom" ? dateFields(choices, (dates) => change({ ...dates, brush })) : nothing}
    <lens-select
      class="group-filter"
      .label=${strings.groupBy}
      .value=${groupOf(choices)}
      .options=${groupings.map((name: StatisticsGroup) => ({ value: name, label: strings.groupedBy(strings.groups[name]) }))}
      .onChoose=${(groupBy: string) => change({ groupBy })}
    ></lens-select>
  `;
}

function pipelineOptions(
  { pipeline }: Choices,
  pipelines: readonly PipelineSummary[] | undefined,
): SelectOption[] {
  const found = (pipelines ?? []).map(({ pipeline_name, runs }) => ({
    value: pipeline_name,
    label: strings.withCount(oneLine(pipeline_name, 60), runs),
  }));
  const missing = pipeline !== "" && !found.some(({ value }) => value === pipeline);
  return [
    { value: "", label: strings.anyPipeline },
    ...(missing ? [{ value: pipeline, label: oneLine(pipeline, 60) }] : []),
    ...found,
  ];
}

/** Versions belong to a pipeline: there is nothing to choose while none is chosen. */
function versionPicker(
  { pipeline, version }: Choices,
  pipelines: readonly PipelineSummary[] | undefined,
  change: Change,
): TemplateResult | typeof nothing {
  const versions = pipelines?.find(({ pipeline_name }) => pipeline_name === pipeline)?.versions;
  if (pipeline === "" || !versions) return nothing;
  const options = [
    { value: ANY_VERSION, label: strings.anyVersion },
    ...versions.map(({ pipeline_version, runs }) => ({
      value: JSON.stringify(pipeline_version),
      label: strings.withCount(versionName(pipeline_version), runs),
    })),
  ];
  return html`<lens-select
    class="version-filter"
    .label=${strings.versionFilter}
    .value=${version === undefined ? ANY_VERSION : JSON.stringify(version)}
    .options=${options}
    .onChoose=${(value: string) => change({ version: value === ANY_VERSION ? undefined : (JSON.parse(value) as string | null) })}
  ></lens-select>`;
}
