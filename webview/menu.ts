/** VS Code's own context menus in the page: what was clicked is told to VS Code, and remembered for what it asks then. */
import { tsv } from "../src/format/csv.ts";
import type { OutlineSpan, PageCommand } from "../src/protocol/messages.ts";
import { AttributeTree } from "./details/attribute-tree.ts";
import { valueText } from "./details/json-tree.ts";
import type { TextBlock } from "./details/text-block.ts";
import { emit } from "./events.ts";
import { Grid } from "./query/grid.ts";
import type { Waterfall } from "./trace/waterfall.ts";

/** What a menu is about. The kind is the `webviewSection` of the menus in package.json. */
type Target =
  | { readonly kind: "span"; readonly span: OutlineSpan }
  | { readonly kind: "value"; readonly name: string; readonly path: string; readonly value: unknown }
  | { readonly kind: "text"; readonly name: string; readonly text: string }
  | { readonly kind: "cell"; readonly grid: Grid };

/** Follows the menu key and the right mouse button in `root`, and carries out the commands of the menus. */
export class MenuTargets {
  readonly #root: HTMLElement;
  #target: Target | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Begins to listen, for the life of the page. */
  listen(): void {
    // Before VS Code's own listener, which reads what this writes.
    this.#root.addEventListener("contextmenu", (event) => this.#open(event), { capture: true });
  }

  /** Does what an item of the last menu asks for. */
  perform(command: PageCommand): void {
    const target = this.#target;
    if (!target) return;
    const text = copied(command, target);
    if (text !== undefined) emit(this.#root, "lens-copy", { text });
    else if (command === "menuCopyTable") copyTable(target);
    else if (command === "menuOpenText") this.#openText(target);
  }

  #open(event: MouseEvent): void {
    const element = event.target instanceof Element ? event.target : undefined;
    const target = element && targetAt(element);
    this.#target = target;
    const selecting = !(window.getSelection()?.isCollapsed ?? true);
    // Fields and selected text keep the menu that everyone knows: cut, copy, paste.
    const context = target
      ? { webviewSection: target.kind, preventDefaultContextMenuItems: !selecting, ...identity(target) }
      : { webviewSection: "none", preventDefaultContextMenuItems: false };
    this.#root.dataset.vscodeContext = JSON.stringify(context);
  }

  #openText(target: Target): void {
    const { name, value } = named(target);
    if (value === undefined) return;
    const text = valueText(value);
    const language = typeof value === "object" || /^\s*[[{]/.test(text) ? "json" : "plaintext";
    emit(this.#root, "lens-open-text", { title: name, text, language });
  }
}

function copyTable(target: Target): void {
  if (target.kind !== "cell") return;
  const { titles, rows } = target.grid.table();
  emit(target.grid, "lens-copy", { text: tsv([titles, ...rows]) });
}

/** What the extension needs to act on its own. */
function identity(target: Target): { key?: number } {
  return target.kind === "span" ? { key: target.span.key } : {};
}

function targetAt(clicked: Element): Target | undefined {
  if (clicked.closest("input, textarea, vscode-text-field")) return undefined;
  // The menu key is pressed on a whole list: what it is about is the row or cell with the cursor.
  const list = clicked.getAttribute("aria-activedescendant");
  const element = (list && document.getElementById(list)) || clicked;
  const grid = element.closest("lens-grid");
  if (grid instanceof Grid) return grid.take(element) ? { kind: "cell", grid } : undefined;
  const tree = element.closest("lens-attributes");
  if (tree instanceof AttributeTree) {
    const row = element.closest(".json-row");
    const entry = row && tree.entryOf(row);
    return entry ? { kind: "value", name: entry.name, path: entry.path, value: entry.value } : undefined;
  }
  const index = element.closest<HTMLElement>("[data-index]")?.dataset.index;
  const span = element.closest<Waterfall>("lens-waterfall")?.model.spans.span(Number(index ?? -1));
  if (span) return { kind: "span", span };
  const block = element.closest<TextBlock>("lens-text");
  return block ? { kind: "text", name: block.label, text: block.text } : undefined;
}

function named(target: Target): { name: string; value: unknown } {
  switch (target.kind) {
    case "span":
      return { name: target.span.name, value: undefined };
    case "value":
      return { name: target.name, value: target.value };
    case "text":
      return { name: target.name, value: target.text };
    case "cell":
      return { name: target.grid.label, value: target.grid.activeValue() ?? "" };
  }
}

/** The text that a command copies; undefined when it copies nothing of this target. */
function copied(command: PageCommand, target: Target): string | undefined {
  switch (command) {
    case "menuCopySpanId":
      return target.kind === "span" ? target.span.span_id : undefined;
    case "menuCopyName":
      return target.kind === "span" ? target.span.name : undefined;
    case "menuCopyPath":
      return target.kind === "value" ? target.path : undefined;
    case "menuCopyRow":
      return target.kind === "cell" ? target.grid.activeRow() : undefined;
    case "menuCopyValue": {
      const { value } = named(target);
      return value === undefined ? undefined : valueText(value);
    }
    default:
      return undefined;
  }
}
