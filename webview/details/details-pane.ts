import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type { OutlineSpan, SpanDetail, StepHistory } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon, stateIcon } from "../icons.ts";
import { Load } from "../load.ts";
import { iconButton, linkButton } from "../parts/actions.ts";
import { copyButton } from "../parts/copy-button.ts";
import { banner, skeletonLines, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import { spanName, strings } from "../strings.ts";
import { causeBelow } from "../timeline/failures.ts";
import { ancestorsOf } from "../timeline/rows.ts";
import { durationSoFar, type TimeDomain } from "../timeline/scale.ts";
import type { RunOutline } from "../timeline/span-table.ts";
import { parentTrail } from "../trace/trail.ts";
import { type SpanTalk, spanTalk } from "./llm/span-talk.ts";
import { beforeLine, otherRuns } from "./past-view.ts";
import { section } from "./sections.ts";
import { timing, usualText } from "./timing.ts";
import { recordSections, talkSections } from "./values-view.ts";

/** Milliseconds: walking the rows with an arrow key held down asks only for the row where it stops. */
const SETTLE = 80;
/** The step in other runs, before more are wished for. */
const FEW_RUNS = 8;

/**
 * Everything about the selected span. What the outline knows shows at once; the rest follows when the panel answers.
 */
@customElement("lens-details")
export class DetailsPane extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) outline!: RunOutline;
  /** Outline index of the span, -1 for none. */
  @property({ attribute: false }) index = -1;
  @property({ attribute: false }) ranks: Uint8Array = new Uint8Array();
  @property({ attribute: false }) domain: TimeDomain | undefined;
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) onClose: () => void = () => {};
  @state() private allRuns = false;
  readonly #detail = new Load(this, () => this.rpc, "spanDetail");
  readonly #history = new Load(this, () => this.rpc, "stepHistory");
  #talk: { readonly of: SpanDetail; readonly talk: SpanTalk } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = "";
  /** Another span is shown: begin with its error, not where the one before was left. */
  #toTop = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asked = "";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const span = this.outline.spans.span(this.index);
    const runId = this.outline.run.run_id;
    const wanted = span ? `${span.key} ${runId}` : "";
    if (wanted !== this.#asked) {
      const first = this.#asked === "";
      this.#asked = wanted;
      this.#toTop = true;
      this.#detail.clear();
      this.#history.clear();
      this.allRuns = false;
      clearTimeout(this.#timer);
      if (!span) return;
      const ask = () => {
        this.#detail.ask({ runId, key: span.key });
        this.#history.ask({ runId, key: span.key });
      };
      if (first) ask();
      else this.#timer = setTimeout(ask, SETTLE);
    } else if (changed.has("generation")) {
      this.#detail.refresh();
      this.#history.refresh();
    }
  }

  protected override updated(): void {
    if (!this.#toTop) return;
    this.#toTop = false;
    this.querySelector(".details")?.scrollTo({ top: 0 });
  }

  protected override render(): TemplateResult {
    const span = this.outline.spans.span(this.index);
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
    const history = this.#history.value;
    return html`
      ${this.#error(span, detail)} ${this.#facts(span, detail)} ${this.#timing(span, history)}
      ${banner(this.#detail.error, () => this.#detail.refresh())} ${waiting(this.#detail, strings.readingDetails)}
      ${skeletonLines(this.#detail, 7)}
      ${detail ? talkSections(detail, this.#talkOf(detail)) : nothing}
      ${history && history.others_total > 0 ? section(strings.otherRuns(history.others_total), this.#otherRuns(span, history)) : nothing}
      ${detail ? recordSections(detail) : nothing}
    `;
  }

  #otherRuns(span: OutlineSpan, history: StepHistory): TemplateResult {
    const most = this.allRuns ? Number.POSITIVE_INFINITY : FEW_RUNS;
    return otherRuns(history, span.start_time, most, () => {
      this.allRuns = true;
    });
  }

  #timing(span: OutlineSpan, history: StepHistory | undefined): TemplateResult | typeof nothing {
    if (history) return timing(span, history);
    if (this.#history.error) return banner(this.#history.error, () => this.#history.refresh());
    // The room of the drawing is kept, so that nothing jumps when it comes.
    return this.#history.loading
      ? html`<div class="timing-room">${waiting(this.#history, strings.readingHistory)}</div>`
      : nothing;
  }

  #talkOf(detail: SpanDetail): SpanTalk {
    if (this.#talk?.of !== detail) this.#talk = { of: detail, talk: spanTalk(detail) };
    return this.#talk.talk;
  }

  #error(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult | typeof nothing {
    const error = detail?.error ?? span.error;
    if (!error) return nothing;
    const cause = this.ranks[this.index] === 1 ? causeBelow(this.outline.spans, this.ranks, this.index) : -1;
    const key = this.outline.spans.span(cause)?.key;
    return html`<div class="error-box">
      <b class="error-type">${oneLine(error.type, 200)}</b>
      ${error.message === "" ? html`<p class="quiet">${strings.noErrorText}</p>` : html`<pre tabindex="0" role="group" aria-label=${strings.error}>${visible(clip(error.message, 20_000))}</pre>`}
      ${this.#before()}
      ${key === undefined ? nothing : linkButton(html`${icon("arrow-down")} ${strings.goToCause}: ${spanName(this.outline.spans.name(cause), 60)}`, () => emit(this, "lens-select", { key, reveal: true }))}
    </div>`;
  }

  #before(): TemplateResult | typeof nothing {
    if (this.#history.value) return beforeLine(this.#history.value);
    return this.#history.loading ? html`<p class="before quiet">${strings.lookingBack}</p>` : nothing;
  }

  /** The spans of the same name below the same parent: tries of one step, or rounds of a loop. */
  #siblings(span: OutlineSpan): TemplateResult | typeof nothing {
    const siblings = this.#history.value?.siblings;
    const many = siblings !== undefined && siblings.total > 1;
    const tries = many ? siblings.attempts : true;
    if (span.attempt === null && !many) return nothing;
    const place = many ? strings.placeOf(siblings.position, siblings.total) : formatCount(span.attempt);
    const go = (key: number | null) => {
      if (key !== null) emit(this, "lens-select", { key, reveal: true });
    };
    const button = (to: number | null, iconName: string, label: string) =>
      iconButton(iconName, label, () => go(to), { disabled: to === null });
    return html`<dt>${tries ? strings.attemptLabel : strings.sameNameHere}</dt>
      <dd class="siblings">
        ${place}
        ${
          many
            ? html`${button(siblings.previous, "arrow-up", tries ? strings.previousAttempt : strings.previousSame)}${button(siblings.next, "arrow-down", tries ? strings.nextAttempt : strings.nextSame)}`
            : nothing
        }
      </dd>`;
  }

  #facts(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult {
    const soFar = durationSoFar(span, this.domain);
    const offset = this.domain && span.start_time !== null ? span.start_time - this.domain.from : undefined;
    return html`<dl class="facts-list">
      <dt>${strings.duration}</dt>
      <dd>
        ${span.duration === null ? (soFar === null ? "–" : strings.atLeast(formatDuration(soFar))) : formatDuration(span.duration)}
        ${span.duration === null ? html`<span class="quiet">${strings.unfinished}</span>` : nothing}
        ${this.#usual(span, detail)}
      </dd>
      ${span.self_time === null ? nothing : html`<dt>${strings.selfTime}</dt><dd>${formatDuration(span.self_time)}</dd>`}
      <dt>${strings.startedAt}</dt>
      <dd>
        ${span.start_time === null ? strings.noStart : formatTime(span.start_time)}
        ${offset === undefined ? nothing : html`<span class="quiet">${strings.afterStart(formatDuration(offset))}</span>`}
      </dd>
      <dt>${strings.status}</dt>
      <dd>${oneLine(span.status, 80)}</dd>
      ${this.#siblings(span)}
      ${span.cost === null ? nothing : html`<dt>${strings.cost}</dt><dd>${formatCost(span.cost)}</dd>`}
      ${span.tokens === null ? nothing : html`<dt>${strings.tokensLabel}</dt><dd>${formatCount(span.tokens)}</dd>`}
      <dt>${strings.parents}</dt>
      <dd class="trail">${this.#trail()}</dd>
      <dt>${strings.spanId}</dt>
      <dd class="id-line"><span class="mono" title=${visible(span.span_id)}>${oneLine(span.span_id, 80)}</span>${copyButton(span.span_id, strings.copySpanId)}</dd>
    </dl>`;
  }

  #usual(span: OutlineSpan, detail: SpanDetail | undefined): TemplateResult | typeof nothing {
    const usual = this.#history.value?.completed ?? detail?.usual;
    return usual && usual.count > 1 && span.duration !== null ? usualText(span.duration, usual) : nothing;
  }

  #trail(): TemplateResult | TemplateResult[] {
    const { spans } = this.outline;
    const parts = parentTrail(ancestorsOf(spans, this.index));
    if (parts.length === 0) return html`<span class="quiet">${strings.root}</span>`;
    return parts.map((part, position) => {
      const separator = position === 0 ? nothing : html`<span class="quiet" aria-hidden="true">›</span>`;
      if (part.kind === "skipped")
        return html`${separator} <span class="quiet">${strings.skippedParents(part.count)}</span> `;
      const parent = spans.span(part.index)!;
      const go = () => emit(this, "lens-select", { key: parent.key, reveal: true });
      return html`${separator} ${linkButton(spanName(parent.name, 60), go)} `;
    });
  }
}
