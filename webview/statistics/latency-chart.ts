import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCount, formatDuration } from "../../src/format/numbers.ts";
import type { DurationHistogram } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { strings } from "../strings.ts";
import { tickLabel } from "../timeline/scale.ts";
import { type HistogramBar, histogramBars, labelledBars } from "./histogram.ts";

const LABEL_WIDTH = 70;

/** Finished spans by duration on a logarithmic axis, failed ones on top, with the same counts as a table. */
@customElement("lens-latency")
export class LatencyChart extends PageElement {
  @property({ attribute: false }) histogram!: DurationHistogram;
  @state() private width = 600;
  readonly #observer = new ResizeObserver(([entry]) => {
    this.width = entry!.contentRect.width;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const bars = histogramBars(this.histogram);
    if (bars.length === 0) return nothing;
    const total = bars.reduce((sum, bar) => sum + bar.count, 0);
    const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
    const tallest = bars.reduce((most, bar) => Math.max(most, bar.count), 0);
    const summary = strings.latencySummary(
      total,
      failed,
      formatDuration(bars[0]!.from),
      formatDuration(bars.at(-1)!.to),
    );
    const labelled = new Set(labelledBars(bars.length, Math.floor(this.width / LABEL_WIDTH)));
    return html`
      <div class="chart" role="img" aria-label=${summary}>
        <span class="chart-most">${formatCount(tallest)}</span>
        <div class="chart-bars">${bars.map(chartBar)}</div>
        <div class="chart-labels">
          ${bars.map((bar, index) => html`<span class="chart-label">${labelled.has(index) ? html`<span>${tickLabel(bar.from)}</span>` : nothing}</span>`)}
        </div>
      </div>
      <p class="chart-legend" aria-hidden="true">
        <span class="swatch fine"></span>${strings.legendFine}
        ${failed > 0 ? html`<span class="swatch failed"></span>${strings.legendFailed}` : nothing}
      </p>
      <details class="chart-table">
        <summary>${strings.latencyTable}</summary>
        ${this.#table(bars)}
      </details>
    `;
  }

  #table(bars: readonly HistogramBar[]): TemplateResult {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${strings.duration}</th>
          <th scope="col" class="figure">${strings.count}</th>
          <th scope="col" class="figure">${strings.columns.failed}</th>
        </tr>
      </thead>
      <tbody>
        ${bars
          .filter((bar) => bar.count > 0)
          .map(
            (bar) => html`<tr>
              <td>${rangeText(bar)}</td>
              <td class="figure">${formatCount(bar.count)}</td>
              <td class="figure">${formatCount(bar.failed)}</td>
            </tr>`,
          )}
      </tbody>
    </table>`;
  }
}

function rangeText(bar: HistogramBar): string {
  return strings.bucket(formatDuration(bar.from), formatDuration(bar.to));
}

function chartBar(bar: HistogramBar): TemplateResult {
  return html`<div class="chart-slot" title=${strings.bucketHint(rangeText(bar), bar.count, bar.failed)}>
    ${bar.failed > 0 ? html`<div class="chart-bar failed" style="height: ${bar.failedHeight * 100}%"></div>` : nothing}
    ${bar.count > bar.failed ? html`<div class="chart-bar fine" style="height: ${bar.fineHeight * 100}%"></div>` : nothing}
  </div>`;
}
