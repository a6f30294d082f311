/** How a span's duration compares with the history of its name: a sentence, and a small drawing that says the same. */
import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import { formatDuration } from "../../src/format/numbers.ts";
import type { OutlineSpan, StepHistory, UsualDuration } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";
import { type Distribution, distribution } from "./distribution.ts";

/** From this ratio on a duration is called unusual; below, the usual one is only named. */
const UNUSUAL = 1.25;

/** The duration beside the usual one. */
export function usualText(duration: number, { p50, p95, count }: UsualDuration): TemplateResult {
  const ratio = p50 > 0 ? duration / p50 : 1;
  const usual = formatDuration(p50);
  const hint = strings.usualHint(usual, formatDuration(p95), count);
  const unusual = ratio >= UNUSUAL || ratio <= 1 / UNUSUAL;
  const text = unusual
    ? strings.usual(ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2), usual)
    : strings.asUsual(usual);
  return html`<span class=${duration > p95 ? "slow" : "quiet"} title=${hint}>${text}</span>`;
}

/** The drawing and the figures under it; nothing for a name that no finished span has. */
export function timing(span: OutlineSpan, history: StepHistory): TemplateResult | typeof nothing {
  const drawing = distribution(history, span.duration);
  if (!drawing) return nothing;
  const { completed, rank } = history;
  return html`<figure class="timing">
    ${draw(drawing, spoken(span, history))}
    <div class="timing-ends quiet" aria-hidden="true">
      <span>${formatDuration(drawing.from)}</span><span>${formatDuration(drawing.to)}</span>
    </div>
    <figcaption>
      <ul class="timing-facts">
        ${drawing.own === undefined ? nothing : html`<li><span class="mark own" aria-hidden="true"></span>${strings.thisOne(formatDuration(span.duration))}</li>`}
        ${
          completed
            ? html`<li><span class="mark p50" aria-hidden="true"></span>${strings.columns.p50} ${formatDuration(completed.p50)}</li>
                <li><span class="mark p95" aria-hidden="true"></span>${strings.columns.p95} ${formatDuration(completed.p95)}</li>`
            : nothing
        }
        ${history.failed > 0 ? html`<li><span class="swatch failed" aria-hidden="true"></span>${strings.failedOf(history.failed, history.count)}</li>` : nothing}
      </ul>
      <p class="quiet">
        ${rank ? html`${strings.slowerThan(rank.slower_than, rank.of)} · ` : nothing}${strings.lookedAt(history.count, history.runs, history.complete)}
      </p>
    </figcaption>
  </figure>`;
}

function spoken({ duration }: OutlineSpan, { completed, rank, failed, count }: StepHistory): string {
  const parts = [
    ...(duration === null ? [] : [strings.thisOne(formatDuration(duration))]),
    ...(rank ? [strings.slowerThan(rank.slower_than, rank.of)] : []),
    ...(completed
      ? [strings.usualHint(formatDuration(completed.p50), formatDuration(completed.p95), completed.count)]
      : []),
    ...(failed > 0 ? [strings.failedOf(failed, count)] : []),
  ];
  return parts.join(". ");
}

const HEIGHT = 40;

function draw({ bars, p50, p95, own }: Distribution, label: string): TemplateResult {
  const share = (value: number) => `${(value * 100).toFixed(3)}%`;
  const bar = (
    left: number,
    width: number,
    from: number,
    height: number,
    kind: string,
  ): SVGTemplateResult | typeof nothing =>
    height <= 0
      ? nothing
      : svg`<rect class="dist-bar ${kind}" x=${share(left)} width=${share(width)} y=${HEIGHT - from - height} height=${height}></rect>`;
  const tall = (height: number) => (height <= 0 ? 0 : Math.max(2, height * HEIGHT));
  const line = (at: number | undefined, kind: string): SVGTemplateResult | typeof nothing =>
    at === undefined
      ? nothing
      : svg`<line class="dist-line ${kind}" x1=${share(at)} x2=${share(at)} y1="0" y2=${HEIGHT}></line>`;
  return html`<svg class="distribution" height=${HEIGHT} role="img" aria-label=${label}>
    ${bars.map(({ left, width, fineHeight, failedHeight }) => {
      const fine = tall(fineHeight);
      return svg`${bar(left, width, 0, fine, "fine")}${bar(left, width, fine, Math.min(HEIGHT - fine, tall(failedHeight)), "failed")}`;
    })}
    ${line(p50, "p50")}${line(p95, "p95")}${line(own, "own")}
  </svg>`;
}
