import { html, nothing, type TemplateResult } from "lit";
import { formatCost, formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import type { State, StatisticsReport } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";

/** The figures of a report, most telling first. */
export function tiles({ runs, statistics, pipelines }: StatisticsReport): TemplateResult {
  const failedRuns = runs.by_state.failed ?? 0;
  const failedSpans = Object.values(statistics.durations).reduce((sum, { failed }) => sum + failed, 0);
  const others = (Object.entries(runs.by_state) as [State, number][])
    .filter(([state, count]) => count > 0 && state !== "completed" && state !== "failed")
    .map(([state, count]) => `${formatCount(count)} ${strings.states[state]}`)
    .join(", ");
  // Percentiles of several pipelines cannot be put together from theirs.
  const only = pipelines.length === 1 ? pipelines[0] : undefined;
  return html`<dl class="tiles">
    ${tile(strings.runs, formatCount(runs.total), others)}
    ${tile(strings.failedRuns, formatPercent(runs.total > 0 ? failedRuns / runs.total : null), formatCount(failedRuns), failedRuns > 0)}
    ${tile(strings.spansLabel, formatCount(statistics.total_spans), statistics.unfinished_spans > 0 ? strings.unfinishedCount(statistics.unfinished_spans) : "")}
    ${tile(strings.failedSpansLabel, formatPercent(statistics.total_spans > 0 ? failedSpans / statistics.total_spans : null), formatCount(failedSpans), failedSpans > 0)}
    ${only && only.p50 !== null ? tile(strings.runP50, formatDuration(only.p50)) : nothing}
    ${only && only.p95 !== null ? tile(strings.runP95, formatDuration(only.p95)) : nothing}
    ${runs.cost === null ? nothing : tile(strings.cost, formatCost(runs.cost))}
    ${runs.tokens === null ? nothing : tile(strings.tokensLabel, formatCount(runs.tokens))}
  </dl>`;
}

function tile(label: string, figure: string, remark = "", bad = false): TemplateResult {
  return html`<div class="tile">
    <dt>${label}</dt>
    <dd class="tile-figure ${bad ? "bad" : ""}">${figure}</dd>
    ${remark === "" ? nothing : html`<dd class="tile-remark">${remark}</dd>`}
  </div>`;
}
