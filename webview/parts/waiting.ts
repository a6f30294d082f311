import { html, nothing, type TemplateResult } from "lit";
import { formatPercent } from "../../src/format/numbers.ts";
import { visible } from "../../src/format/text.ts";
import type { ErrorValue, PanelMethod } from "../../src/protocol/messages.ts";
import { icon } from "../icons.ts";
import type { Load } from "../load.ts";
import { strings } from "../strings.ts";

/** A ring with what is waited for and a way to stop waiting; nothing while the wait is short. */
export function waiting<M extends PanelMethod>(load: Load<M>, what: string): TemplateResult | typeof nothing {
  // An answer that renews itself while it is looked at must not move.
  if (!load.slow || load.renewing) return nothing;
  const percent = load.fraction === undefined ? "" : ` ${formatPercent(load.fraction)}`;
  return html`<div class="waiting" role="status">
    <vscode-progress-ring aria-label=${what}></vscode-progress-ring>
    <span>${what}${percent}</span>
    <vscode-button appearance="secondary" @click=${() => load.cancel()}>${strings.cancel}</vscode-button>
  </div>`;
}

/** Widths of the lines that stand for text, in percent: uneven, as text is. */
const LINES = [62, 38, 47, 55, 41, 30, 51];

/** So many lines in the place of what is waited for; nothing while the wait is short, and nothing for screen readers. */
export function skeletonLines<M extends PanelMethod>(
  load: Load<M>,
  count: number,
): TemplateResult | typeof nothing {
  if (!load.slow || load.renewing || load.value !== undefined) return nothing;
  const lines = Array.from({ length: count }, (_, at) => LINES[at % LINES.length]);
  return html`<div class="skeleton-lines" aria-hidden="true">
    ${lines.map((width) => html`<span class="skeleton" style="width: ${width}%"></span>`)}
  </div>`;
}

/** A failure as one sentence, with a way to try again. */
export function banner(error: ErrorValue | undefined, retry: () => void): TemplateResult | typeof nothing {
  if (error === undefined) return nothing;
  return html`<div class="banner" role="alert">
    ${icon(error.kind === "cancelled" ? "info" : "error")}
    <span class="banner-text">${visible(error.message)}</span>
    <vscode-button appearance="secondary" @click=${retry}>${strings.retry}</vscode-button>
  </div>`;
}

/** Says that the database is damaged and only a part of it is shown, with a way to save that part. */
export function damageBanner(
  sentence: string | undefined,
  salvage: () => void,
): TemplateResult | typeof nothing {
  if (sentence === undefined) return nothing;
  return html`<div class="banner damage" role="status">
    ${icon("warning")}
    <span class="banner-text"><strong>${strings.partial}</strong> ${visible(sentence)}</span>
    <vscode-button appearance="secondary" @click=${salvage}>${strings.salvage}</vscode-button>
  </div>`;
}

/** Says why there is nothing to see, with what to do about it. */
export function emptyState(text: string, action?: TemplateResult): TemplateResult {
  return html`<div class="empty"><p>${text}</p>${action ?? nothing}</div>`;
}
