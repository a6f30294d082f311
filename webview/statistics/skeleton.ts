import { html, type TemplateResult } from "lit";

/** Grey shapes where figures and charts will stand, so that nothing moves when they come. */
export function skeleton(): TemplateResult {
  const tile = html`<div class="tile"><span class="skeleton small"></span><span class="skeleton large"></span></div>`;
  return html`<div class="skeletons" aria-hidden="true">
    <div class="tiles">${Array.from({ length: 6 }, () => tile)}</div>
    <div class="charts"><span class="skeleton chart-shape"></span><span class="skeleton chart-shape"></span></div>
  </div>`;
}
