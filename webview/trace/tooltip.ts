import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration } from "../../src/format/numbers.ts";
import { inputPreview, timesUsual } from "../../src/format/span-facts.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type { OutlineSpan, SpanDetail } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { stateIcon } from "../icons.ts";
import { Load } from "../load.ts";
import type { RpcClient } from "../rpc.ts";
import { spanName, strings } from "../strings.ts";
import { timeOnPath } from "../timeline/critical-path.ts";
import { ancestorsOf } from "../timeline/rows.ts";
import { durationSoFar } from "../timeline/scale.ts";
import type { SpanTable } from "../timeline/span-table.ts";
import { emptyModel, type TraceModel } from "../timeline/trace-model.ts";
import { parentTrail } from "./trail.ts";

/** What a tooltip tells, and the point in the window beside which it does. */
export interface TooltipContent {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

const OFFSET = 14;
const EDGE = 8;
/** Milliseconds: a mouse that wanders over the rows asks only for the one where it stops. */
const SETTLE = 120;

/** What is known about a span at a glance. Everything in it is also in the details, so it is hidden from screen readers. */
@customElement("lens-tooltip")
export class Tooltip extends PageElement {
  @property({ attribute: false }) model: TraceModel = emptyModel;
  @property({ attribute: false }) showCritical = false;
  @property({ attribute: false }) content: TooltipContent | undefined;
  @property({ attribute: false }) rpc: RpcClient | undefined;
  readonly #detail = new Load(this, () => this.rpc!, "spanDetail");
  #asking: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("aria-hidden", "true");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#asking);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("content") || changed.get("content")?.index === this.content?.index) return;
    clearTimeout(this.#asking);
    this.#detail.clear();
    const { content, model, rpc } = this;
    const key = content && model.spans.keys[content.index];
    if (key === undefined || !rpc) return;
    const { run_id: runId } = model.outline.run;
    this.#asking = setTimeout(() => this.#detail.ask({ runId, key }), SETTLE);
  }

  protected override render(): TemplateResult | typeof nothing {
    const span = this.content ? this.model.spans.span(this.content.index) : undefined;
    return span && this.content ? this.#body(span, this.content.index) : nothing;
  }

  protected override updated(): void {
    this.hidden = this.content === undefined;
    if (!this.content) return;
    const { offsetWidth: width, offsetHeight: height } = this;
    const left = Math.min(this.content.x + OFFSET, window.innerWidth - width - EDGE);
    const below = this.content.y + OFFSET;
    const top = below + height + EDGE > window.innerHeight ? this.content.y - OFFSET - height : below;
    this.style.left = `${Math.max(EDGE, left)}px`;
    this.style.top = `${Math.max(EDGE, top)}px`;
  }

  #body(span: OutlineSpan, index: number): TemplateResult {
    const { model } = this;
    const detail = this.#detail.value?.span.key === span.key ? this.#detail.value : undefined;
    const soFar = durationSoFar(span, model.domain);
    const parents = ancestorsOf(model.spans, index);
    const onPath =
      this.showCritical && model.critical.firsts[index]! >= 0 ? timeOnPath(model.critical, index) : undefined;
    return html`
      <div class="tip-title">${stateIcon(span.state)} <b>${spanName(span.name, 120)}</b>
        <span class="quiet">${span.duration === null ? strings.unfinished : oneLine(span.status, 40)}</span>
      </div>
      ${
        span.error
          ? html`<div class="tip-error"><b>${oneLine(span.error.type, 100)}</b>${
              span.error.message === "" ? nothing : html`<pre>${clip(visible(span.error.message), 400)}</pre>`
            }</div>`
          : nothing
      }
      <dl>
        ${fact(strings.duration, span.duration === null && soFar !== null ? strings.atLeast(formatDuration(soFar)) : formatDuration(soFar))}
        ${fact(strings.usualLabel, usualText(span, detail))}
        ${fact(strings.selfTime, span.self_time === null ? undefined : formatDuration(span.self_time))}
        ${fact(strings.startedAt, span.start_time === null ? strings.noStart : strings.afterStart(formatDuration(model.spans.starts[index]!)))}
        ${fact(strings.criticalPathLabel, onPath === undefined ? undefined : formatDuration(onPath))}
        ${fact(strings.attemptLabel, span.attempt === null ? undefined : formatCount(span.attempt))}
        ${fact(strings.cost, span.cost === null ? undefined : formatCost(span.cost))}
        ${fact(strings.tokensLabel, span.tokens === null ? undefined : formatCount(span.tokens))}
        ${fact(strings.parents, parents.length === 0 ? undefined : trailText(model.spans, parents))}
      </dl>
      ${span.state === "failed" && detail?.input ? html`<div class="quiet">${strings.input}</div><pre class="tip-input">${visible(inputPreview(detail.input).text)}</pre>` : nothing}
    `;
  }
}

function usualText(span: OutlineSpan, detail: SpanDetail | undefined): string | undefined {
  const usual = detail?.usual;
  if (!usual || span.duration === null) return undefined;
  const times = timesUsual(span.duration, usual.p50);
  return times === undefined ? undefined : strings.usual(times, formatDuration(usual.p50));
}

function fact(label: string, value: string | undefined): TemplateResult | typeof nothing {
  return value === undefined ? nothing : html`<dt>${label}</dt><dd>${value}</dd>`;
}

function trailText(spans: SpanTable, parents: readonly number[]): string {
  return parentTrail(parents)
    .map((part) =>
      part.kind === "span" ? spanName(spans.name(part.index), 40) : strings.skippedParents(part.count),
    )
    .join(" › ");
}
