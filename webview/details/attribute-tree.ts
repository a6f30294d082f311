import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { oneLine } from "../../src/format/text.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { copyButton } from "../parts/copy-button.ts";
import { strings } from "../strings.ts";
import { type JsonRow, jsonRows, valueText } from "./json-tree.ts";

const INDENT = 12;

/** Attributes as a tree that unfolds on demand. Arrow keys walk it, Ctrl+C copies the value under the cursor. */
@customElement("lens-attributes")
export class AttributeTree extends PageElement {
  @property({ attribute: false }) value: object = {};
  @state() private open: ReadonlySet<string> = new Set();
  @state() private active = 0;
  #rows: JsonRow[] = [];

  /** What a row of the tree shows; undefined for an element that is none. */
  entryOf(row: Element): JsonRow | undefined {
    return this.#rows[Number(/^attribute-(\d+)$/.exec(row.id)?.[1] ?? -1)];
  }

  protected override willUpdate(changed: PropertyValues): void {
    // What was unfolded stays so when the value is another span's: the same attributes are compared from span to span.
    this.#rows = jsonRows(this.value, this.open);
    if ((changed as Map<string, unknown>).has("value")) this.active = 0;
    this.active = Math.min(this.active, Math.max(0, this.#rows.length - 1));
  }

  protected override render(): TemplateResult {
    if (this.#rows.length === 0) return html`<p class="quiet">${strings.noAttributes}</p>`;
    return html`<div
      class="json-tree"
      role="tree"
      tabindex="0"
      aria-label=${strings.attributes}
      aria-activedescendant="attribute-${this.active}"
      @keydown=${this.#key}
    >
      ${this.#rows.map((row, index) => this.#row(row, index))}
    </div>`;
  }

  #row(row: JsonRow, index: number): TemplateResult {
    const active = index === this.active;
    const nested = row.size !== undefined && row.size > 0;
    const twistie = nested ? (row.open ? "codicon-chevron-down" : "codicon-chevron-right") : "";
    return html`<div
        role="treeitem"
        id="attribute-${index}"
        class="json-row ${active ? "active" : ""}"
        aria-level=${row.depth + 1}
        aria-selected=${String(active)}
        aria-expanded=${nested ? String(row.open) : nothing}
        style="padding-left: ${Math.min(row.depth, 20) * INDENT}px"
        @click=${() => {
          this.active = index;
          if (nested) this.#toggle(row);
        }}
      >
        <span class="twistie codicon ${twistie}" aria-hidden="true"></span
        ><span class="json-name">${oneLine(row.name, 100)}</span>
        <span class="json-value ${valueClass(row.value)}">${valuePreview(row)}</span>
        ${
          active
            ? html`<span class="json-actions" @click=${(event: Event) => event.stopPropagation()}
                >${copyButton(valueText(row.value), strings.copyValue)}<lens-copy
                  .text=${row.path}
                  .label=${strings.copyPath}
                ></lens-copy
              ></span>`
            : nothing
        }
      </div>
      ${row.more === undefined ? nothing : html`<div class="json-row quiet" role="none" style="padding-left: ${row.depth * INDENT + 20}px">${strings.moreEntries(row.more)}</div>`}`;
  }

  #toggle(row: JsonRow): void {
    const open = new Set(this.open);
    if (!open.delete(row.id)) open.add(row.id);
    this.open = open;
  }

  #key = (event: KeyboardEvent): void => {
    const row = this.#rows[this.active];
    if (!row || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "c" || !(window.getSelection()?.isCollapsed ?? true)) return;
      emit(this, "lens-copy", { text: valueText(row.value) });
    } else if (!this.#move(event.key, row)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.updateComplete.then(() =>
      this.querySelector(".json-row.active")?.scrollIntoView({ block: "nearest" }),
    );
  };

  #move(key: string, row: JsonRow): boolean {
    const nested = row.size !== undefined && row.size > 0;
    switch (key) {
      case "ArrowDown":
        this.active = Math.min(this.active + 1, this.#rows.length - 1);
        return true;
      case "ArrowUp":
        this.active = Math.max(this.active - 1, 0);
        return true;
      case "Home":
        this.active = 0;
        return true;
      case "End":
        this.active = this.#rows.length - 1;
        return true;
      case "ArrowRight":
        if (nested && !row.open) this.#toggle(row);
        else if (nested) this.active += 1;
        return true;
      case "ArrowLeft":
        if (row.open) this.#toggle(row);
        else this.active = this.#parent(row);
        return true;
      case "Enter":
      case " ":
        if (nested) this.#toggle(row);
        return true;
      default:
        return false;
    }
  }

  #parent(row: JsonRow): number {
    for (let index = this.active; index >= 0; index--) {
      if (this.#rows[index]!.depth < row.depth) return index;
    }
    return this.active;
  }
}

function valuePreview(row: JsonRow): string {
  if (row.size !== undefined)
    return Array.isArray(row.value) ? `[${strings.entries(row.size)}]` : `{${strings.entries(row.size)}}`;
  return oneLine(typeof row.value === "string" ? row.value : valueText(row.value), 300);
}

function valueClass(value: unknown): string {
  if (typeof value === "string") return "json-string";
  return value === null || typeof value === "object" ? "quiet" : "json-literal";
}
