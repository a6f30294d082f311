import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type SqlCompletion, type SqlVocabulary, suggestSql } from "../../src/sql/suggest.ts";
import type { Place } from "../../src/sql/tokens.ts";
import { PageElement } from "../element.ts";
import { optionId, popup } from "../filter/popup.ts";
import { Recall } from "../filter/recall.ts";
import { strings } from "../strings.ts";
import { ink } from "./ink.ts";
import { completionOffers, exampleOffers, historyOffers, type SqlOffer } from "./offers.ts";

export interface SqlEditorActions {
  readonly change: (text: string) => void;
  readonly forget: (statement: string) => void;
  /** The editor was entered: completion will soon want to know the database's names. */
  readonly enter: () => void;
}

type List = "completion" | "examples" | "history";

/** Where a statement is written: a plain field of text, with colours beneath and a list of offers above it. */
@customElement("lens-sql-editor")
export class SqlEditor extends PageElement {
  @property({ attribute: false }) text = "";
  /** The part that SQLite did not understand. */
  @property({ attribute: false }) mistake: Place | undefined;
  /** Id of the element that says what is wrong. */
  @property({ attribute: false }) describedBy: string | undefined;
  @property({ attribute: false }) vocabulary: SqlVocabulary = { tables: [], functions: [] };
  @property({ attribute: false }) recent: readonly string[] = [];
  @property({ attribute: false }) actions!: SqlEditorActions;
  @state() private open: List | undefined;
  @state() private active = -1;
  @query("textarea") private field!: HTMLTextAreaElement;
  #completion: SqlCompletion | undefined;
  #offers: readonly SqlOffer[] = [];
  readonly #recall = new Recall();
  /** The page writes, not the person. */
  #writing = false;

  /** Where the caret stands, in UTF-16 units. */
  get caret(): number {
    return this.field?.selectionStart ?? this.text.length;
  }

  override focus(): void {
    void this.updateComplete.then(() => this.field.focus());
  }

  /** Marks a part of the text as a person would with the mouse. */
  select({ from, to }: Place): void {
    this.field.focus();
    this.field.setSelectionRange(from, to);
  }

  /** Opens or closes the list of examples or of statements run before. */
  toggle(list: "examples" | "history"): void {
    const open = this.open === list ? undefined : list;
    this.field.focus();
    this.open = open;
    this.active = open === undefined ? -1 : 0;
  }

  isOpen(list: List): boolean {
    return this.open === list;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("focusout", this.#left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("focusout", this.#left);
  }

  protected override willUpdate(): void {
    this.#completion =
      this.open === "completion" ? suggestSql(this.text, this.caret, this.vocabulary) : undefined;
    this.#offers = this.#offered();
    if (this.open === "completion" && this.#offers.length === 0) this.open = undefined;
    if (this.active >= this.#offers.length) this.active = this.#offers.length - 1;
  }

  protected override updated(changed: PropertyValues): void {
    this.#follow();
    if ((changed as Map<string, unknown>).has("open"))
      this.dispatchEvent(new CustomEvent("lens-sql-list", { bubbles: true }));
    this.querySelector(".filter-option[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const listed = this.open !== undefined && this.#offers.length > 0;
    return html`<div class="sql-editor ${this.mistake ? "mistaken" : ""}">
        <div class="sql-under" aria-hidden="true"><pre class="sql-ink">${ink(this.text, this.mistake, this.#completion?.place.from)}</pre></div>
        <textarea
          class="sql-field"
          aria-label=${strings.sqlEditor}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls=${listed ? "filter-options" : nothing}
          aria-activedescendant=${listed && this.active >= 0 ? optionId(this.active) : nothing}
          aria-invalid=${String(this.mistake !== undefined)}
          aria-describedby=${this.describedBy ?? nothing}
          title=${listed ? nothing : strings.sqlHint}
          placeholder=${strings.sqlPlaceholder}
          spellcheck="false"
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          maxlength="100000"
          .value=${this.text}
          @input=${this.#typed}
          @keydown=${this.#key}
          @focus=${() => this.actions.enter()}
          @click=${this.#moved}
          @scroll=${() => this.#follow()}
        ></textarea>
      </div>
      ${listed ? this.#list() : this.open === "history" ? html`<div class="filter-popup sql-list"><p class="filter-nothing quiet">${strings.sqlNoHistory}</p></div>` : nothing}`;
  }

  #list(): TemplateResult {
    const label = {
      completion: strings.sqlOffers,
      examples: strings.sqlExamples,
      history: strings.sqlHistory,
    }[this.open!];
    return html`<div class="filter-popup sql-list ${this.open === "completion" ? "sql-at-caret" : ""}">
      ${popup(this.#offers, this.active, { choose: this.#choose, remove: this.#remove }, label)}
    </div>`;
  }

  #offered(): readonly SqlOffer[] {
    switch (this.open) {
      case "completion":
        return completionOffers(this.#completion!.suggestions);
      case "examples":
        return exampleOffers();
      case "history":
        return historyOffers(this.recent);
      case undefined:
        return [];
    }
  }

  /** Keeps the colours under the letters, and the list under the caret. */
  #follow(): void {
    const under = this.querySelector<HTMLElement>(".sql-ink");
    if (!under || !this.field) return;
    under.style.transform = `translate(${-this.field.scrollLeft}px, ${-this.field.scrollTop}px)`;
    const list = this.querySelector<HTMLElement>(".sql-at-caret");
    const mark = this.querySelector<HTMLElement>(".sql-caret");
    if (!list || !mark) return;
    const here = this.getBoundingClientRect();
    const place = mark.getBoundingClientRect();
    const left = Math.min(place.left - here.left, here.width - list.offsetWidth - 4);
    list.style.left = `${Math.max(0, left)}px`;
    list.style.top = `${Math.min(place.bottom - here.top + 2, here.height + 2)}px`;
  }

  #typed = (event: Event): void => {
    if (this.#writing) return;
    this.text = this.field.value;
    this.#recall.reset();
    this.actions.change(this.text);
    const { typed, suggestions } = suggestSql(this.text, this.caret, this.vocabulary);
    const kind = event instanceof InputEvent ? event.inputType : "";
    const erased = kind.startsWith("delete") || kind.startsWith("history");
    const written = suggestions.some(({ label }) => label.toLowerCase() === typed.toLowerCase());
    const dot = this.text[this.caret - 1] === ".";
    // Nobody is interrupted who has written a whole name, or takes something back.
    const wanted = (typed !== "" || dot) && !written && (!erased || this.open === "completion");
    this.open = wanted ? "completion" : undefined;
    this.active = wanted ? 0 : -1;
  };

  /** Completion is about the place of the caret. */
  #moved = (): void => {
    this.open = undefined;
  };

  #key = (event: KeyboardEvent): void => {
    if (event.isComposing || !this.#does(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #does({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
    const listed = this.open !== undefined && this.#offers.length > 0;
    if (altKey) return this.#recalls(key);
    if (ctrlKey || metaKey) {
      if (key !== " ") return false;
      this.open = "completion";
      this.active = 0;
      // The caret may have moved, which no property knows.
      this.requestUpdate();
      return true;
    }
    switch (key) {
      case "ArrowDown":
      case "ArrowUp": {
        if (!listed) return false;
        const step = key === "ArrowDown" ? 1 : -1;
        this.active = (this.active + step + this.#offers.length) % this.#offers.length;
        return true;
      }
      case "Enter":
      case "Tab":
        if (!listed || this.active < 0 || shiftKey) return false;
        this.#choose(this.active);
        return true;
      case "Delete":
        if (this.open !== "history" || !listed) return false;
        this.#remove(this.active);
        return true;
      case "Escape":
        if (this.open === undefined) return false;
        this.open = undefined;
        return true;
      case "ArrowLeft":
      case "ArrowRight":
      case "Home":
      case "End":
      case "PageUp":
      case "PageDown":
        this.open = undefined;
        return false;
      default:
        return false;
    }
  }

  #recalls(key: string): boolean {
    if (key !== "ArrowUp" && key !== "ArrowDown") return false;
    const text = this.#recall.step(key === "ArrowUp" ? "older" : "newer", this.recent, this.text);
    this.open = undefined;
    if (text !== undefined) this.#write(text);
    return true;
  }

  #choose = (index: number): void => {
    const offer = this.#offers[index];
    if (offer === undefined) return;
    this.field.focus();
    this.open = undefined;
    if ("whole" in offer) {
      this.#recall.reset();
      this.#write(offer.whole);
      return;
    }
    const { place } = suggestSql(this.text, this.caret, this.vocabulary);
    // What stands behind may begin with the blank that a keyword ends with.
    const blank = offer.insert.endsWith(" ") && /^\s/.test(this.text.slice(place.to));
    this.#insert(place, blank ? offer.insert.trimEnd() : offer.insert);
  };

  #remove = (index: number): void => {
    const offer = this.#offers[index];
    if (offer && "whole" in offer && this.open === "history") this.actions.forget(offer.whole);
  };

  /** Puts a statement in place of the text; undoing brings the text back. */
  #write(text: string): void {
    this.#insert({ from: 0, to: this.field.value.length }, text);
    this.field.scrollTop = 0;
    this.field.scrollLeft = 0;
  }

  #insert({ from, to }: Place, text: string): void {
    this.field.setSelectionRange(from, to);
    this.#writing = true;
    // The only way of writing that the field's own undo knows of.
    document.execCommand(text === "" ? "delete" : "insertText", false, text);
    this.#writing = false;
    this.text = this.field.value;
    this.open = undefined;
    this.actions.change(this.text);
  }

  #left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && this.contains(event.relatedTarget)) return;
    this.open = undefined;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "lens-sql-editor": SqlEditor;
  }
}
