import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type {
  Evaluation,
  Outline,
  OutlineSpan,
  SpanDetail,
  Step,
  UsualDuration,
} from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon, stateIcon } from "../icons.ts";
import { Load } from "../load.ts";
import { iconButton, linkButton } from "../parts/actions.ts";
import { copyButton } from "../parts/copy-button.ts";
import { banner, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import { spanName, strings } from "../strings.ts";
import { causeBelow } from "../timeline/failures.ts";
import { ancestorsOf } from "../timeline/rows.ts";
import { durationSoFar, type TimeDomain } from "../timeline/scale.ts";
import { parentTrail } from "../trace/trail.ts";
import "./attribute-tree.ts";
import "./text-block.ts";

/** Milliseconds: walking the rows with an arrow key held down asks only for the row where it stops. */
const SETTLE = 80;

/**
 * Everything about the selected span. What the outline knows shows at once; the rest follows when the panel answers.
 */
@customElement("lens-details")
export class DetailsPane extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) outline!: Outline;
  /** Outline index of the span, -1 for none. */
  @property({ attribute: false }) index = -1;
  @property({ attribute: false }) ranks: Uint8Array = new Uint8Array();
  @property({ attribute: false }) domain: TimeDomain | undefined;
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) onClose: () => void = () => {};
  readonly #detail = new Load(this, () => this.rpc, "spanDetail");
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asked = "";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const span = this.outline.spans[this.index];
    const runId = this.outline.run.run_id;
    const wanted = span ? `${span.key} ${runId}` : "";
    if (wanted !== this.#asked) {
      const first = this.#asked === "";
      this.#asked = wanted;
      this.#detail.clear();
      clearTimeout(this.#timer);
      if (!span) return;
      const ask = () => this.#detail.ask({ runId, key: span.key });
      if (first) ask();
      else this.#timer = setTimeout(ask, SETTLE);
    } else if (changed.has("generation")) this.#detail.refresh();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("index")) this.querySelector(".details")?.scrollTo({ top: 0 });
  }

  protected override render(): TemplateResult {
    const span = this.outline.spans[this.index];
    const detail = this.#detail.value?.span.key === span?.key ? this.#detail.value : undefined;
    return html`<section class="details" tabindex="-1" aria-label=${strings.details}>
      <div class="details-head">
        ${
          span
            ? html`${stateIcon(span.state)}
                <h2 title=${visible(span.name)}>${spanName(span.name, 120)}</h2>`
            : html`<h2 class="quiet">${strings.details}</h2>`
        }
        ${iconButton("close", strings.hideDetails, this.onClose)}
      </div>
      ${span ? this.#body(span, detail) : html`<p class="quiet">${strings.nothingSelected}</p>`}
    </section>`;
  }

  #body(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult {
    return html`
      ${this.#error(span, detail)} ${this.#facts(span, detail)}
      ${banner(this.#detail.error, () => this.#detail.refresh())} ${waiting(this.#detail, strings.readingDetails)}
      ${detail ? values(detail) : nothing}
    `;
  }

  #error(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult | typeof nothing {
    const error = detail?.error ?? span.error;
    if (!error) return nothing;
    const cause = this.ranks[this.index] === 1 ? causeBelow(this.outline.spans, this.ranks, this.index) : -1;
    const key = this.outline.spans[cause]?.key;
    return html`<div class="error-box">
      <b class="error-type">${oneLine(error.type, 200)}</b>
      ${error.message === "" ? html`<p class="quiet">${strings.noErrorText}</p>` : html`<pre tabindex="0" role="group" aria-label=${strings.error}>${visible(clip(error.message, 20_000))}</pre>`}
      ${key === undefined ? nothing : linkButton(html`${icon("arrow-down")} ${strings.goToCause}: ${spanName(this.outline.spans[cause]!.name, 60)}`, () => emit(this, "lens-select", { key, reveal: true }))}
    </div>`;
  }

  #facts(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult {
    const soFar = durationSoFar(span, this.domain);
    const offset = this.domain && span.start_time !== null ? span.start_time - this.domain.from : undefined;
    return html`<dl class="facts-list">
      <dt>${strings.duration}</dt>
      <dd>
        ${span.duration === null ? (soFar === null ? "–" : strings.atLeast(formatDuration(soFar))) : formatDuration(span.duration)}
        ${span.duration === null ? html`<span class="quiet">${strings.unfinished}</span>` : nothing}
        ${detail?.usual && span.duration !== null ? usualText(span.duration, detail.usual) : nothing}
      </dd>
      ${span.self_time === null ? nothing : html`<dt>${strings.selfTime}</dt><dd>${formatDuration(span.self_time)}</dd>`}
      <dt>${strings.startedAt}</dt>
      <dd>
        ${span.start_time === null ? strings.noStart : formatTime(span.start_time)}
        ${offset === undefined ? nothing : html`<span class="quiet">${strings.afterStart(formatDuration(offset))}</span>`}
      </dd>
      <dt>${strings.status}</dt>
      <dd>${oneLine(span.status, 80)}</dd>
      ${span.attempt === null ? nothing : html`<dt>${strings.attemptLabel}</dt><dd>${formatCount(span.attempt)}</dd>`}
      ${span.cost === null ? nothing : html`<dt>${strings.cost}</dt><dd>${formatCost(span.cost)}</dd>`}
      ${span.tokens === null ? nothing : html`<dt>${strings.tokensLabel}</dt><dd>${formatCount(span.tokens)}</dd>`}
      <dt>${strings.parents}</dt>
      <dd class="trail">${this.#trail()}</dd>
      <dt>${strings.spanId}</dt>
      <dd class="id-line"><span class="mono" title=${visible(span.span_id)}>${oneLine(span.span_id, 80)}</span>${copyButton(span.span_id, strings.copySpanId)}</dd>
    </dl>`;
  }

  #trail(): TemplateResult | TemplateResult[] {
    const { spans } = this.outline;
    const parts = parentTrail(ancestorsOf(spans, this.index));
    if (parts.length === 0) return html`<span class="quiet">${strings.root}</span>`;
    return parts.map((part, position) => {
      const separator = position === 0 ? nothing : html`<span class="quiet" aria-hidden="true">›</span>`;
      if (part.kind === "skipped")
        return html`${separator} <span class="quiet">${strings.skippedParents(part.count)}</span> `;
      const parent = spans[part.index]!;
      const go = () => emit(this, "lens-select", { key: parent.key, reveal: true });
      return html`${separator} ${linkButton(spanName(parent.name, 60), go)} `;
    });
  }
}

/** From this ratio on a duration is called unusual; below, the usual one is only named. */
const UNUSUAL = 1.25;

function usualText(duration: number, { p50, p95, count }: UsualDuration): TemplateResult {
  const ratio = p50 > 0 ? duration / p50 : 1;
  const usual = formatDuration(p50);
  const hint = strings.usualHint(usual, formatDuration(p95), count);
  const unusual = ratio >= UNUSUAL || ratio <= 1 / UNUSUAL;
  const text = unusual
    ? strings.usual(ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2), usual)
    : strings.asUsual(usual);
  return html`<span class=${duration > p95 ? "slow" : "quiet"} title=${hint}>${text}</span>`;
}

function values(detail: SpanDetail): TemplateResult {
  const { attributes, attributes_text: raw } = detail;
  return html`
    ${textSection(strings.input, detail.input)} ${textSection(strings.output, detail.output)}
    ${section(
      strings.attributes,
      typeof attributes === "string"
        ? html`<lens-text .text=${attributes} .label=${strings.attributes}></lens-text>`
        : html`<lens-attributes .value=${attributes}></lens-attributes>
            ${raw ? html`<div class="block-actions">${copyButton(raw, strings.copyText(strings.attributes))}</div>` : nothing}`,
    )}
    ${detail.step ? section(strings.stepRecord, stepRecord(detail.step)) : nothing}
    ${detail.evaluations.length > 0 ? section(strings.evaluations, html`${detail.evaluations.map(evaluation)}`) : nothing}
  `;
}

function section(title: string, content: TemplateResult): TemplateResult {
  return html`<details class="section" open>
    <summary>${title}</summary>
    ${content}
  </details>`;
}

function textSection(title: string, text: string | null): TemplateResult | typeof nothing {
  return text === null
    ? nothing
    : section(title, html`<lens-text .text=${text} .label=${title}></lens-text>`);
}

function stepRecord(step: Step): TemplateResult {
  return html`<dl class="facts-list">
      <dt>${strings.step}</dt>
      <dd>${formatCount(step.step_index)} · ${oneLine(step.step_name, 120)}</dd>
      <dt>${strings.status}</dt>
      <dd>${oneLine(step.status, 80)}</dd>
      ${step.duration_ms === null ? nothing : html`<dt>${strings.duration}</dt><dd>${formatDuration(step.duration_ms / 1000)}</dd>`}
      ${step.cost === null ? nothing : html`<dt>${strings.cost}</dt><dd>${formatCost(step.cost)}</dd>`}
      ${step.tokens === null ? nothing : html`<dt>${strings.tokensLabel}</dt><dd>${formatCount(step.tokens)}</dd>`}
    </dl>
    ${namedText(strings.error, step.error)} ${namedText(strings.rawResponse, step.raw_response)}`;
}

function namedText(label: string, text: string | null): TemplateResult | typeof nothing {
  if (text === null || text === "") return nothing;
  return html`<div class="named-text">
    <h3>${label}</h3>
    <lens-text .text=${text} .label=${label}></lens-text>
  </div>`;
}

function evaluation({ score, feedback, metadata, step_name, created_at }: Evaluation): TemplateResult {
  return html`<dl class="facts-list">
      <dt>${strings.score}</dt>
      <dd>${score} <span class="quiet">${step_name === null ? "" : oneLine(step_name, 80)} ${created_at === null ? "" : formatTime(created_at)}</span></dd>
      ${feedback === null ? nothing : html`<dt>${strings.feedback}</dt><dd>${visible(clip(feedback, 2000))}</dd>`}
    </dl>
    ${namedText(strings.metadata, metadata)}`;
}
