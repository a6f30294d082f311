import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCost, formatDuration, formatTime, shortId } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { CountedRunItem, ListedSpan } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { stateIcon } from "../icons.ts";
import { Load } from "../load.ts";
import { iconButton } from "../parts/actions.ts";
import { banner, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import { spanName, strings } from "../strings.ts";
import { drawnRows, HEADER_HEIGHT, ROW_HEIGHT, rowsInView, scrollFor } from "../timeline/viewport.ts";
import type { Behind } from "./behind.ts";

/** Rows asked for at once. */
const PAGE = 100;
/** Rows drawn beyond each edge, so that scrolling does not outrun drawing. */
const OVERSCAN = 8;

type Item = ListedSpan | CountedRunItem;

/** The spans or runs behind a figure, newest first. Pages are asked for as they come into view; a click opens a row in the Trace tab. */
@customElement("lens-span-list")
export class SpanList extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) behind!: Behind;
  /** Counts up when the database changed. */
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) onClose: () => void = () => {};
  /** Shows the spans of a name in the open run; undefined when none is open. */
  @property({ attribute: false }) onFilter: (() => void) | undefined;
  @state() private active = 0;
  @state() private top = 0;
  @state() private height = 200;
  readonly #spans = new Load(this, () => this.rpc, "spanList");
  readonly #runs = new Load(this, () => this.rpc, "countedRuns");
  #items: (Item | undefined)[] = [];
  #total: number | undefined;
  #reachable = 0;
  readonly #fresh = new Set<number>();
  #asked = -1;
  #taken: unknown;
  readonly #observer = new ResizeObserver(() => this.#measure());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  override focus(): void {
    this.#scroller()?.focus();
  }

  protected override firstUpdated(): void {
    this.#observer.observe(this.#scroller()!);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const names = changed as Map<string, unknown>;
    if (names.has("behind")) {
      const before = names.get("behind") as Behind | undefined;
      if (JSON.stringify(before) !== JSON.stringify(this.behind)) this.#begin();
    } else if (names.has("generation")) this.#fresh.clear();
    this.#take();
    this.#askForView();
  }

  protected override updated(changed: PropertyValues): void {
    if ((changed as Map<string, unknown>).has("behind")) this.#scroller()?.scrollTo({ top: 0 });
  }

  protected override render(): TemplateResult {
    const load = this.#load();
    const { first, last } = this.#drawn();
    const rows = Array.from({ length: last - first }, (_, offset) => this.#row(first + offset));
    const total = this.#total;
    const inView = this.active >= first && this.active < last;
    return html`
      <div class="list-head">
        <h2>${this.behind.title}</h2>
        <span class="quiet" role="status">${total === undefined ? nothing : this.#stated(total)}</span>
        ${load.loading && total !== undefined ? html`<span class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true"></span>` : nothing}
        <span class="toolbar-end">
          ${this.onFilter ? iconButton("filter", strings.filterOpenTrace, this.onFilter) : nothing}
          ${iconButton("close", strings.closeList, this.onClose)}
        </span>
      </div>
      ${banner(load.error, () => load.refresh())} ${total === undefined ? waiting(load, strings.readingSpans) : nothing}
      <div
        class="list-rows"
        role="listbox"
        tabindex="0"
        aria-label=${this.behind.title}
        aria-activedescendant=${inView ? `listed-${this.active}` : nothing}
        @scroll=${this.#scroll}
        @keydown=${this.#key}
        @click=${this.#click}
      >
        <div role="presentation" class="list-body" style="height: ${this.#reachable * ROW_HEIGHT}px">
          <div role="presentation" style="transform: translateY(${first * ROW_HEIGHT}px)">${rows}</div>
        </div>
      </div>
    `;
  }

  #row(at: number): TemplateResult {
    const item = this.#items[at];
    const selected = at === this.active;
    return html`<div
      role="option"
      id="listed-${at}"
      class="list-row ${selected ? "selected" : ""}"
      aria-selected=${String(selected)}
      aria-setsize=${this.#reachable}
      aria-posinset=${at + 1}
      data-row=${at}
    >${item ? ("key" in item ? spanCells(item) : runCells(item)) : html`<span class="skeleton"></span>`}</div>`;
  }

  #stated(total: number): string {
    const count = this.behind.kind === "spans" ? strings.spans(total) : strings.runCount(total);
    return this.#reachable < total
      ? `${count}, ${strings.newestShown(this.#reachable)}`
      : `${count}, ${strings.newestFirst}`;
  }

  #load() {
    return this.behind.kind === "spans" ? this.#spans : this.#runs;
  }

  #begin(): void {
    this.#spans.clear();
    this.#runs.clear();
    this.#items = [];
    this.#total = undefined;
    this.#reachable = 0;
    this.#fresh.clear();
    this.#asked = -1;
    this.#taken = undefined;
    this.active = 0;
    this.top = 0;
  }

  /** Takes the page that has arrived. */
  #take(): void {
    const answer = this.#load().value;
    if (!answer || answer === this.#taken || this.#load().loading) return;
    this.#taken = answer;
    this.#total = answer.total;
    this.#reachable = "reachable" in answer ? answer.reachable : answer.total;
    this.#items.length = Math.min(this.#items.length, this.#reachable);
    for (const [index, item] of answer.items.entries()) this.#items[this.#asked * PAGE + index] = item;
    this.#fresh.add(this.#asked);
    this.active = Math.max(0, Math.min(this.active, this.#reachable - 1));
  }

  #askForView(): void {
    const load = this.#load();
    if (load.loading || load.error) return;
    const { first, last } = this.#drawn();
    const pages = this.#total === undefined ? [0] : range(Math.floor(first / PAGE), Math.ceil(last / PAGE));
    const page = pages.find((one) => !this.#fresh.has(one));
    if (page === undefined) return;
    this.#asked = page;
    const where = { offset: page * PAGE, limit: PAGE };
    if (this.behind.kind === "spans") this.#spans.ask({ ...this.behind.query, ...where });
    else this.#runs.ask({ ...this.behind.query, ...where });
  }

  #drawn(): { first: number; last: number } {
    const beyond = OVERSCAN * ROW_HEIGHT;
    const top = Math.max(0, this.top - beyond);
    // The list has no line of titles, which a viewport counts in.
    const height = this.top - top + this.height + beyond + HEADER_HEIGHT;
    return drawnRows({ top, height }, this.#reachable);
  }

  #scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".list-rows");
  }

  #measure(): void {
    const height = this.#scroller()?.clientHeight ?? 0;
    if (height > 0) this.height = height;
  }

  #scroll = (): void => {
    this.top = this.#scroller()?.scrollTop ?? 0;
  };

  #open(): void {
    const item = this.#items[this.active];
    if (item) emit(this, "lens-show-run", { runId: item.run_id, ...("key" in item && { key: item.key }) });
  }

  #click = (event: MouseEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!row) return;
    this.active = Number(row.dataset.row);
    this.#open();
  };

  #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, rowsInView({ top: 0, height: this.height + HEADER_HEIGHT }) - 1);
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page };
    const last = Math.max(0, this.#reachable - 1);
    if (Object.hasOwn(steps, event.key)) this.#go(this.active + steps[event.key]!);
    else if (event.key === "Home") this.#go(0);
    else if (event.key === "End") this.#go(last);
    else if (event.key === "Enter") this.#open();
    else if (event.key === "Escape") this.onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #go(to: number): void {
    this.active = Math.max(0, Math.min(Math.max(0, this.#reachable - 1), to));
    const scroller = this.#scroller();
    if (!scroller) return;
    const height = scroller.clientHeight + HEADER_HEIGHT;
    scroller.scrollTop = scrollFor(this.active, { top: scroller.scrollTop, height });
    this.top = scroller.scrollTop;
  }
}

function spanCells(span: ListedSpan): TemplateResult {
  return html`${stateIcon(span.state)}
    <span class="list-name">${spanName(span.name, 80)}</span>
    <span class="list-time">${formatTime(span.start_time)}</span>
    <span class="list-figure">${formatDuration(span.duration)}</span>
    <span class="list-run quiet">${oneLine(span.pipeline_name, 40)} ${shortId(span.run_id)}</span>
    <span class="list-error">${span.error ? html`<b>${oneLine(span.error.type, 60)}</b> ${oneLine(span.error.message, 200)}` : nothing}</span>`;
}

function runCells(run: CountedRunItem): TemplateResult {
  return html`${stateIcon(run.state)}
    <span class="list-name">${spanName(run.pipeline_name, 80)}</span>
    <span class="list-time">${formatTime(run.start_time)}</span>
    <span class="list-figure">${formatDuration(run.duration)}</span>
    <span class="list-run quiet">${run.pipeline_version === null ? "" : strings.version(oneLine(run.pipeline_version, 20))} ${shortId(run.run_id)}</span>
    <span class="list-error">${run.cost === null ? nothing : formatCost(run.cost)}</span>`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

declare global {
  interface HTMLElementTagNameMap {
    "lens-span-list": SpanList;
  }
}
