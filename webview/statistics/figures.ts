/** Figures as buttons that lead to what is behind them. */
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";
import type { Change } from "./change.ts";

/** A figure that opens something; plain text when there is nothing to open. */
export function figure(text: string, open: (() => void) | undefined, label?: string): TemplateResult {
  if (open === undefined || text === "–") return html`${text}`;
  return html`<button
    type="button"
    class="figure-link"
    title=${strings.showSpansHint}
    aria-label=${label === undefined ? nothing : `${label}: ${text}`}
    @click=${open}
  >${text}</button>`;
}

/** A change with an arrow, and in words. */
export function changeMark(change: Change | undefined): TemplateResult | typeof nothing {
  if (change === undefined) return nothing;
  const arrow = { up: "arrow-up", down: "arrow-down", same: "arrow-small-right" }[change.direction];
  return html`<span class="change ${change.mood ?? ""}">${icon(arrow)}${change.text}</span>`;
}

/** Arrow keys go from figure to figure in a table, so that the tab key need not pass them all. Listens for `keydown` on a table body. */
export function walkFigures(event: KeyboardEvent): void {
  const from = (event.target as Element).closest<HTMLElement>("button");
  const row = from?.closest("tr");
  if (!from || !row || event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = (of: Element) => Array.from(of.querySelectorAll<HTMLElement>("td button, th button"));
  const own = buttons(row);
  const at = own.indexOf(from);
  const beside = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  const targets: Record<string, () => HTMLElement | undefined> = {
    ArrowLeft: () => own[at - 1],
    ArrowRight: () => own[at + 1],
    ArrowUp: () => (beside ? cellButton(beside, from) : undefined),
    ArrowDown: () => (beside ? cellButton(beside, from) : undefined),
  };
  const target = Object.hasOwn(targets, event.key) ? targets[event.key]!() : undefined;
  if (!target) return;
  event.preventDefault();
  target.focus();
}

/** The button in the same place of another row, else its first one. */
function cellButton(row: Element, from: Element): HTMLElement | undefined {
  const cell = from.closest("td, th") as HTMLTableCellElement;
  const place = Array.from(cell.querySelectorAll("button")).indexOf(from as HTMLButtonElement);
  const beside = (row as HTMLTableRowElement).cells[cell.cellIndex]?.querySelectorAll("button");
  const same = beside?.[place] ?? beside?.[0];
  return same ?? row.querySelector("button") ?? undefined;
}
