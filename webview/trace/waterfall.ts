import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { OutlineSpan } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { strings } from "../strings.ts";
import { rowOf } from "../timeline/rows.ts";
import { type TimeDomain, tickLabel, tickStep, ticks } from "../timeline/scale.ts";
import {
  drawnRows,
  isInView,
  ROW_HEIGHT,
  rowsInView,
  scrollFor,
  type Viewport,
} from "../timeline/viewport.ts";
import { moveFor } from "./navigation.ts";
import { type RowContext, row, rowId } from "./row.ts";
import type { TooltipContent } from "./tooltip.ts";
import "../parts/splitter.ts";
import "./tooltip.ts";

const TICK_WIDTH = 70;
/** Pixels under which the name column gives way. */
const NARROW = 640;
const HOVER_DELAY = 250;
export const NAME_WIDTH = { initial: 280, min: 120, rest: 160 };

/**
 * The run as a tree with bars on one time axis. Only the rows in the window exist in the page,
 * so that a run of 100,000 spans scrolls like one of ten.
 */
@customElement("lens-waterfall")
export class Waterfall extends PageElement {
  @property({ attribute: false }) spans: readonly OutlineSpan[] = [];
  /** Outline indices of the visible rows, ascending. */
  @property({ attribute: false }) rows: Int32Array = new Int32Array();
  /** 1 for spans that match; undefined when there is no filter. */
  @property({ attribute: false }) matching: Uint8Array | undefined;
  @property({ attribute: false }) ranks: Uint8Array = new Uint8Array();
  @property({ attribute: false }) collapsed: ReadonlySet<number> = new Set();
  /** Seconds: the longest self time of the run, which fills its cell. */
  @property({ attribute: false }) mostSelf = 0;
  @property({ attribute: false }) domain: TimeDomain | undefined;
  /** Outline index of the selected span, -1 for none. */
  @property({ attribute: false }) selected = -1;
  @property({ attribute: false }) nameWidth = NAME_WIDTH.initial;
  @property({ attribute: false }) onNameWidth: (width: number) => void = () => {};
  @property({ attribute: false }) onToggle: (index: number) => void = () => {};
  @property({ attribute: false }) onOpen: () => void = () => {};
  @state() private top = 0;
  @state() private size = { width: 800, height: 400, bars: 400 };
  @state() private tip: TooltipContent | undefined;

  #scroller: HTMLElement | undefined;
  #frame = 0;
  /** A row to show as soon as there is room to show it: the tab may still be hidden when it is asked for. */
  #pending = -1;
  #hover: ReturnType<typeof setTimeout> | undefined;
  readonly #observer = new ResizeObserver(() => this.#measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#leave();
  }

  /** Scrolls until the span's row is in the window, in the middle when it was far away. */
  reveal(index: number): void {
    const position = rowOf(this.rows, index);
    const scroller = this.#scroller;
    if (position < 0 || !scroller) return;
    this.#pending = scroller.clientHeight === 0 ? index : -1;
    if (this.#pending >= 0) return;
    scroller.scrollTop = scrollFor(position, { top: scroller.scrollTop, height: scroller.clientHeight });
    this.top = scroller.scrollTop;
  }

  /** Gives the keyboard to the rows. */
  override focus(options?: FocusOptions): void {
    this.#scroller?.focus(options);
  }

  protected override firstUpdated(): void {
    this.#scroller = this.querySelector<HTMLElement>(".waterfall")!;
    this.#observe();
    this.#measure();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("spans") || changed.has("rows")) this.#leave();
  }

  protected override render(): TemplateResult {
    const { first, last } = drawnRows(this.#viewport(), this.rows.length);
    const nameWidth = this.#nameWidth();
    const length = this.domain ? this.domain.to - this.domain.from : 0;
    const most = Math.max(3, Math.round(this.size.bars / TICK_WIDTH));
    const grid = length > 0 ? (100 * tickStep(length, most)) / length : 100;
    const selectedRow = rowOf(this.rows, this.selected);
    const context: RowContext = {
      spans: this.spans,
      domain: this.domain,
      mostSelf: this.mostSelf,
      ranks: this.ranks,
      matches: this.matching,
      collapsed: this.collapsed,
      selected: this.selected,
      nameWidth,
    };
    const drawn = Array.from(this.rows.subarray(first, last), (index, offset) =>
      row(context, index, first + offset),
    );
    return html`
      <div
        class="waterfall"
        role="treegrid"
        tabindex="0"
        aria-label=${strings.waterfall}
        aria-rowcount=${this.rows.length + 1}
        aria-activedescendant=${selectedRow >= first && selectedRow < last ? rowId(this.selected) : nothing}
        style="--name-width: ${nameWidth}px; --grid: ${grid}%"
        @scroll=${this.#scroll}
        @keydown=${this.#key}
        @click=${this.#click}
        @dblclick=${this.#doubleClick}
        @pointermove=${this.#point}
        @pointerleave=${this.#leave}
      >
        <div role="rowgroup" class="waterfall-head">
          <div role="row" class="row" aria-rowindex="1">
            <div role="columnheader" class="cell name-cell">${strings.nameColumn}</div>
            <div role="columnheader" class="cell figure self-cell" title=${strings.selfColumnHint}>${strings.selfColumn}</div>
            <div role="columnheader" class="cell figure">${strings.durationColumn}</div>
            <div role="columnheader" class="cell bar-cell ruler" aria-label=${strings.timeline}>
              ${length > 0 ? this.#ruler(length, most) : nothing}
            </div>
          </div>
        </div>
        <div role="rowgroup" class="waterfall-body" style="height: ${this.rows.length * ROW_HEIGHT}px">
          <div role="presentation" class="waterfall-window" style="transform: translateY(${first * ROW_HEIGHT}px)">${drawn}</div>
        </div>
      </div>
      <lens-splitter
        class="name-splitter"
        style="left: ${nameWidth}px"
        .label=${strings.nameWidth}
        .size=${nameWidth}
        .min=${NAME_WIDTH.min}
        .max=${this.#mostNameWidth()}
        .initial=${NAME_WIDTH.initial}
        .onResize=${this.onNameWidth}
      ></lens-splitter>
      <lens-tooltip hidden .spans=${this.spans} .domain=${this.domain} .content=${this.tip}></lens-tooltip>
    `;
  }

  #ruler(length: number, most: number): TemplateResult[] {
    return ticks(length, most)
      .map((offset) => ({ label: tickLabel(offset), share: offset / length }))
      .filter(({ label, share }) => (1 - share) * this.size.bars > label.length * 7 + 6)
      .map(({ label, share }) => html`<span class="tick" style="left: ${share * 100}%">${label}</span>`);
  }

  #mostNameWidth(): number {
    return Math.max(NAME_WIDTH.min, this.size.width - NAME_WIDTH.rest);
  }

  #nameWidth(): number {
    // In a narrow panel the name takes less than half of it, so that bars stay visible.
    const wish = this.size.width < NARROW ? Math.min(this.nameWidth, this.size.width * 0.45) : this.nameWidth;
    return Math.round(Math.max(NAME_WIDTH.min, Math.min(wish, this.#mostNameWidth())));
  }

  /** The bars' column changes with the splitter too, when the whole keeps its size. */
  #observe(): void {
    const ruler = this.querySelector(".ruler");
    if (this.#scroller) this.#observer.observe(this.#scroller);
    if (ruler) this.#observer.observe(ruler);
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const bars = scroller.querySelector<HTMLElement>(".ruler")?.clientWidth ?? 0;
    const { clientWidth: width, clientHeight: height } = scroller;
    if (width === 0 || height === 0) return;
    const shrinks = height < this.size.height && isInView(rowOf(this.rows, this.selected), this.#viewport());
    if (width !== this.size.width || height !== this.size.height || bars !== this.size.bars)
      this.size = { width, height, bars };
    this.top = scroller.scrollTop;
    if (this.#pending >= 0) this.reveal(this.#pending);
    // Details that open below, or a smaller window, must not hide the row that they are about.
    else if (shrinks) this.reveal(this.selected);
  }

  /** As it was when last measured. */
  #viewport(): Viewport {
    return { top: this.top, height: this.size.height };
  }

  #scroll = (): void => {
    this.#leave();
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.top = this.#scroller?.scrollTop ?? 0;
    });
  };

  #indexAt(event: Event): number {
    const element =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
    return element ? Number(element.dataset.index) : -1;
  }

  #click = (event: MouseEvent): void => {
    const index = this.#indexAt(event);
    if (index < 0) return;
    if ((event.target as Element).closest(".twistie")) this.onToggle(index);
    else this.#select(index);
  };

  #doubleClick = (event: MouseEvent): void => {
    const index = this.#indexAt(event);
    if (index >= 0 && !(event.target as Element).closest(".twistie")) this.onToggle(index);
  };

  #point = (event: PointerEvent): void => {
    const index = this.#indexAt(event);
    clearTimeout(this.#hover);
    if (index < 0 || event.buttons !== 0) {
      this.tip = undefined;
      return;
    }
    const show = () => {
      this.tip = { index, x: event.clientX, y: event.clientY };
    };
    if (this.tip) show();
    else this.#hover = setTimeout(show, HOVER_DELAY);
  };

  #leave = (): void => {
    clearTimeout(this.#hover);
    this.tip = undefined;
  };

  #select(index: number): void {
    const span = this.spans[index];
    if (span) emit(this, "lens-select", { key: span.key });
    this.reveal(index);
  }

  #key = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "c" && this.selected >= 0 && (window.getSelection()?.isCollapsed ?? true)) {
        emit(this, "lens-copy", { text: this.spans[this.selected]!.span_id });
        event.preventDefault();
      }
      return;
    }
    if (event.key === "Escape" && this.tip) {
      this.#leave();
      event.stopPropagation();
      return;
    }
    const { spans, rows, collapsed, selected } = this;
    const page = Math.max(1, rowsInView(this.#viewport()) - 1);
    const move = moveFor(event.key, { spans, rows, collapsed, selected, page });
    if (!move) return;
    if (move.kind === "select") this.#select(move.index);
    else if (move.kind === "toggle") this.onToggle(move.index);
    else if (move.kind === "open") this.onOpen();
    this.#leave();
    event.preventDefault();
    event.stopPropagation();
  };
}
