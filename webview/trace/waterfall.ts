import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import type { RpcClient } from "../rpc.ts";
import { strings } from "../strings.ts";
import type { Groups } from "../timeline/groups.ts";
import { LANE_HEIGHT, spanInFlame } from "../timeline/paint-flame.ts";
import { rowOf } from "../timeline/rows.ts";
import { fitted, showing, type TimeView, wholeRun, within, zoomed } from "../timeline/time-view.ts";
import { emptyModel, type TraceModel } from "../timeline/trace-model.ts";
import {
  drawnRows,
  HEADER_HEIGHT,
  isInView,
  ROW_HEIGHT,
  rowsInView,
  ScrollRange,
  scrollFor,
  type Viewport,
} from "../timeline/viewport.ts";
import { moveFor } from "./navigation.ts";
import { type RowContext, row, rowId } from "./row.ts";
import { TimeGestures } from "./time-gestures.ts";
import { TimelineCanvas } from "./timeline-canvas.ts";
import type { TooltipContent } from "./tooltip.ts";
import "../parts/splitter.ts";
import "./tooltip.ts";

/** Pixels under which the name column gives way. */
const NARROW = 640;
const HOVER_DELAY = 250;
/** Rows that stand in the page for screen readers while the flame view is painted. */
const SPOKEN_ROWS = 12;
const ZOOM_STEP = 1.6;
const PAN_STEP = 0.2;
export const NAME_WIDTH = { initial: 280, min: 120, rest: 160 };

/**
 * The run as a tree with bars on one time axis, or as a flame graph. Only the rows in the window exist in the page, and bars
 * are painted: a run of a million spans scrolls like one of ten.
 */
@customElement("lens-waterfall")
export class Waterfall extends PageElement {
  @property({ attribute: false }) rpc: RpcClient | undefined;
  @property({ attribute: false }) model: TraceModel = emptyModel;
  /** Outline indices of the visible rows, ascending. */
  @property({ attribute: false }) rows: Int32Array = new Int32Array();
  /** 1 for spans that match; undefined when there is no filter. */
  @property({ attribute: false }) matching: Uint8Array | undefined;
  /** 1 for spans whose subtree is closed. */
  @property({ attribute: false }) closed: Uint8Array = new Uint8Array();
  @property({ attribute: false }) groups: Groups | undefined;
  @property({ attribute: false }) flame = false;
  @property({ attribute: false }) showCritical = false;
  /** Outline index of the selected span, -1 for none. */
  @property({ attribute: false }) selected = -1;
  @property({ attribute: false }) nameWidth = NAME_WIDTH.initial;
  @property({ attribute: false }) onNameWidth: (width: number) => void = () => {};
  /** Told where the bars begin, in pixels, so that the minimap stands over them. */
  @property({ attribute: false }) onBars: (left: number) => void = () => {};
  @property({ attribute: false }) onView: (view: TimeView) => void = () => {};
  @property({ attribute: false }) onToggle: (index: number) => void = () => {};
  @property({ attribute: false }) onOpen: () => void = () => {};
  @state() private top = 0;
  @state() private size = { width: 800, height: 400, bars: 400, barsLeft: 440 };
  @state() private tip: TooltipContent | undefined;

  #view: TimeView = wholeRun(0);
  #scroller: HTMLElement | undefined;
  #canvas: TimelineCanvas | undefined;
  #gestures: TimeGestures | undefined;
  #scrollFrame = 0;
  #paintFrame = 0;
  /** Where the scroll bar was put to follow the list, so that its event is not mistaken for a wish. */
  #barAt = 0;
  #pointed: number | undefined;
  /** The model whose first paint was marked. */
  #painted: TraceModel | undefined;
  /** A row to show as soon as there is room to show it: the tab may still be hidden when it is asked for. */
  #pending = -1;
  #hover: ReturnType<typeof setTimeout> | undefined;
  readonly #observer = new ResizeObserver(() => this.#measure());

  /** The part of time on screen. Another one is painted, and changes nothing in the page. */
  get view(): TimeView {
    return this.#view;
  }

  set view(view: TimeView) {
    this.#view = view;
    this.#repaint();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#attach();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#canvas?.dispose();
    this.#gestures?.dispose();
    cancelAnimationFrame(this.#scrollFrame);
    cancelAnimationFrame(this.#paintFrame);
    this.#scrollFrame = 0;
    this.#paintFrame = 0;
    this.#leave();
  }

  /** Scrolls until the span is in the window: its row, in the middle when it was far away, and its time. */
  reveal(index: number): void {
    const position = this.#lineOf(index);
    const scroller = this.#scroller;
    if (position < 0 || !scroller) return;
    this.#pending = scroller.clientHeight === 0 ? index : -1;
    if (this.#pending >= 0) return;
    this.#scrollTo(scrollFor(position, this.#viewport(), this.#lineHeight()));
    const { model } = this;
    const start = model.spans.starts[index]!;
    if (!Number.isNaN(start)) this.#show(showing(this.view, start, model.endOf(index), model.extent));
  }

  /** Shows the selected span's time from edge to edge. */
  fitSelected(): void {
    const { model, selected } = this;
    const start = model.spans.starts[selected];
    if (start !== undefined && !Number.isNaN(start))
      this.#show(fitted(start, model.endOf(selected), model.extent));
  }

  /** Zooms around the middle, or around the selected span when it is on screen. */
  zoom(direction: 1 | -1): void {
    const { view, model, selected } = this;
    const start = model.spans.starts[selected] ?? Number.NaN;
    const middle = (Math.max(start, view.from) + Math.min(model.endOf(selected), view.to)) / 2;
    const at = middle > view.from && middle < view.to ? middle : (view.from + view.to) / 2;
    this.#show(zoomed(view, model.extent, ZOOM_STEP ** -direction, at));
  }

  /** Gives the keyboard to the rows. */
  override focus(options?: FocusOptions): void {
    this.#scroller?.focus(options);
  }

  protected override firstUpdated(): void {
    this.#scroller = this.querySelector<HTMLElement>(".waterfall")!;
    this.#attach();
    this.#measure();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("model") || changed.has("rows") || changed.has("flame")) this.#leave();
    this.top = this.#range().within(this.top);
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#placeBar();
    // Columns come and go with the flame view, and with them the place of the bars.
    if (changed.has("flame")) {
      this.#measure();
      if (this.selected >= 0) this.reveal(this.selected);
    }
    this.#paint();
  }

  protected override render(): TemplateResult {
    const { flame, rows, selected } = this;
    const nameWidth = this.#nameWidth();
    const selectedRow = rowOf(rows, selected);
    const { first, last } = flame
      ? spokenRows(selectedRow, rows.length)
      : drawnRows(this.#viewport(), rows.length);
    const context: RowContext = {
      model: this.model,
      matches: this.matching,
      closed: this.closed,
      groups: this.groups,
      showCritical: this.showCritical,
      selected,
      nameWidth,
    };
    const drawn = Array.from(rows.subarray(first, last), (index, offset) =>
      row(context, index, first + offset),
    );
    const shift = first * ROW_HEIGHT - this.top;
    return html`
      <div
        class="waterfall ${flame ? "flame" : ""}"
        role="treegrid"
        tabindex="0"
        aria-label=${strings.waterfall}
        aria-rowcount=${rows.length + 1}
        aria-activedescendant=${selectedRow >= first && selectedRow < last ? rowId(selected) : nothing}
        style="--name-width: ${nameWidth}px"
        @scroll=${this.#scroll}
        @keydown=${this.#key}
        @click=${this.#click}
        @dblclick=${this.#doubleClick}
        @pointermove=${this.#point}
        @pointerleave=${this.#leave}
      >
        <div class="waterfall-pane" role="presentation" style="height: ${this.size.height}px">
          <div role="rowgroup" class="waterfall-head">
            <div role="row" class="row" aria-rowindex="1">
              <div role="columnheader" class="cell name-cell">${strings.nameColumn}</div>
              <div role="columnheader" class="cell figure self-cell" title=${strings.selfColumnHint}>${strings.selfColumn}</div>
              <div role="columnheader" class="cell figure">${strings.durationColumn}</div>
              <div role="columnheader" class="cell bar-cell ruler" aria-label=${strings.timeline}></div>
            </div>
          </div>
          <div role="rowgroup" class="waterfall-body">
            <div role="presentation" class="waterfall-window" style="transform: translateY(${flame ? 0 : shift}px)">${drawn}</div>
          </div>
          <canvas class="timeline" aria-hidden="true" style="left: ${this.size.barsLeft}px"></canvas>
          <span class="probe"></span>
        </div>
        <div class="waterfall-room" role="presentation" style="height: ${Math.max(0, this.#range().room - this.size.height)}px"></div>
      </div>
      ${
        flame
          ? nothing
          : html`<lens-splitter
              class="name-splitter"
              style="left: ${nameWidth}px"
              .label=${strings.nameWidth}
              .size=${nameWidth}
              .min=${NAME_WIDTH.min}
              .max=${this.#mostNameWidth()}
              .initial=${NAME_WIDTH.initial}
              .onResize=${this.onNameWidth}
            ></lens-splitter>`
      }
      <lens-tooltip hidden .rpc=${this.rpc} .model=${this.model} .showCritical=${this.showCritical} .content=${this.tip}></lens-tooltip>
    `;
  }

  #attach(): void {
    const scroller = this.#scroller!;
    const pane = this.querySelector<HTMLElement>(".waterfall-pane")!;
    this.#canvas = new TimelineCanvas(
      pane.querySelector<HTMLCanvasElement>("canvas")!,
      pane.querySelector<HTMLElement>(".probe")!,
      () => this.#repaint(),
    );
    this.#gestures = new TimeGestures(scroller, {
      scale: () => ({ view: this.view, width: this.size.bars }),
      left: () => this.size.barsLeft,
      extent: () => this.model.extent,
      show: (view) => this.#show(view),
      scrollBy: (pixels) => this.#scrollTo(this.top + pixels),
      ownsScrolling: () => !this.#range().exact,
      repaint: () => this.#repaint(),
    });
    this.#observer.observe(scroller);
    this.#observer.observe(pane.querySelector(".ruler")!);
  }

  #mostNameWidth(): number {
    return Math.max(NAME_WIDTH.min, this.size.width - NAME_WIDTH.rest);
  }

  #nameWidth(): number {
    // In a narrow panel the name takes less than half of it, so that bars stay visible.
    const wish = this.size.width < NARROW ? Math.min(this.nameWidth, this.size.width * 0.45) : this.nameWidth;
    return Math.round(Math.max(NAME_WIDTH.min, Math.min(wish, this.#mostNameWidth())));
  }

  #lineHeight(): number {
    return this.flame ? LANE_HEIGHT : ROW_HEIGHT;
  }

  /** Position of the span among the rows or lanes, -1 when it is hidden. */
  #lineOf(index: number): number {
    return this.flame ? (this.model.flame.laneOf[index] ?? -1) : rowOf(this.rows, index);
  }

  #range(): ScrollRange {
    const lines = this.flame ? this.model.flame.lanes : this.rows.length;
    return new ScrollRange(HEADER_HEIGHT + lines * this.#lineHeight() + 4, this.size.height);
  }

  /** The bars' column changes with the splitter too, when the whole keeps its size. */
  #measure(): void {
    const scroller = this.#scroller;
    const ruler = scroller?.querySelector<HTMLElement>(".ruler");
    if (!scroller || !ruler) return;
    const { clientWidth: width, clientHeight: height } = scroller;
    if (width === 0 || height === 0) return;
    const bars = this.flame ? width - 8 : ruler.clientWidth;
    const barsLeft = this.flame ? 4 : ruler.offsetLeft;
    const before = this.size;
    const shrinks =
      height < before.height && isInView(this.#lineOf(this.selected), this.#viewport(), this.#lineHeight());
    if (
      width !== before.width ||
      height !== before.height ||
      bars !== before.bars ||
      barsLeft !== before.barsLeft
    ) {
      this.size = { width, height, bars, barsLeft };
      if (!this.flame) this.onBars(barsLeft);
    }
    if (this.#pending >= 0) this.reveal(this.#pending);
    // Details that open below, or a smaller window, must not hide the row that they are about.
    else if (shrinks) this.reveal(this.selected);
  }

  /** As it was when last measured. */
  #viewport(): Viewport {
    return { top: this.top, height: this.size.height };
  }

  #scrollTo(top: number): void {
    this.top = this.#range().within(top);
    this.#leave();
  }

  /** Moves the scroll bar to where the list is. */
  #placeBar(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const wanted = this.#range().scrollTopOf(this.top);
    if (Math.abs(scroller.scrollTop - wanted) < 1) return;
    scroller.scrollTop = wanted;
    this.#barAt = scroller.scrollTop;
  }

  #scroll = (): void => {
    this.#leave();
    if (this.#scrollFrame !== 0) return;
    this.#scrollFrame = requestAnimationFrame(() => {
      this.#scrollFrame = 0;
      const at = this.#scroller?.scrollTop ?? 0;
      if (Math.abs(at - this.#barAt) < 1) return;
      this.#barAt = at;
      this.top = this.#range().topOf(at);
    });
  };

  #show(view: TimeView): void {
    const next = within(view, this.model.extent);
    if (next.from === this.view.from && next.to === this.view.to) return;
    this.view = next;
    this.onView(next);
    this.#leave();
  }

  #repaint(): void {
    if (this.#paintFrame !== 0) return;
    this.#paintFrame = requestAnimationFrame(() => {
      this.#paintFrame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    if (this.#painted !== this.model && this.#canvas && this.size.bars > 0) {
      this.#painted = this.model;
      requestAnimationFrame(() => performance.mark("lens-painted"));
    }
    const { first, last } = drawnRows(this.#viewport(), this.rows.length);
    this.#canvas?.paint({
      model: this.model,
      scale: { view: this.view, width: this.size.bars },
      height: this.size.height,
      top: this.top,
      rows: this.rows,
      first,
      last,
      matches: this.matching,
      groups: this.groups,
      showCritical: this.showCritical,
      flame: this.flame,
      selected: this.selected,
      pointed: this.#pointed,
      marked: this.#gestures?.marked,
    });
  }

  /** Index of the span under the mouse, -1 for none. */
  #indexAt(event: MouseEvent): number {
    if (this.flame) {
      const box = this.#scroller!.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left - this.size.barsLeft, event.clientY - box.top];
      if (y < HEADER_HEIGHT) return -1;
      const scale = { view: this.view, width: this.size.bars };
      return spanInFlame(this.model, scale, x, y - HEADER_HEIGHT - 2 + this.top);
    }
    const element =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
    return element ? Number(element.dataset.index) : -1;
  }

  #click = (event: MouseEvent): void => {
    if (this.#gestures?.dragged) return;
    const index = this.#indexAt(event);
    if (index < 0) return;
    if ((event.target as Element).closest(".twistie")) this.onToggle(index);
    else this.#select(index);
  };

  #doubleClick = (event: MouseEvent): void => {
    const index = this.#indexAt(event);
    if (index < 0 || (event.target as Element).closest(".twistie")) return;
    const inBars = this.flame || (event.target as Element).closest(".bar-cell");
    if (!inBars) this.onToggle(index);
    else if (!Number.isNaN(this.model.spans.starts[index]!))
      this.#show(fitted(this.model.spans.starts[index]!, this.model.endOf(index), this.model.extent));
  };

  #point = (event: PointerEvent): void => {
    const box = this.#scroller!.getBoundingClientRect();
    const x = event.clientX - box.left - this.size.barsLeft;
    this.#pointed = x >= 0 && x <= this.size.bars ? x : undefined;
    this.#repaint();
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
    if (this.#pointed === undefined) return;
    this.#pointed = undefined;
    this.#repaint();
  };

  #select(index: number): void {
    if (index >= this.model.spans.length) return;
    emit(this, "lens-select", { key: this.model.spans.keys[index]! });
    this.reveal(index);
  }

  #key = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "c" && this.selected >= 0 && (window.getSelection()?.isCollapsed ?? true)) {
        emit(this, "lens-copy", { text: this.model.spans.spanId(this.selected) });
        event.preventDefault();
      }
      return;
    }
    if (event.key === "Escape" && this.tip) {
      this.#leave();
      event.stopPropagation();
      return;
    }
    if (!this.#timeKey(event) && !this.#treeKey(event)) return;
    this.#leave();
    event.preventDefault();
    event.stopPropagation();
  };

  #timeKey({ key, shiftKey }: KeyboardEvent): boolean {
    const { view, model } = this;
    const step = (view.to - view.from) * PAN_STEP;
    if (key === "+" || key === "=") this.zoom(1);
    else if (key === "-" || key === "_") this.zoom(-1);
    else if (key === "0") this.#show(wholeRun(model.extent));
    else if (key === "z") this.fitSelected();
    else if (shiftKey && key === "ArrowLeft") this.#show({ from: view.from - step, to: view.to - step });
    else if (shiftKey && key === "ArrowRight") this.#show({ from: view.from + step, to: view.to + step });
    else return false;
    return true;
  }

  #treeKey({ key }: KeyboardEvent): boolean {
    const { model, rows, closed, groups, selected } = this;
    const page = Math.max(1, rowsInView(this.#viewport()) - 1);
    const move = moveFor(key, { spans: model.spans, rows, closed, groups, selected, page });
    if (!move) return false;
    if (move.kind === "select") this.#select(move.index);
    else if (move.kind === "toggle") this.onToggle(move.index);
    else if (move.kind === "open") this.onOpen();
    return true;
  }
}

function spokenRows(selected: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(Math.max(0, selected) - SPOKEN_ROWS / 2, count - SPOKEN_ROWS));
  return { first, last: Math.min(count, first + SPOKEN_ROWS) };
}
