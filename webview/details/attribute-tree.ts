import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { iconButton } from "../parts/actions.ts";
import { copyButton } from "../parts/copy-button.ts";
import { strings } from "../strings.ts";
import { searchJson } from "./json-search.ts";
import {
  type EntryRow,
  type Found,
  type JsonRow,
  jsonRows,
  LINE,
  MOST_ENTRIES,
  MOST_ROWS,
  Unfolder,
  valueText,
} from "./json-tree.ts";

const INDENT = 12;
/** Characters of an unfolded text; the editor shows the rest. */
const MOST_TEXT = 20_000;
/** Trees with more entries at the top can be searched. */
const WORTH_SEARCHING = 3;
/** Milliseconds. */
const TYPING = 120;

/**
 * A JSON value as a tree that unfolds on demand and can be searched. Arrow keys walk it, Ctrl+C copies the value under the cursor,
 * Ctrl+Shift+C its path, / goes to the search.
 */
@customElement("lens-attributes")
export class AttributeTree extends PageElement {
  @property({ attribute: false }) value: object = {};
  @property({ attribute: false }) label: string = strings.attributes;
  /** Whose value it is. Read again, the same one's value leaves the cursor where it is. */
  @property({ attribute: false }) owner: unknown;
  @state() private open: ReadonlySet<string> = new Set();
  @state() private shown: ReadonlyMap<string, number> = new Map();
  @state() private active = 0;
  @state() private search = "";
  #rows: JsonRow[] = [];
  #found: Found | undefined;
  #unfolder = new Unfolder();
  #typing: ReturnType<typeof setTimeout> | undefined;

  /** What a row of the tree shows; undefined for an element that shows no value. */
  entryOf(row: Element): { name: string; path: string; value: unknown } | undefined {
    const entry = this.#rows[Number((row as HTMLElement).dataset.row ?? -1)];
    return entry?.kind === "entry" ? entry : undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const names = changed as Map<string, unknown>;
    if (names.has("value")) this.#unfolder = new Unfolder();
    if (names.has("owner")) {
      // What was unfolded stays so when the value is another span's: the same attributes are compared from span to span.
      this.active = 0;
      this.shown = new Map();
    }
    if (names.has("value") || names.has("search"))
      this.#found = this.search === "" ? undefined : searchJson(this.value, this.search, this.#unfolder);
    const { open, shown } = this;
    this.#rows = jsonRows(
      this.value,
      { open, shown, ...(this.#found && { found: this.#found }) },
      this.#unfolder,
    );
    this.active = Math.min(this.active, Math.max(0, this.#rows.length - 1));
  }

  protected override render(): TemplateResult {
    const size = Object.keys(this.value).length;
    if (size === 0) return html`<p class="quiet">${strings.noAttributes}</p>`;
    return html`
      ${size > WORTH_SEARCHING ? this.#searchBox() : nothing}
      ${
        this.#rows.length === 0
          ? html`<p class="quiet">${this.#found?.complete === false ? strings.nothingFoundYet(this.search) : strings.nothingFound(this.search)}</p>`
          : html`<div
              class="json-tree"
              role="tree"
              tabindex="0"
              aria-label=${this.label}
              aria-activedescendant=${this.#id(this.active)}
              @keydown=${this.#key}
            >
              ${this.#rows.map((row, index) => this.#row(row, index))}
            </div>`
      }
      ${this.#rows.length === MOST_ROWS ? html`<p class="quiet">${strings.manyRows(MOST_ROWS)}</p>` : nothing}
    `;
  }

  #id(index: number): string {
    return `${this.label.replace(/\W+/g, "-")}-${index}`.toLowerCase();
  }

  #searchBox(): TemplateResult {
    const found = this.#found;
    return html`<div class="json-search">
      <input
        class="input"
        type="search"
        aria-label=${strings.searchIn(this.label)}
        placeholder=${strings.searchIn(this.label)}
        spellcheck="false"
        @input=${this.#type}
        @keydown=${this.#searchKey}
      />
      <span class="quiet" role="status">${found ? (found.complete ? strings.hits(found.matches.size) : strings.hitsAtLeast(found.matches.size)) : ""}</span>
    </div>`;
  }

  #row(row: JsonRow, index: number): TemplateResult {
    switch (row.kind) {
      case "entry":
        return this.#entry(row, index);
      case "text":
        return html`<div class=${this.#classes("json-text", index)} role="treeitem" id=${this.#id(index)} aria-level=${row.depth + 1}
          aria-selected=${String(index === this.active)} style=${indent(row.depth)} @click=${() => this.#activate(index)}
          ><pre class="block">${visible(clip(row.text, MOST_TEXT))}</pre></div>`;
      case "more":
        return html`<div class=${this.#classes("json-row json-more", index)} role="treeitem" id=${this.#id(index)} aria-level=${row.depth + 1}
          aria-selected=${String(index === this.active)} style=${indent(row.depth)}
          @click=${() => this.#showMore(row, index)}
          ><span class="twistie codicon codicon-ellipsis" aria-hidden="true"></span>${strings.showMoreEntries(Math.min(MOST_ENTRIES, row.count), row.count)}</div>`;
    }
  }

  #classes(base: string, index: number): string {
    return index === this.active ? `${base} active` : base;
  }

  #entry(row: EntryRow, index: number): TemplateResult {
    const active = index === this.active;
    const twistie = row.nested ? (row.open ? "codicon-chevron-down" : "codicon-chevron-right") : "";
    const hit = this.#found?.matches.has(row.id) ?? false;
    return html`<div
      role="treeitem"
      id=${this.#id(index)}
      data-row=${index}
      class="${this.#classes("json-row", index)} ${hit ? "hit" : ""}"
      aria-level=${row.depth + 1}
      aria-posinset=${row.position}
      aria-setsize=${row.siblings}
      aria-selected=${String(active)}
      aria-expanded=${row.nested ? String(row.open) : nothing}
      style=${indent(row.depth)}
      @click=${() => {
        this.#activate(index);
        if (row.nested) this.#toggle(row);
      }}
    >
      <span class="twistie codicon ${twistie}" aria-hidden="true"></span
      ><span class="json-name">${oneLine(row.name, 100)}</span>
      <span class="json-value ${valueClass(row)}">${valuePreview(row)}</span>
      ${active ? this.#actions(row) : nothing}
    </div>`;
  }

  #actions(row: EntryRow): TemplateResult {
    const text = valueText(row.value);
    return html`<span class="json-actions" @click=${(event: Event) => event.stopPropagation()}
      >${row.nested ? iconButton("go-to-file", strings.openInEditor, () => this.#openText(row)) : nothing}${copyButton(text, strings.copyValue)}<lens-copy
        .text=${row.path}
        .label=${strings.copyPath}
        .icon=${"symbol-field"}
      ></lens-copy
    ></span>`;
  }

  #openText(row: EntryRow): void {
    const text = valueText(row.embedded ? this.#unfolder.nested(row.value) : row.value);
    emit(this, "lens-open-text", {
      title: row.name,
      text,
      language: row.size === undefined ? "plaintext" : "json",
    });
  }

  #activate(index: number): void {
    this.active = index;
  }

  #toggle(row: EntryRow): void {
    const open = new Set(this.open);
    if (!open.delete(row.id)) open.add(row.id);
    this.open = open;
  }

  #showMore(row: { readonly of: string }, index: number): void {
    this.active = index;
    const shown = new Map(this.shown);
    shown.set(row.of, (shown.get(row.of) ?? MOST_ENTRIES) + MOST_ENTRIES);
    this.shown = shown;
  }

  #type = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.search = text;
      this.active = 0;
    }, TYPING);
  };

  #searchKey = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement;
    if (event.key === "Escape" && input.value !== "") {
      input.value = "";
      this.search = "";
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      this.querySelector<HTMLElement>(".json-tree")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #key = (event: KeyboardEvent): void => {
    const row = this.#rows[this.active];
    if (!row || event.altKey || (event.target as Element).closest(".json-actions")) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "c" || row.kind === "more") return;
      if (!(window.getSelection()?.isCollapsed ?? true)) return;
      const value = row.kind === "entry" ? valueText(row.value) : row.text;
      emit(this, "lens-copy", { text: event.shiftKey && row.kind === "entry" ? row.path : value });
    } else if (!this.#act(event.key, row)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.updateComplete.then(() =>
      this.querySelector(".json-tree > .active")?.scrollIntoView({ block: "nearest" }),
    );
  };

  #act(key: string, row: JsonRow): boolean {
    const entry = row.kind === "entry" && row.nested ? row : undefined;
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
        if (entry?.open) this.active += 1;
        else if (entry) this.#toggle(entry);
        return true;
      case "ArrowLeft":
        if (entry?.open && this.open.has(entry.id)) this.#toggle(entry);
        else this.active = this.#parent(row);
        return true;
      case "Enter":
      case " ":
        if (entry) this.#toggle(entry);
        else if (row.kind === "more") this.#showMore(row, this.active);
        return true;
      case "/": {
        const box = this.querySelector<HTMLElement>(".json-search input");
        box?.focus();
        return box !== null;
      }
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

function indent(depth: number): string {
  return `padding-left: ${Math.min(depth, 20) * INDENT}px`;
}

function valuePreview({ value, size, list, embedded }: EntryRow): string {
  if (size !== undefined) {
    const entries = list ? `[${strings.entries(size)}]` : `{${strings.entries(size)}}`;
    return embedded ? strings.inText(entries) : entries;
  }
  return oneLine(typeof value === "string" ? value : valueText(value), LINE);
}

function valueClass({ value, size }: EntryRow): string {
  if (size !== undefined) return "quiet";
  if (typeof value === "string") return "json-string";
  return value === null ? "quiet" : "json-literal";
}
