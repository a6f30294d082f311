import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { findMistake } from "../../src/filter/check.ts";
import { quoteValue } from "../../src/filter/complete.ts";
import { toggleStatus } from "../../src/filter/status.ts";
import type { Vocabulary } from "../../src/filter/suggest.ts";
import type { Outline, OutlineSpan } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import type { KeptFilters } from "../filter/filter-box.ts";
import { keptRows, litRows, type Matches, matchesOf } from "../filter/matches.ts";
import { Load } from "../load.ts";
import { linkButton } from "../parts/actions.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import { nextFailure } from "../timeline/failures.ts";
import { collapsibleKeys, revealed, visibleRows } from "../timeline/rows.ts";
import type { FilterActions, FilterBar, FilterInput } from "./filter-bar.ts";
import { factsOf, noFacts } from "./outline-facts.ts";
import { NAME_WIDTH, type Waterfall } from "./waterfall.ts";
import "../details/details-pane.ts";
import "../parts/splitter.ts";
import "./filter-bar.ts";
import "./waterfall.ts";

/** Pixels under which the details go below the waterfall. */
const NARROW = 700;
/** Pixels; `rest` is what stays for the waterfall, filters included. */
const DETAILS = { initial: 400, min: 220, rest: 280 };
/** Before anyone has resized them, the details take no more of the width. */
const FAIR_SHARE = 0.38;
const DETAILS_BELOW = { initial: 320, min: 120, rest: 220 };

/** Milliseconds after which a filter that is being written is asked for: a word that may still be completed has more time. */
const TYPING = { word: 800, other: 200 };
const noWords: Vocabulary = { attributes: [], values: {} };
const noSpans: readonly OutlineSpan[] = [];

/** Filters, waterfall and details of one run. */
@customElement("lens-trace")
export class TraceTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  @property({ attribute: false }) outline: Outline | undefined;
  /** Key of the selected span. */
  @property({ attribute: false }) selectedKey: number | undefined;
  /** Counts up when the details should be asked for again. */
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) kept: KeptFilters = { saved: [], recent: [] };
  @state() private filter: FilterInput = { text: "", mode: "only" };
  @state() private collapsed: ReadonlySet<number> = new Set();
  /** Folding while a filter hides rows is its own: it ends with the filter. */
  @state() private collapsedInMatches: ReadonlySet<number> = new Set();
  @state() private sizes = {
    name: NAME_WIDTH.initial,
    details: DETAILS.initial,
    detailsBelow: DETAILS_BELOW.initial,
  };
  @state() private detailsOpen = true;
  @state() private box = { width: 1000, height: 600 };

  #facts = noFacts;
  #matches: Matches | undefined;
  /** The filter whose matches are shown or asked for. One with a mistake never gets here. */
  #applied = "";
  #matchedKeys: readonly number[] | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  readonly #found = new Load(this, () => this.rpc, "matches");
  readonly #words = new Load(this, () => this.rpc, "filterVocabulary");
  #rows: Int32Array = new Int32Array();
  #reveal = -1;
  readonly #observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect;
    if (width > 0 && height > 0) this.box = { width, height };
  });

  override connectedCallback(): void {
    super.connectedCallback();
    const { filter, sizes, detailsOpen } = this.keeper.value;
    this.filter = filter;
    this.sizes = sizes;
    this.detailsOpen = detailsOpen;
    this.#observer.observe(this);
    this.addEventListener("keydown", this.#key);
    this.addEventListener("lens-select", this.#selected);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.removeEventListener("keydown", this.#key);
    this.removeEventListener("lens-select", this.#selected);
    clearTimeout(this.#typing);
  }

  /** Shows the span's row: unfolds its parents, lifts a filter that hides it, scrolls to it. */
  reveal(key: number): void {
    const index = this.#facts.byKey.get(key);
    if (index === undefined) return;
    if (keptRows(this.#spans(), this.#matches)?.[index] === 0) this.#setFilter("", true);
    if (this.#filtering()) this.collapsedInMatches = revealed(this.#spans(), this.collapsedInMatches, index);
    else this.#setCollapsed(revealed(this.#spans(), this.collapsed, index));
    this.#reveal = index;
    this.requestUpdate();
  }

  /** Does what a key binding of VS Code asks for. */
  perform(command: "focusFilter" | "nextFailure" | "previousFailure"): void {
    if (command === "nextFailure") this.#goToFailure(1);
    else if (command === "previousFailure") this.#goToFailure(-1);
    else if (command === "focusFilter") this.querySelector<FilterBar>("lens-filter-bar")?.focus();
  }

  /** Shows only spans of this name. */
  filterName(name: string): void {
    this.#setFilter(`name = ${quoteValue(name)}`, true);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const names = changed as Map<string, unknown>;
    if (names.has("outline")) this.#take(names.get("outline") as Outline | undefined);
    const before = this.#matches;
    this.#match(names.has("outline"));
    const refilter = names.has("outline") || before !== this.#matches;
    if (refilter || names.has("collapsed") || names.has("collapsedInMatches")) {
      const folded = this.#filtering() ? this.collapsedInMatches : this.collapsed;
      this.#rows = visibleRows(this.#spans(), folded, keptRows(this.#spans(), this.#matches));
    }
  }

  protected override updated(): void {
    if (this.#reveal < 0) return;
    const index = this.#reveal;
    this.#reveal = -1;
    const waterfall = this.#waterfall();
    // The waterfall has to know its new rows before it can find one.
    void waterfall?.updateComplete.then(() => waterfall.reveal(index));
  }

  protected override render(): TemplateResult {
    const { outline } = this;
    if (!outline) return html``;
    if (outline.spans.length === 0) return emptyState(strings.noSpansTitle);
    const narrow = this.box.width < NARROW;
    const selected = this.selectedKey === undefined ? -1 : (this.#facts.byKey.get(this.selectedKey) ?? -1);
    return html`
      <lens-filter-bar
        .filter=${this.filter}
        .vocabulary=${this.#words.value ?? noWords}
        .kept=${this.kept}
        .statuses=${this.#facts.statuses}
        .total=${outline.spans.length}
        .matchCount=${this.#matches?.count}
        .failures=${this.#facts.failures}
        .detailsOpen=${this.detailsOpen}
        .actions=${this.#actions}
      ></lens-filter-bar>
      ${banner(this.#found.error, () => this.#found.refresh())} ${waiting(this.#found, strings.matching)}
      <div class="trace-parts ${narrow ? "narrow" : ""}">
        ${
          this.#rows.length === 0
            ? this.#nothingShown(outline)
            : html`<lens-waterfall
                .spans=${outline.spans}
                .rows=${this.#rows}
                .matching=${litRows(this.#matches)}
                .ranks=${this.#facts.ranks}
                .collapsed=${this.#filtering() ? this.collapsedInMatches : this.collapsed}
                .domain=${this.#facts.domain}
                .mostSelf=${this.#facts.mostSelf}
                .selected=${selected}
                .nameWidth=${this.sizes.name}
                .onNameWidth=${(name: number) => this.#resize({ name })}
                .onToggle=${this.#toggle}
                .onOpen=${this.#openDetails}
              ></lens-waterfall>`
        }
        ${this.detailsOpen ? this.#details(outline, selected, narrow) : nothing}
      </div>
    `;
  }

  #nothingShown(outline: Outline): TemplateResult {
    return emptyState(
      strings.allHidden(outline.spans.length),
      linkButton(strings.resetFilters, () => this.#setFilter("", true)),
    );
  }

  #details(outline: Outline, selected: number, narrow: boolean): TemplateResult {
    const limits = narrow ? DETAILS_BELOW : DETAILS;
    const room = (narrow ? this.box.height : this.box.width) - limits.rest;
    const fair = narrow ? room : this.box.width * FAIR_SHARE;
    const max = Math.max(limits.min, room);
    const wish = narrow ? this.sizes.detailsBelow : this.sizes.details;
    const size = Math.max(limits.min, Math.min(wish === limits.initial ? Math.min(wish, fair) : wish, max));
    return html`
      <lens-splitter
        trailing
        orientation=${narrow ? "horizontal" : "vertical"}
        .label=${strings.detailsSize}
        .size=${size}
        .min=${limits.min}
        .max=${max}
        .initial=${limits.initial}
        .onResize=${(value: number) => this.#resize(narrow ? { detailsBelow: value } : { details: value })}
      ></lens-splitter>
      <lens-details
        style="flex-basis: ${size}px"
        .rpc=${this.rpc}
        .outline=${outline}
        .index=${selected}
        .ranks=${this.#facts.ranks}
        .domain=${this.#facts.domain}
        .generation=${this.generation}
        .onClose=${this.#closeDetails}
      ></lens-details>
    `;
  }

  readonly #actions: FilterActions = {
    change: (text, settled) => this.#setFilter(text, settled),
    setMode: (mode) => this.#keep({ mode }),
    toggleStatus: (status) => this.#setFilter(toggleStatus(this.filter.text, status), true),
    save: (text) => void this.rpc.request("saveFilter", { text }).catch(() => undefined),
    remove: (name) => void this.rpc.request("deleteFilter", { name }).catch(() => undefined),
    help: () => void this.rpc.request("filterHelp", {}).catch(() => undefined),
    leave: () => this.#waterfall()?.focus(),
    enter: () => this.#learnWords(),
    expandAll: () => this.#fold(new Set()),
    collapseAll: () => this.#fold(collapsibleKeys(this.#spans())),
    goToFailure: (direction) => this.#goToFailure(direction),
    toggleDetails: () => this.#setDetails(!this.detailsOpen),
  };

  #spans(): readonly OutlineSpan[] {
    return this.outline?.spans ?? noSpans;
  }

  /** True when rows are hidden by a filter. */
  #filtering(): boolean {
    return this.#matches !== undefined && this.#matches.mode !== "highlight";
  }

  #waterfall(): Waterfall | null {
    return this.querySelector<Waterfall>("lens-waterfall");
  }

  #take(before: Outline | undefined): void {
    const { outline } = this;
    if (!outline) {
      this.#facts = noFacts;
      return;
    }
    const { run } = outline;
    this.#facts = factsOf(outline);
    const sameRun = before?.run.run_id === run.run_id;
    this.#reapply(sameRun);
    if (sameRun) return;
    const { collapsed } = this.keeper.value;
    this.collapsed = new Set(collapsed.runId === run.run_id ? collapsed.keys : []);
    this.collapsedInMatches = new Set();
  }

  /** Brings the matches in line with the outline, the answer of the panel and the mode. */
  #match(newOutline: boolean): void {
    const keys = this.#applied === "" ? undefined : this.#found.value?.keys;
    if (keys === undefined) {
      this.#matches = undefined;
      return;
    }
    const { mode } = this.filter;
    if (!newOutline && keys === this.#matchedKeys && this.#matches?.mode === mode) return;
    this.#matchedKeys = keys;
    this.#matches = matchesOf(keys, this.#facts.byKey, this.#spans().length, mode);
  }

  #setFilter(text: string, settled: boolean): void {
    this.#keep({ text });
    clearTimeout(this.#typing);
    if (settled) {
      this.#apply();
      if (text.trim() !== "" && this.#applied === text)
        void this.rpc.request("rememberFilter", { text }).catch(() => undefined);
      return;
    }
    const rest = /[^\s()]$/.test(text) ? TYPING.word : TYPING.other;
    this.#typing = setTimeout(() => this.#apply(), rest);
  }

  /** Asks for the matches of the filter as it is written; while it has a mistake, what was shown stays. */
  #apply(): void {
    const { text } = this.filter;
    const runId = this.outline?.run.run_id;
    if (text === this.#applied || runId === undefined) return;
    if (findMistake(text, "spans", Date.now() / 1000) !== undefined) return;
    this.#applied = text;
    this.collapsedInMatches = new Set();
    if (text.trim() === "") this.#applied = "";
    if (this.#applied === "") this.#found.clear();
    else this.#found.ask({ runId, filter: text }, true);
  }

  /** The same filter over what came from the panel: another run, or the same one in a newer state. */
  #reapply(sameRun: boolean): void {
    if (!sameRun) {
      this.#applied = "";
      this.#words.clear();
      this.#found.clear();
      this.#apply();
    } else if (this.#applied !== "") {
      this.#found.refresh();
    }
  }

  #learnWords(): void {
    const runId = this.outline?.run.run_id;
    if (runId !== undefined && this.#words.value === undefined && !this.#words.loading)
      this.#words.ask({ runId });
  }

  #keep(change: Partial<FilterInput>): void {
    this.filter = { ...this.filter, ...change };
    this.keeper.set({ filter: this.filter });
  }

  #resize(change: Partial<TraceTab["sizes"]>): void {
    this.sizes = { ...this.sizes, ...change };
    this.keeper.set({ sizes: this.sizes });
  }

  #setCollapsed(collapsed: ReadonlySet<number>): void {
    if (collapsed === this.collapsed) return;
    this.collapsed = collapsed;
    this.keeper.set({ collapsed: { runId: this.outline?.run.run_id ?? "", keys: Array.from(collapsed) } });
  }

  #fold(collapsed: ReadonlySet<number>): void {
    if (this.#filtering()) this.collapsedInMatches = collapsed;
    else this.#setCollapsed(collapsed);
  }

  #toggle = (index: number): void => {
    const { key } = this.#spans()[index]!;
    const folded = new Set(this.#filtering() ? this.collapsedInMatches : this.collapsed);
    if (!folded.delete(key)) folded.add(key);
    this.#fold(folded);
  };

  #goToFailure(direction: 1 | -1): void {
    const from = this.selectedKey === undefined ? -1 : (this.#facts.byKey.get(this.selectedKey) ?? -1);
    const next = nextFailure(this.#facts.ranks, from, direction);
    const span = this.#spans()[next];
    if (span) emit(this, "lens-select", { key: span.key, reveal: true });
  }

  #selected = (event: CustomEvent<{ key: number; reveal?: boolean }>): void => {
    if (event.detail.reveal) this.reveal(event.detail.key);
  };

  #setDetails(open: boolean): void {
    this.detailsOpen = open;
    this.keeper.set({ detailsOpen: open });
  }

  #openDetails = (): void => {
    this.#setDetails(true);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".details")?.focus());
  };

  #closeDetails = (): void => {
    this.#setDetails(false);
    this.#waterfall()?.focus();
  };

  #key = (event: KeyboardEvent): void => {
    const origin = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.detailsOpen && !(origin instanceof HTMLInputElement))
      this.#closeDetails();
    else if (origin instanceof HTMLInputElement) return;
    else if (event.key === "f" || event.key === "F") this.#goToFailure(event.shiftKey ? -1 : 1);
    else if (event.key === "/") this.querySelector<FilterBar>("lens-filter-bar")?.focus();
    else return;
    event.preventDefault();
  };
}
