/** The two smaller tables of the Statistics tab. */
import { html, type TemplateResult } from "lit";
import {
  formatAge,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatTime,
} from "../../src/format/numbers.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type { ErrorGroup, PipelinePerformance } from "../../src/protocol/messages.ts";
import { linkButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";

/** `choose` narrows the statistics to one pipeline. */
export function pipelineTable(
  rows: readonly PipelinePerformance[],
  choose: (pipeline: string) => void,
): TemplateResult {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${strings.pipelines}>
    <table>
      <thead>
        <tr>
          <th scope="col">${strings.pipeline}</th>
          ${[strings.runs, strings.failedRuns, strings.columns.rate, strings.spansLabel, strings.failedSpansLabel, strings.runP50, strings.runP95, strings.cost].map((label) => html`<th scope="col" class="figure">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            <th scope="row">${linkButton(oneLine(row.pipeline_name, 80), () => choose(row.pipeline_name))}</th>
            <td class="figure">${formatCount(row.runs)}</td>
            <td class="figure ${row.failed_runs > 0 ? "bad" : "quiet"}">${formatCount(row.failed_runs)}</td>
            <td class="figure ${row.failed_runs > 0 ? "bad" : "quiet"}">${formatPercent(row.runs > 0 ? row.failed_runs / row.runs : null)}</td>
            <td class="figure">${formatCount(row.total_spans)}</td>
            <td class="figure ${row.failed_spans > 0 ? "bad" : "quiet"}">${formatCount(row.failed_spans)}</td>
            <td class="figure">${formatDuration(row.p50)}</td>
            <td class="figure">${formatDuration(row.p95)}</td>
            <td class="figure">${formatCost(row.cost)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** `open` shows the newest failure of a pattern. */
export function errorTable(
  patterns: readonly ErrorGroup[],
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
      <tbody>
        ${patterns.map(
          (pattern) => html`<tr>
            <td class="figure">${formatCount(pattern.count)}</td>
            <td>
              <button type="button" class="link error-link" title=${strings.openNewest} @click=${() => open(pattern)}>
                <b>${oneLine(pattern.error_type, 100)}</b> <span class="error-text">${clip(visible(pattern.message), 300)}</span>
                <span class="quiet in-span">${strings.inName(namesOf(pattern))}</span>
              </button>
            </td>
            <td class="span-column">${namesOf(pattern)}</td>
            <td class="quiet nowrap" title=${formatTime(pattern.last_time)}>${formatAge(pattern.last_time, now)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The names of the spans that failed so, on one line. */
function namesOf({ names }: ErrorGroup): string {
  return oneLine(names.join(", "), 120);
}
