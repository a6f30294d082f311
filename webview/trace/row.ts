import { html, nothing, type TemplateResult } from "lit";
import { formatCount, formatDuration } from "../../src/format/numbers.ts";
import { stateIcon } from "../icons.ts";
import { spanName, strings } from "../strings.ts";
import { timeOnPath } from "../timeline/critical-path.ts";
import type { Group, Groups } from "../timeline/groups.ts";
import type { TraceModel } from "../timeline/trace-model.ts";

/** What a row needs to know besides its place. */
export interface RowContext {
  readonly model: TraceModel;
  readonly matches: Uint8Array | undefined;
  /** 1 for spans whose subtree is closed. */
  readonly closed: Uint8Array;
  readonly groups: Groups | undefined;
  readonly showCritical: boolean;
  readonly selected: number;
  /** Pixels. */
  readonly nameWidth: number;
}

const INDENT = 12;
const LABEL = 170;
/** From this share of the run's time on, a self time is printed bold. */
const HOT = 0.2;
/** Up to this share of the longest self time there is no bar: it would be a dot. */
const COOL = 0.03;

/** Id of a span's row in the page. */
export function rowId(index: number): string {
  return `span-row-${index}`;
}

/** The row of the span at `index`, standing at `position` among the visible rows. */
export function row(context: RowContext, index: number, position: number): TemplateResult {
  const { spans, ranks } = context.model;
  const group = context.groups?.byFirst.get(index);
  const parent = group !== undefined || spans.hasChildren(index);
  const open = parent && group === undefined && !context.closed[index];
  const rank = group ? (group.failed > 0 ? 1 : 0) : ranks[index];
  const classes = [
    "row",
    "span-row",
    rank === 2 ? "origin" : rank === 1 ? "carried" : "",
    index === context.selected ? "selected" : "",
    context.matches && !context.matches[index] ? "dim" : "",
  ].join(" ");
  const self = group ? group.self : spans.selfTimes[index]!;
  return html`<div
    role="row"
    class=${classes}
    id=${rowId(index)}
    data-name=${spans.name(index)}
    data-index=${index}
    aria-rowindex=${position + 2}
    aria-level=${spans.depths[index]! + 1}
    aria-expanded=${parent ? String(open) : nothing}
    aria-selected=${String(index === context.selected)}
  >
    ${nameCell(context, index, group, parent, open)}
    <div role="gridcell" class="cell figure self-cell">${selfTime(self, context.model, group)}</div>
    <div role="gridcell" class="cell figure">${group ? formatDuration(group.duration) : durationText(context.model, index)}</div>
    <div role="gridcell" class="cell bar-cell"><span class="unseen">${barText(context, index, group)}</span></div>
  </div>`;
}

function nameCell(
  context: RowContext,
  index: number,
  group: Group | undefined,
  parent: boolean,
  open: boolean,
): TemplateResult {
  const { spans } = context.model;
  const depth = spans.depths[index]!;
  // A deep trace would push names out of the column: from some depth on a number stands for the indent.
  const levels = Math.max(3, Math.floor((context.nameWidth - LABEL) / INDENT));
  const deeper = depth - levels;
  const twistie = parent ? (open ? "codicon-chevron-down" : "codicon-chevron-right") : "";
  const attempt = group ? null : spans.attempt(index);
  const state = group && group.failed > 0 ? "failed" : spans.state(index);
  return html`<div role="gridcell" class="cell name-cell" style="padding-left: ${Math.min(depth, levels) * INDENT}px">
    <span class="twistie codicon ${twistie}" aria-hidden="true"></span>${stateIcon(state)}
    ${deeper > 0 ? html`<span class="depth" title=${strings.deeperHint(depth)}>${strings.deeper(deeper)}</span>` : nothing}
    <span class="label">${spanName(spans.name(index), 120)}</span>
    ${group ? html`<span class="count">${strings.groupCount(group.members.length)}</span>` : nothing}
    ${!group && parent && !open ? html`<span class="quiet count">${formatCount(spans.childCount(index))}</span>` : nothing}
    ${attempt !== null && attempt > 1 ? html`<span class="quiet">${strings.attempt(attempt)}</span>` : nothing}
  </div>`;
}

function selfTime(
  seconds: number,
  { extent, mostSelf }: TraceModel,
  group: Group | undefined,
): TemplateResult {
  const self = Math.max(0, seconds || 0);
  const heat = self > mostSelf * COOL ? Math.min(1, self / mostSelf) : 0;
  const hot = extent > 0 && self / extent >= HOT;
  const known = group || !Number.isNaN(seconds);
  return html`<span class="heat" style="width: ${heat * 100}%"></span
    ><span class="${hot ? "hot" : ""}">${formatDuration(known ? seconds : null)}</span>`;
}

function durationText({ spans, extent }: TraceModel, index: number): string {
  const duration = spans.durations[index]!;
  if (!Number.isNaN(duration)) return formatDuration(duration);
  const start = spans.starts[index]!;
  if (Number.isNaN(start) || !Number.isNaN(spans.ends[index]!)) return "–";
  return strings.atLeast(formatDuration(extent - start));
}

/** What the bar shows, in words. */
function barText(
  { model, groups, showCritical }: RowContext,
  index: number,
  group: Group | undefined,
): string {
  const { spans } = model;
  const start = spans.starts[index]!;
  if (Number.isNaN(start)) return strings.noStart;
  const parts = [strings.afterStart(formatDuration(start))];
  if (group && groups && group.failed > 0) parts.push(strings.failedSpans(group.failed));
  if (!group && Number.isNaN(spans.ends[index]!)) parts.push(strings.unfinished);
  if (showCritical && !group && model.critical.firsts[index]! >= 0)
    parts.push(strings.onCriticalPath(formatDuration(timeOnPath(model.critical, index))));
  return parts.join(", ");
}
