import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { findMistake } from "../../src/filter/check.ts";
import type { SavedFilter } from "../../src/filter/saved.ts";
import { type Suggestion, suggestAt, type Vocabulary } from "../../src/filter/suggest.ts";
import type { FilterError } from "../../src/filter/syntax.ts";
import { PageElement } from "../element.ts";
import { iconButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";
import { type Offer, optionId, popup } from "./popup.ts";
import { Recall } from "./recall.ts";

/** Filters that were kept: the named ones, and those used last, newest first. */
export interface KeptFilters {
  readonly saved: readonly SavedFilter[];
  readonly recent: readonly string[];
}

export interface FilterBoxActions {
  /** The text changed. `settled` when the person is done with it: by Enter, by a choice from the kept ones, by leaving. */
  readonly change: (text: string, settled: boolean) => void;
  readonly save: (text: string) => void;
  readonly remove: (name: string) => void;
  readonly help: () => void;
  /** Escape was pressed and there was nothing left to close. */
  readonly leave: () => void;
  /** The box was entered: completion will soon want to know the data's words. */
  readonly enter: () => void;
}

type Choice = Offer & ({ readonly suggestion: Suggestion } | { readonly text: string });

/** The line in which a filter is written: completion, the place of a mistake, and the filters of before. */
@customElement("lens-filter-box")
export class FilterBox extends PageElement {
  @property({ attribute: false }) text = "";
  @property({ attribute: false }) vocabulary: Vocabulary = { attributes: [], values: {} };
  @property({ attribute: false }) kept: KeptFilters = { saved: [], recent: [] };
  @property({ attribute: false }) actions!: FilterBoxActions;
  @state() private open: "completion" | "kept" | undefined;
  @state() private active = -1;
  /** Nobody is told that a filter is unfinished while they write it. */
  @state() private told = false;
  @state() private scrolled = 0;
  @query("input") private input!: HTMLInputElement;
  #choices: readonly Choice[] = [];
  readonly #recall = new Recall();

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("focusout", this.#left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("focusout", this.#left);
  }

  override focus(): void {
    this.input.focus();
    this.input.select();
  }

  protected override willUpdate(): void {
    this.#choices = this.#offered();
    if (this.active >= this.#choices.length) this.active = -1;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("text")) this.scrolled = this.input.scrollLeft;
    this.querySelector(".filter-option[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const mistake = findMistake(this.text, "spans", Date.now() / 1000);
    const said = mistake !== undefined && (this.told || mistake.place.from < this.text.trimEnd().length);
    const listed = this.open !== undefined && this.#choices.length > 0;
    return html`<div class="filter-box ${said ? "mistaken" : ""}" role="search">
        <span class="codicon codicon-filter" aria-hidden="true"></span>
        <span class="filter-line">
          ${said ? this.#underlined(mistake) : nothing}
          <input
            type="text"
            role="combobox"
            aria-label=${strings.filterBox}
            aria-autocomplete="list"
            aria-expanded=${String(listed)}
            aria-controls=${listed ? "filter-options" : nothing}
            aria-activedescendant=${listed && this.active >= 0 ? optionId(this.active) : nothing}
            aria-invalid=${String(said)}
            aria-describedby=${said ? "filter-mistake" : nothing}
            placeholder=${strings.filterPlaceholder}
            title=${strings.filterHint}
            spellcheck="false"
            autocomplete="off"
            maxlength="10000"
            .value=${this.text}
            @input=${this.#typed}
            @keydown=${this.#key}
            @focus=${() => this.actions.enter()}
            @click=${this.#moved}
            @scroll=${() => {
              this.scrolled = this.input.scrollLeft;
            }}
          />
        </span>
        ${this.text === "" ? nothing : iconButton("close", strings.resetFilters, this.#clear)}
        ${this.text === "" || mistake ? nothing : iconButton("star-empty", strings.saveFilter, () => this.actions.save(this.text))}
        ${iconButton("history", strings.keptFilters, this.#toggleKept, { pressed: this.open === "kept" })}
        ${iconButton("question", strings.filterHelp, () => this.actions.help())}
      </div>
      ${
        said || listed || this.open === "kept"
          ? html`<div class="filter-popup">
              ${said ? html`<p id="filter-mistake" class="filter-mistake" role="alert">${strings.ofFilter(mistake.text, mistake.values)}</p>` : nothing}
              ${listed ? popup(this.#choices, this.active, { choose: this.#choose, remove: this.#remove }) : nothing}
              ${this.open === "kept" && !listed ? html`<p class="filter-nothing quiet">${strings.noKeptFilters}</p>` : nothing}
            </div>`
          : nothing
      }`;
  }

  /** The text once more, unseen, with a line under the mistake. */
  #underlined({ place }: FilterError): TemplateResult {
    const { text } = this;
    const from = Math.min(place.from, text.length);
    const to = Math.max(from, Math.min(place.to, text.length));
    const marked = to > from ? text.slice(from, to) : "\u00A0";
    return html`<span class="filter-mirror" aria-hidden="true"
      ><span style="transform: translateX(${-this.scrolled}px)"
        >${text.slice(0, from)}<span class="filter-wave">${marked}</span>${to > from ? text.slice(to) : text.slice(from)}</span
      ></span
    >`;
  }

  #offered(): readonly Choice[] {
    if (this.open === "kept") {
      const { saved, recent } = this.kept;
      return [
        ...saved.map(({ name, text }) => ({ kind: "saved" as const, label: name, help: text, text })),
        ...recent.map((text) => ({ kind: "recent" as const, label: text, help: "", text })),
      ];
    }
    if (this.open === undefined) return [];
    const caret = this.input?.selectionStart ?? this.text.length;
    return suggestAt(this.text, caret, this.vocabulary, "spans").map((suggestion) => ({
      kind: "completion" as const,
      label: suggestion.label,
      help: suggestion.help === "" ? "" : strings.ofFilter(suggestion.help),
      suggestion,
    }));
  }

  #set(text: string, settled: boolean): void {
    this.text = text;
    this.actions.change(text, settled);
  }

  #typed = (): void => {
    this.open = "completion";
    this.active = -1;
    this.told = false;
    this.#recall.reset();
    this.#set(this.input.value, false);
  };

  /** Completion is about the place of the caret. */
  #moved = (): void => {
    if (this.open === "kept") this.open = undefined;
    else if (this.open === "completion") this.requestUpdate();
  };

  #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.isComposing) return;
    if (event.ctrlKey && event.key !== " ") return;
    if (!this.#does(event.key, event.ctrlKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #does(key: string, control: boolean): boolean {
    const listed = this.open !== undefined && this.#choices.length > 0;
    switch (key) {
      case " ":
        if (!control) return false;
        this.open = "completion";
        // The caret may have moved, which no property knows.
        this.requestUpdate();
        return true;
      case "ArrowDown":
        if (this.#recall.active) return this.#step("newer");
        if (!listed) this.open = "completion";
        else this.active = (this.active + 1) % this.#choices.length;
        return true;
      case "ArrowUp":
        if (listed && this.active >= 0) this.active -= 1;
        else if (this.open !== "kept") this.#step("older");
        return true;
      case "Enter":
        if (listed && this.active >= 0) this.#choose(this.active);
        else this.#settle();
        return true;
      case "Tab":
        if (!listed || this.active < 0) return false;
        this.#choose(this.active);
        return true;
      case "Delete": {
        if (this.open !== "kept" || this.#choices[this.active]?.kind !== "saved") return false;
        this.#remove(this.active);
        return true;
      }
      case "Escape":
        if (this.open !== undefined) this.#close();
        else this.actions.leave();
        return true;
      case "ArrowLeft":
      case "ArrowRight":
      case "Home":
      case "End":
        setTimeout(this.#moved);
        return false;
      default:
        return false;
    }
  }

  #step(direction: "older" | "newer"): true {
    const text = this.#recall.step(direction, this.kept.recent, this.text);
    if (text === undefined) return true;
    this.open = undefined;
    this.told = true;
    this.#write(text, text.length);
    this.#set(text, false);
    return true;
  }

  #settle(): void {
    this.#close();
    this.told = true;
    this.#recall.reset();
    this.actions.change(this.text, true);
  }

  #close(): void {
    this.open = undefined;
    this.active = -1;
  }

  #choose = (index: number): void => {
    const choice = this.#choices[index];
    if (choice === undefined) return;
    this.input.focus();
    if ("text" in choice) {
      this.#write(choice.text, choice.text.length);
      this.text = choice.text;
      this.#settle();
      return;
    }
    const { insert, place } = choice.suggestion;
    // What stands behind the place may begin with the blank that a choice ends with.
    const after = this.text.slice(place.to);
    const text = this.text.slice(0, place.from) + insert + (insert.endsWith(" ") ? after.trimStart() : after);
    this.#write(text, place.from + insert.length);
    this.open = "completion";
    this.active = -1;
    this.told = false;
    this.#set(text, false);
  };

  #remove = (index: number): void => {
    const choice = this.#choices[index];
    if (choice?.kind === "saved") this.actions.remove(choice.label);
    this.active = -1;
  };

  #toggleKept = (): void => {
    const open = this.open === "kept" ? undefined : "kept";
    this.input.focus();
    this.open = open;
    this.active = open && this.kept.saved.length + this.kept.recent.length > 0 ? 0 : -1;
  };

  #clear = (): void => {
    this.#write("", 0);
    this.input.focus();
    this.text = "";
    this.#settle();
  };

  #write(text: string, caret: number): void {
    this.input.value = text;
    this.input.setSelectionRange(caret, caret);
  }

  #left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && this.contains(event.relatedTarget)) return;
    this.#close();
    this.told = true;
    if (event.target === this.input) this.actions.change(this.text, true);
  };
}
