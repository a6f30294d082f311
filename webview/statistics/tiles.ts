import { html, nothing, type TemplateResult } from "lit";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatTime,
} from "../../src/format/numbers.ts";
import type { Selection, State, StatisticsReport } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";
import type { ShowBehind } from "./behind.ts";
import { changeOf, type FigureKind } from "./change.ts";
import { changeMark, figure } from "./figures.ts";
import { inStates } from "./selection.ts";

interface Tile {
  readonly label: string;
  readonly figure: string;
  readonly now: number | null;
  readonly before: number | null | undefined;
  readonly beforeText: string;
  readonly kind: FigureKind;
  readonly remark?: TemplateResult | string;
  readonly bad?: boolean;
  readonly open: () => void;
}

/** The figures of a report, most telling first, each with its change against the period before. */
export function tiles(report: StatisticsReport, selection: Selection, show: ShowBehind): TemplateResult {
  const { runs, statistics, before } = report;
  const failedRuns = runs.by_state.failed ?? 0;
  const failedSpans = Object.values(statistics.durations).reduce((sum, { failed }) => sum + failed, 0);
  const behindRuns = (title: string, query: { runStates?: State[]; atLeast?: number } = {}) =>
    show({ kind: "runs", title, query: { ...selection, ...query } });
  const others = (Object.entries(runs.by_state) as [State, number][])
    .filter(([state, count]) => count > 0 && state !== "completed" && state !== "failed")
    .map(([state, count]) => `${formatCount(count)} ${strings.states[state]}`)
    .join(", ");
  const count = (label: string, now: number, then: number | undefined, open: () => void): Tile => ({
    ...{ label, figure: formatCount(now), now, before: then, beforeText: formatCount(then) },
    kind: "count",
    open,
  });
  const failures = (
    label: string,
    now: readonly [failed: number, of: number],
    then: readonly [failed: number, of: number] | null,
    open: () => void,
  ): Tile => ({
    ...{ label, figure: formatPercent(share(...now)), now: share(...now) },
    ...{ before: then && share(...then), beforeText: formatPercent(then && share(...then)) },
    kind: "share",
    remark: formatCount(now[0]),
    bad: now[0] > 0,
    open,
  });
  const seconds = (label: string, now: number | null, then: number | null | undefined): Tile => ({
    ...{ label, figure: formatDuration(now), now, before: then, beforeText: formatDuration(then) },
    kind: "duration",
    open: () => behindRuns(strings.runsOfAtLeast(formatDuration(now)), { atLeast: now ?? 0 }),
  });
  const unfinished = figure(strings.unfinishedCount(statistics.unfinished_spans), () =>
    show({ kind: "spans", title: strings.unfinishedSpans, query: { ...selection, unfinished: true } }),
  );
  const all: Tile[] = [
    { ...count(strings.runs, runs.total, before?.runs, () => behindRuns(strings.runs)), remark: others },
    failures(strings.failedRuns, [failedRuns, runs.total], before && [before.failed_runs, before.runs], () =>
      behindRuns(strings.failedRuns, { runStates: ["failed"] }),
    ),
    {
      ...count(strings.spansLabel, statistics.total_spans, before?.total_spans, () =>
        show({ kind: "spans", title: strings.spansLabel, query: selection }),
      ),
      remark: statistics.unfinished_spans > 0 ? unfinished : "",
    },
    failures(
      strings.failedSpansLabel,
      [failedSpans, statistics.total_spans],
      before && [before.failed_spans, before.total_spans],
      () => show({ kind: "spans", title: strings.failedSpansLabel, query: inStates(selection, ["failed"]) }),
    ),
    seconds(strings.runP50, runs.p50, before?.p50),
    seconds(strings.runP95, runs.p95, before?.p95),
    {
      ...{ label: strings.cost, figure: formatCost(runs.cost), now: runs.cost },
      ...{ before: before?.cost, beforeText: formatCost(before?.cost) },
      kind: "cost",
      open: () => behindRuns(strings.runs),
    },
    {
      ...{ label: strings.tokensLabel, figure: formatCount(runs.tokens), now: runs.tokens },
      ...{ before: before?.tokens, beforeText: formatCount(before?.tokens) },
      kind: "tokens",
      open: () => behindRuns(strings.runs),
    },
  ];
  const range = before && strings.periodBefore(formatTime(before.range[0]), formatTime(before.range[1]));
  return html`<dl class="tiles">${all.filter(({ now }) => now !== null).map((each) => tile(each, range))}</dl>`;
}

function tile(
  { label, figure: text, now, before, beforeText, kind, remark, bad, open }: Tile,
  range: string | null,
): TemplateResult {
  const change = changeOf(now, before, kind);
  return html`<div class="tile">
    <dt>${label}</dt>
    <dd class="tile-figure ${bad ? "bad" : ""}">${figure(text, open, label)}</dd>
    ${remark ? html`<dd class="tile-remark">${remark}</dd>` : nothing}
    ${range === null ? nothing : html`<dd class="tile-change" title=${strings.before(range, beforeText)}>${change ? changeMark(change) : strings.nothingBefore}</dd>`}
  </div>`;
}

function share(part: number, of: number): number | null {
  return of > 0 ? part / of : null;
}
