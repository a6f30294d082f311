import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { quoteValue } from "../../src/filter/complete.ts";
import type { Vocabulary } from "../../src/filter/suggest.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import type { KeptFilters } from "../filter/filter-box.ts";
import { keptRows, litRows, type Matches } from "../filter/matches.ts";
import { SpanFilter } from "../filter/span-filter.ts";
import { linkButton } from "../parts/actions.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import { nextMarked } from "../timeline/failures.ts";
import {
  closedSpans,
  type Folding,
  foldedFrom,
  subtreeOf,
  unfolded,
  withClosed,
} from "../timeline/folding.ts";
import { type Groups, groupNamesakes } from "../timeline/groups.ts";
import { ancestorsOf, visibleRows } from "../timeline/rows.ts";
import type { SpanTable } from "../timeline/span-table.ts";
import { isWhole, type TimeView, wholeRun, within } from "../timeline/time-view.ts";
import { emptyModel, type TraceModel } from "../timeline/trace-model.ts";
import type { CheatSheet } from "./cheat-sheet.ts";
import type { FilterActions, FilterBar } from "./filter-bar.ts";
import type { Minimap } from "./minimap.ts";
import { type Look, plainLook, type TimelineActions } from "./timeline-tools.ts";
import { NAME_WIDTH, type Waterfall } from "./waterfall.ts";
import "../details/details-pane.ts";
import "../parts/splitter.ts";
import "./cheat-sheet.ts";
import "./filter-bar.ts";
import "./minimap.ts";
import "./timeline-tools.ts";
import "./waterfall.ts";

/** Pixels under which the details go below the waterfall. */
const NARROW = 700;
/** Pixels; `rest` is what stays for the waterfall, filters included. */
const DETAILS = { initial: 400, min: 220, rest: 280 };
/** Before anyone has resized them, the details take no more of the width. */
const FAIR_SHARE = 0.38;
const DETAILS_BELOW = { initial: 320, min: 120, rest: 275 };

const noWords: Vocabulary = { attributes: [], values: {} };

/** Filters, waterfall and details of one run. */
@customElement("lens-trace")
export class TraceTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  @property({ attribute: false }) model: TraceModel | undefined;
  /** Key of the selected span. */
  @property({ attribute: false }) selectedKey: number | undefined;
  /** Counts up when the details should be asked for again. */
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) kept: KeptFilters = { saved: [], recent: [] };
  @state() private folding: Folding = unfolded;
  /** Folding while a filter hides rows is its own: it ends with the filter. */
  @state() private foldingInMatches: Folding = unfolded;
  @state() private look: Look = plainLook;
  /** Keys of the first spans of groups that were opened. */
  @state() private openGroups: ReadonlySet<number> = new Set();
  @state() private sizes = {
    name: NAME_WIDTH.initial,
    details: DETAILS.initial,
    detailsBelow: DETAILS_BELOW.initial,
  };
  @state() private detailsOpen = true;
  @state() private box = { width: 1000, height: 600 };

  #model: TraceModel = emptyModel;
  #timeView: TimeView = wholeRun(0);
  #closed: Uint8Array = new Uint8Array();
  #groups: Groups | undefined;
  /** Its matches when the rows were laid out last. */
  #laidOut: Matches | undefined;
  readonly #filter = new SpanFilter(this, {
    rpc: () => this.rpc,
    runId: () => this.model?.outline.run.run_id,
    keep: (filter) => this.keeper.set({ filter }),
    onApply: () => {
      this.foldingInMatches = unfolded;
    },
  });
  #rows: Int32Array = new Int32Array();
  #reveal = -1;
  readonly #observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect;
    if (width > 0 && height > 0) this.box = { width, height };
  });

  override connectedCallback(): void {
    super.connectedCallback();
    const { filter, sizes, detailsOpen, look } = this.keeper.value;
    this.#filter.input = filter;
    this.look = look;
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
  }

  /** Shows the span's row: unfolds its parents and its group, lifts a filter that hides it, scrolls to it. */
  reveal(key: number): void {
    const { spans } = this.#model;
    const index = spans.indexOf(key);
    if (index < 0) return;
    if (keptRows(spans, this.#filter.matches)?.[index] === 0) this.#filter.write("", true);
    const ancestors = ancestorsOf(spans, index);
    this.#fold(withClosed(spans, this.#folding(), ancestors, false));
    this.#openGroupsOf([...ancestors, index]);
    this.#reveal = index;
    this.requestUpdate();
  }

  /** Does what a key binding of VS Code asks for. */
  perform(command: "focusFilter" | "nextFailure" | "previousFailure"): void {
    if (command === "nextFailure") this.#goTo(this.#model.ranks, 1);
    else if (command === "previousFailure") this.#goTo(this.#model.ranks, -1);
    else if (command === "focusFilter") this.querySelector<FilterBar>("lens-filter-bar")?.focus();
  }

  /** Shows only spans of this name. */
  filterName(name: string): void {
    this.#filter.write(`name = ${quoteValue(name)}`, true);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const names = changed as Map<string, unknown>;
    if (names.has("model")) this.#take(names.get("model") as TraceModel | undefined);
    this.#filter.match(this.#model.spans, names.has("model"));
    const refilter = names.has("model") || this.#laidOut !== this.#filter.matches;
    if (refilter || ["folding", "foldingInMatches", "look", "openGroups"].some((name) => names.has(name)))
      this.#layOut();
  }

  #layOut(): void {
    const { spans } = this.#model;
    const { grouped, flame } = this.look;
    this.#closed = closedSpans(spans, this.#folding());
    this.#groups =
      grouped && !flame ? groupNamesakes(spans, this.#model.namesakes, this.openGroups) : undefined;
    this.#laidOut = this.#filter.matches;
    const keep = keptRows(spans, this.#filter.matches);
    this.#rows = visibleRows(spans, { closed: this.#closed, keep, grouped: this.#groups?.hidden });
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
    const { model } = this;
    if (!model) return html``;
    const total = model.spans.length;
    if (total === 0) return emptyState(strings.noSpansTitle);
    const narrow = this.box.width < NARROW;
    const { found, matches } = this.#filter;
    const selected = this.#selectedIndex();
    return html`
      <lens-filter-bar
        .filter=${this.#filter.input}
        .vocabulary=${this.#filter.words.value ?? noWords}
        .kept=${this.kept}
        .statuses=${model.statuses}
        .total=${total}
        .matchCount=${matches?.count}
        .failures=${model.failures}
        .detailsOpen=${this.detailsOpen}
        .actions=${this.#actions}
      ></lens-filter-bar>
      ${banner(found.error, () => found.refresh())} ${waiting(found, strings.matching)}
      <div class="trace-parts ${narrow ? "narrow" : ""}">
        <div class="timeline-part">
          <div class="timeline-head">
            <lens-timeline-tools
              .look=${this.look}
              .hasMatches=${matches !== undefined && matches.count > 0}
              .actions=${this.#timelineActions}
            ></lens-timeline-tools>
            <lens-minimap .model=${model} .view=${this.#timeView} .onView=${this.#setTimeView}></lens-minimap>
          </div>
          ${
            this.#rows.length === 0
              ? emptyState(
                  strings.allHidden(total),
                  linkButton(strings.resetFilters, () => this.#filter.write("", true)),
                )
              : html`<lens-waterfall
                  .rpc=${this.rpc}
                  .model=${model}
                  .rows=${this.#rows}
                  .matching=${litRows(matches)}
                  .closed=${this.#closed}
                  .groups=${this.#groups}
                  .flame=${this.look.flame}
                  .showCritical=${this.look.critical}
                  .view=${this.#timeView}
                  .selected=${selected}
                  .nameWidth=${this.sizes.name}
                  .onNameWidth=${(name: number) => this.#resize({ name })}
                  .onView=${this.#setTimeView}
                  .onBars=${this.#placeMinimap}
                  .onToggle=${this.#toggle}
                  .onOpen=${this.#openDetails}
                ></lens-waterfall>`
          }
        </div>
        ${this.detailsOpen ? this.#details(model, selected, narrow) : nothing}
      </div>
      <lens-cheat-sheet></lens-cheat-sheet>
    `;
  }

  #details(model: TraceModel, selected: number, narrow: boolean): TemplateResult {
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
        .outline=${model.outline}
        .index=${selected}
        .ranks=${model.ranks}
        .domain=${model.domain}
        .generation=${this.generation}
        .onClose=${this.#closeDetails}
      ></lens-details>
    `;
  }

  readonly #actions: FilterActions = {
    change: (text, settled) => this.#filter.write(text, settled),
    setMode: (mode) => this.#filter.setMode(mode),
    toggleStatus: (status) => this.#filter.toggleStatus(status),
    save: (text) => void this.rpc.request("saveFilter", { text }).catch(() => undefined),
    remove: (name) => void this.rpc.request("deleteFilter", { name }).catch(() => undefined),
    help: () => void this.rpc.request("filterHelp", {}).catch(() => undefined),
    leave: () => this.#waterfall()?.focus(),
    enter: () => this.#filter.learnWords(),
    expandAll: () => this.#fold(unfolded),
    collapseAll: () => this.#fold(foldedFrom(0)),
    goToFailure: (direction) => this.#goTo(this.#model.ranks, direction),
    toggleDetails: () => this.#setDetails(!this.detailsOpen),
    exportMatches: () =>
      emit(this, "lens-export-run", {
        runId: this.#model.outline.run.run_id,
        filter: this.#filter.input.text,
      }),
  };

  readonly #timelineActions: TimelineActions = {
    look: (change) => this.#setLook(change),
    zoom: (direction) => this.#waterfall()?.zoom(direction),
    fitRun: () => this.#setTimeView(wholeRun(this.#model.extent)),
    fitSpan: () => this.#waterfall()?.fitSelected(),
    goToSlow: (direction) => this.#goTo(this.#model.slow, direction),
    goToMatch: (direction) => this.#goTo(this.#filter.matches?.flags, direction),
    help: () => this.querySelector<CheatSheet>("lens-cheat-sheet")?.show(),
  };

  #selectedIndex(): number {
    return this.selectedKey === undefined ? -1 : this.#model.spans.indexOf(this.selectedKey);
  }

  #spans(): SpanTable {
    return this.#model.spans;
  }

  #folding(): Folding {
    return this.#filter.hides ? this.foldingInMatches : this.folding;
  }

  #waterfall(): Waterfall | null {
    return this.querySelector<Waterfall>("lens-waterfall");
  }

  #take(before: TraceModel | undefined): void {
    this.#model = this.model ?? emptyModel;
    const { run } = this.#model.outline;
    if (!this.model) return;
    const sameRun = before?.outline.run.run_id === run.run_id;
    this.#filter.reapply(sameRun);
    if (sameRun && before) {
      // What showed the whole run shows all of what it has become.
      const whole = isWhole(this.#timeView, before.extent);
      this.#timeView = whole ? wholeRun(this.#model.extent) : within(this.#timeView, this.#model.extent);
      return;
    }
    const { collapsed, timeView } = this.keeper.value;
    this.folding =
      collapsed.runId === run.run_id ? { depth: collapsed.depth, turned: new Set(collapsed.keys) } : unfolded;
    this.foldingInMatches = unfolded;
    this.openGroups = new Set();
    this.#timeView =
      timeView.runId === run.run_id ? within(timeView, this.#model.extent) : wholeRun(this.#model.extent);
  }

  #resize(change: Partial<TraceTab["sizes"]>): void {
    this.sizes = { ...this.sizes, ...change };
    this.keeper.set({ sizes: this.sizes });
  }

  #fold(folding: Folding): void {
    if (this.#filter.hides) {
      this.foldingInMatches = folding;
      return;
    }
    if (folding === this.folding) return;
    this.folding = folding;
    const { depth, turned } = folding;
    this.keeper.set({ collapsed: { runId: this.#model.outline.run.run_id, depth, keys: [...turned] } });
  }

  /** Opens or closes a subtree of the selected span, with everything below it. */
  #foldSubtree(close: boolean): void {
    const index = this.#selectedIndex();
    if (index < 0) return;
    this.#fold(withClosed(this.#spans(), this.#folding(), subtreeOf(this.#spans(), index), close));
  }

  #toggle = (index: number): void => {
    if (this.#groups?.byFirst.has(index)) {
      this.#openGroupsOf([index]);
      return;
    }
    this.#fold(withClosed(this.#spans(), this.#folding(), [index], !this.#closed[index]));
  };

  #openGroupsOf(indices: readonly number[]): void {
    if (!this.look.grouped) return;
    const open = new Set(this.openGroups);
    for (const index of indices) open.add(this.#spans().keys[this.#model.namesakes[index]!]!);
    if (open.size > this.openGroups.size) this.openGroups = open;
  }

  #setLook(change: Partial<Look>): void {
    this.look = { ...this.look, ...change };
    if (change.grouped !== undefined) this.openGroups = new Set();
    this.keeper.set({ look: this.look });
    // Rows have moved, and what is selected may have gone into a group.
    if (change.grouped !== undefined && this.selectedKey !== undefined) this.reveal(this.selectedKey);
  }

  /** Only the timeline and its minimap paint time: nothing else of the page has to change. */
  #setTimeView = (view: TimeView): void => {
    this.#timeView = view;
    this.keeper.set({ timeView: { runId: this.#model.outline.run.run_id, from: view.from, to: view.to } });
    const waterfall = this.#waterfall();
    if (waterfall && waterfall.view !== view) waterfall.view = view;
    const minimap = this.querySelector<Minimap>("lens-minimap");
    if (minimap) minimap.view = view;
  };

  #placeMinimap = (left: number): void => {
    this.querySelector<HTMLElement>(".timeline-head")?.style.setProperty("--bars-left", `${left}px`);
  };

  /** Selects the next marked span, around the end. */
  #goTo(marks: Uint8Array | undefined, direction: 1 | -1): void {
    if (!marks) return;
    const key = this.#spans().keys[nextMarked(marks, this.#selectedIndex(), direction)];
    if (key !== undefined) emit(this, "lens-select", { key, reveal: true });
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
    else if (event.key === "/") this.querySelector<FilterBar>("lens-filter-bar")?.focus();
    else if (!this.#letter(event.key, event.shiftKey ? -1 : 1)) return;
    event.preventDefault();
  };

  #letter(key: string, direction: 1 | -1): boolean {
    switch (key.toLowerCase()) {
      case "f":
        this.#goTo(this.#model.ranks, direction);
        return true;
      case "s":
        this.#goTo(this.#model.slow, direction);
        return true;
      case "n":
        this.#goTo(this.#filter.matches?.flags, direction);
        return true;
      case "v":
        this.#setLook({ flame: !this.look.flame });
        return true;
      case "c":
        this.#setLook({ critical: !this.look.critical });
        return true;
      case "g":
        this.#setLook({ grouped: !this.look.grouped });
        return true;
      case "x":
        this.#foldSubtree(direction < 0);
        return true;
      case "?":
        this.#timelineActions.help();
        return true;
    }
    if (!/^[1-9]$/.test(key)) return false;
    this.#fold(foldedFrom(Number(key) - 1));
    return true;
  }
}
