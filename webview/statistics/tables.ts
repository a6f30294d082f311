/** The two smaller tables of the Statistics tab. */
import { html, nothing, type TemplateResult } from "lit";
import {
  formatAge,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatTime,
} from "../../src/format/numbers.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type {
  ErrorGroup,
  PipelinePerformance,
  Selection,
  StatisticsReport,
} from "../../src/protocol/messages.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";
import type { ShowBehind } from "./behind.ts";
import { figure, walkFigures } from "./figures.ts";
import { inStates } from "./selection.ts";

type Performance = Omit<PipelinePerformance, "versions" | "pipeline_name">;

export interface PipelineActions {
  readonly selection: Selection;
  readonly show: ShowBehind;
  /** Narrows the statistics to one pipeline, and to one of its versions. */
  choose(pipeline: string, version?: string | null): void;
  /** Puts a version beside the figures on screen. */
  compare(pipeline: string, version: string | null): void;
}

/** Every pipeline, and below it its versions where it has more than one. */
export function pipelineTable(
  rows: readonly PipelinePerformance[],
  actions: PipelineActions,
): TemplateResult {
  const titles = [
    strings.runs,
    strings.failedRuns,
    strings.columns.rate,
    strings.spansLabel,
    strings.failedSpansLabel,
    strings.runP50,
    strings.runP95,
    strings.cost,
  ];
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${strings.pipelines}>
    <table class="pipelines">
      <thead>
        <tr>
          <th scope="col">${strings.pipeline}</th>
          ${titles.map((label) => html`<th scope="col" class="figure">${label}</th>`)}
        </tr>
      </thead>
      <tbody @keydown=${walkFigures}>
        ${rows.map((row) => html`${pipelineRow(row, actions)}${row.versions.length > 1 ? row.versions.map((version) => versionRow(row.pipeline_name, version, actions)) : nothing}`)}
      </tbody>
    </table>
  </div>`;
}

function pipelineRow(row: PipelinePerformance, actions: PipelineActions): TemplateResult {
  const name = oneLine(row.pipeline_name, 80);
  const only = row.versions.length === 1 ? row.versions[0]!.pipeline_version : null;
  return html`<tr>
    <th scope="row">
      <button type="button" class="link" title=${strings.statisticsOf(name)} @click=${() => actions.choose(row.pipeline_name)}>${name || strings.noName}</button>
      ${only === null ? nothing : html`<span class="quiet">${strings.version(oneLine(only, 30))}</span>`}
    </th>
    ${performanceCells(row, name, { ...actions.selection, pipelineName: row.pipeline_name }, actions.show)}
  </tr>`;
}

function versionRow(
  pipeline: string,
  row: PipelinePerformance["versions"][number],
  actions: PipelineActions,
): TemplateResult {
  const version = row.pipeline_version;
  const label = versionName(version);
  const title = `${oneLine(pipeline, 60)} ${label}`;
  const selection = { ...actions.selection, pipelineName: pipeline, pipelineVersion: version };
  return html`<tr class="version-row">
    <th scope="row">
      <button type="button" class="link" title=${strings.statisticsOf(title)} @click=${() => actions.choose(pipeline, version)}>${label}</button>
      <button type="button" class="link row-action" aria-label=${strings.compareWith(title)} title=${strings.compareWith(title)} @click=${() => actions.compare(pipeline, version)}>${icon("compare-changes")}</button>
    </th>
    ${performanceCells(row, title, selection, actions.show)}
  </tr>`;
}

export function versionName(version: string | null): string {
  return version === null ? strings.noVersion : strings.version(oneLine(version, 30));
}

function performanceCells(
  row: Performance,
  title: string,
  selection: Selection,
  show: ShowBehind,
): TemplateResult {
  const runs =
    (what: string, query: object = {}) =>
    () =>
      show({ kind: "runs", title: `${title}: ${what}`, query: { ...selection, ...query } });
  const spans =
    (what: string, query: object = {}) =>
    () =>
      show({ kind: "spans", title: `${title}: ${what}`, query: { ...selection, ...query } });
  const failed = row.failed_runs > 0 ? runs(strings.failedRuns, { runStates: ["failed"] }) : undefined;
  const badSpans =
    row.failed_spans > 0 ? spans(strings.failedSpansLabel, inStates(selection, ["failed"])) : undefined;
  const atLeast = (seconds: number | null) =>
    figure(
      formatDuration(seconds),
      runs(strings.runsOfAtLeast(formatDuration(seconds)), { atLeast: seconds ?? 0 }),
    );
  const mood = (count: number) => (count > 0 ? "bad" : "quiet");
  return html`
    <td class="figure">${figure(formatCount(row.runs), runs(strings.runs))}</td>
    <td class="figure ${mood(row.failed_runs)}">${figure(formatCount(row.failed_runs), failed)}</td>
    <td class="figure ${mood(row.failed_runs)}">${figure(formatPercent(row.runs > 0 ? row.failed_runs / row.runs : null), failed)}</td>
    <td class="figure">${figure(formatCount(row.total_spans), spans(strings.spansLabel))}</td>
    <td class="figure ${mood(row.failed_spans)}">${figure(formatCount(row.failed_spans), badSpans)}</td>
    <td class="figure">${atLeast(row.p50)}</td>
    <td class="figure">${atLeast(row.p95)}</td>
    <td class="figure">${figure(formatCost(row.cost), runs(strings.runs))}</td>
  `;
}

/** `open` shows the newest failure of a pattern. */
export function errorTable(
  patterns: StatisticsReport["errors"],
  selection: Selection,
  show: ShowBehind,
  open: (pattern: ErrorGroup) => void,
  now: number,
): TemplateResult {
  if (patterns.length === 0) return html`<p class="quiet">${strings.errorsEmpty}</p>`;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${strings.errors}>
    <table class="errors">
      <thead>
        <tr>
          <th scope="col" class="figure">${strings.occurrences}</th>
          <th scope="col">${strings.errorColumn}</th>
          <th scope="col" class="span-column">${strings.inSpan}</th>
          <th scope="col">${strings.lastSeen}</th>
        </tr>
      </thead>
      <tbody @keydown=${walkFigures}>
        ${patterns.map((pattern) => {
          const title = `${oneLine(pattern.error_type, 60)} ${oneLine(pattern.message, 100)}`;
          const all = () =>
            show({ kind: "spans", title, query: { ...selection, fingerprint: pattern.fingerprint } });
          return html`<tr>
            <td class="figure">${figure(formatCount(pattern.count), all)}</td>
            <td>
              <button type="button" class="link error-link" title=${strings.openNewest} @click=${() => open(pattern)}>
                <b>${oneLine(pattern.error_type, 100)}</b> <span class="error-text">${clip(visible(pattern.message), 300)}</span>
                <span class="quiet in-span">${strings.inName(namesOf(pattern))}</span>
              </button>
            </td>
            <td class="span-column">${namesOf(pattern)}</td>
            <td class="quiet nowrap" title=${formatTime(pattern.last_time)}>${formatAge(pattern.last_time, now)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** The names of the spans that failed so, on one line. */
function namesOf({ names }: ErrorGroup): string {
  return oneLine(names.join(", "), 120);
}
