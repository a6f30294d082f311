import { html, nothing, type TemplateResult } from "lit";
import { formatDuration } from "../../src/format/numbers.ts";
import type { OutlineSpan } from "../../src/protocol/messages.ts";
import { stateIcon } from "../icons.ts";
import { spanName, strings } from "../strings.ts";
import { hasChildren } from "../timeline/rows.ts";
import { barOf, durationSoFar, type TimeDomain } from "../timeline/scale.ts";

/** What a row needs to know besides its place. */
export interface RowContext {
  readonly spans: readonly OutlineSpan[];
  readonly domain: TimeDomain | undefined;
  /** Seconds. */
  readonly mostSelf: number;
  readonly ranks: Uint8Array;
  readonly matches: Uint8Array | undefined;
  readonly collapsed: ReadonlySet<number>;
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
  const span = context.spans[index]!;
  const parent = hasChildren(context.spans, index);
  const open = parent && !context.collapsed.has(span.key);
  const rank = context.ranks[index];
  const classes = [
    "row",
    "span-row",
    rank === 2 ? "origin" : rank === 1 ? "carried" : "",
    index === context.selected ? "selected" : "",
    context.matches && !context.matches[index] ? "dim" : "",
  ].join(" ");
  return html`<div
    role="row"
    class=${classes}
    id=${rowId(index)}
    data-name=${span.name}
    data-index=${index}
    aria-rowindex=${position + 2}
    aria-level=${span.depth + 1}
    aria-expanded=${parent ? String(open) : nothing}
    aria-selected=${String(index === context.selected)}
  >
    ${nameCell(context, span, parent, open)}
    <div role="gridcell" class="cell figure self-cell">${selfTime(span, context)}</div>
    <div role="gridcell" class="cell figure">${durationText(span, context.domain)}</div>
    <div role="gridcell" class="cell bar-cell">${bar(span, context.domain)}</div>
  </div>`;
}

function nameCell(context: RowContext, span: OutlineSpan, parent: boolean, open: boolean): TemplateResult {
  // A deep trace would push names out of the column: from some depth on a number stands for the indent.
  const levels = Math.max(3, Math.floor((context.nameWidth - LABEL) / INDENT));
  const deeper = span.depth - levels;
  const twistie = parent ? (open ? "codicon-chevron-down" : "codicon-chevron-right") : "";
  return html`<div role="gridcell" class="cell name-cell" style="padding-left: ${Math.min(span.depth, levels) * INDENT}px">
    <span class="twistie codicon ${twistie}" aria-hidden="true"></span>${stateIcon(span.state)}
    ${deeper > 0 ? html`<span class="depth" title=${strings.deeperHint(span.depth)}>${strings.deeper(deeper)}</span>` : nothing}
    <span class="label">${spanName(span.name, 120)}</span>
    ${parent && !open ? html`<span class="quiet count">${span.child_count}</span>` : nothing}
    ${span.attempt !== null && span.attempt > 1 ? html`<span class="quiet">${strings.attempt(span.attempt)}</span>` : nothing}
  </div>`;
}

function selfTime(span: OutlineSpan, { domain, mostSelf }: RowContext): TemplateResult {
  const self = Math.max(0, span.self_time ?? 0);
  const heat = self > mostSelf * COOL ? Math.min(1, self / mostSelf) : 0;
  const hot = domain !== undefined && self / (domain.to - domain.from) >= HOT;
  return html`<span class="heat" style="width: ${heat * 100}%"></span
    ><span class="${hot ? "hot" : ""}">${formatDuration(span.self_time)}</span>`;
}

function durationText(span: OutlineSpan, domain: TimeDomain | undefined): string {
  if (span.duration !== null) return formatDuration(span.duration);
  const soFar = durationSoFar(span, domain);
  return soFar === null ? "–" : strings.atLeast(formatDuration(soFar));
}

function bar(span: OutlineSpan, domain: TimeDomain | undefined): TemplateResult | typeof nothing {
  const place = domain && barOf(span, domain);
  if (!place) return nothing;
  return html`<div
    class="bar bar-${span.state} ${place.open ? "open" : ""}"
    style="left: ${place.left * 100}%; width: ${place.width * 100}%"
  ></div>`;
}
