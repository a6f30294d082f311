import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCount } from "../../src/format/numbers.ts";
import { PageElement } from "../element.ts";
import { strings } from "../strings.ts";
import { labelledBars, type PartKind, partTotals, type StackedBar } from "./bars.ts";
import { figure, walkFigures } from "./figures.ts";

const LABEL_WIDTH = 86;

/**
 * Stacked bars to look at, to open and to brush: a drag over them chooses a range and tells it as it goes, a click or Enter
 * opens what is behind one bar.
 * Every bar is an option of a list with its counts as text. Left and right move along, with Shift they choose a range, Escape clears it.
 */
@customElement("lens-bars")
export class BarChart extends PageElement {
  /** Unique in the page. */
  @property({ attribute: false }) name = "";
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) summary = "";
  @property({ attribute: false }) bars: readonly StackedBar[] = [];
  /** What a bar counts, with its number. */
  @property({ attribute: false }) counted: (count: number) => string = formatCount;
  /** First and last of the brushed bars. */
  @property({ attribute: false }) brushed: readonly [number, number] | undefined;
  @property({ attribute: false }) onBrush: (bars: readonly [number, number] | undefined) => void = () => {};
  @property({ attribute: false }) onOpen: (first: number, last: number, kind?: PartKind) => void = () => {};
  @state() private active = 0;
  @state() private width = 600;
  /** While a range is being chosen: where that began and where it has come to. */
  @state() private choosing: readonly [number, number] | undefined;
  /** Whether the pointer has left the bar where it was pressed. */
  #dragged = false;
  readonly #observer = new ResizeObserver(([entry]) => {
    this.width = entry!.contentRect.width;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if ((changed as Map<string, unknown>).has("bars")) this.active = this.#limited(this.active);
  }

  protected override render(): TemplateResult {
    const { bars } = this;
    const tallest = bars.reduce((most, { whole }) => Math.max(most, whole), 0);
    const labelled = new Set(labelledBars(bars.length, Math.floor(this.width / LABEL_WIDTH)));
    const range = this.choosing ? ordered(this.choosing) : this.brushed;
    return html`
      <div class="chart">
        <span class="chart-most" aria-hidden="true">${tallest > 0 ? formatCount(tallest) : ""}</span>
        <div
          class="chart-bars"
          role="listbox"
          tabindex="0"
          aria-label=${`${this.label}. ${this.summary}`}
          aria-multiselectable="true"
          aria-orientation="horizontal"
          aria-description=${strings.chartKeys}
          aria-activedescendant=${bars.length > 0 ? this.#id(this.active) : nothing}
          @keydown=${this.#key}
          @pointerdown=${this.#down}
          @pointermove=${this.#move}
          @pointerup=${this.#up}
          @pointercancel=${this.#drop}
        >
          ${bars.map((bar, at) => this.#bar(bar, at, tallest, range))}
        </div>
        <div class="chart-labels" aria-hidden="true">
          ${bars.map((bar, at) => html`<span class="chart-label">${labelled.has(at) ? html`<span>${bar.tick}</span>` : nothing}</span>`)}
        </div>
      </div>
      <p class="chart-legend">
        ${partTotals(bars).map(({ kind, count }) => html`<button type="button" class="legend" title=${strings.showSpansHint} @click=${() => this.onOpen(0, bars.length - 1, kind)}><span class="swatch part-${kind}"></span>${kindName(kind)} ${formatCount(count)}</button>`)}
      </p>
      <details class="chart-table">
        <summary>${strings.latencyTable}</summary>
        ${this.#table()}
      </details>
    `;
  }

  #bar(
    bar: StackedBar,
    at: number,
    tallest: number,
    range: readonly [number, number] | undefined,
  ): TemplateResult {
    const inside = range !== undefined && at >= range[0] && at <= range[1];
    const text = this.#text(bar);
    const height = (count: number) => `height: ${tallest > 0 ? (count / tallest) * 100 : 0}%`;
    return html`<div
      class="chart-slot ${inside ? "brushed" : range ? "outside" : ""} ${at === this.active ? "current" : ""}"
      id=${this.#id(at)}
      role="option"
      aria-selected=${String(inside)}
      aria-label=${text}
      title=${text}
      data-bar=${at}
    >
      ${bar.whole > bar.count ? html`<div class="chart-ghost" style=${height(bar.whole - bar.count)}></div>` : nothing}
      ${bar.parts.toReversed().map(({ kind, count }) => html`<div class="chart-bar part-${kind}" style=${height(count)}></div>`)}
    </div>`;
  }

  #text({ range, count, parts, whole }: StackedBar): string {
    const some = parts.filter(({ kind }) => kind !== "fine" && kind !== "completed");
    const others = some.map((part) => `${formatCount(part.count)} ${kindName(part.kind)}`);
    const rest = whole > count ? [strings.ofAll(whole)] : [];
    return strings.barText(range, [this.counted(count), ...others, ...rest].join(", "));
  }

  #table(): TemplateResult {
    const kinds = partTotals(this.bars).map(({ kind }) => kind);
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${strings.range}</th>
          <th scope="col" class="figure">${strings.count}</th>
          ${kinds.map((kind) => html`<th scope="col" class="figure">${kindName(kind)}</th>`)}
        </tr>
      </thead>
      <tbody @keydown=${walkFigures}>
        ${this.bars.map((bar, at) =>
          bar.count === 0
            ? nothing
            : html`<tr>
                <td>${bar.range}</td>
                <td class="figure">${figure(formatCount(bar.count), () => this.onOpen(at, at))}</td>
                ${kinds.map((kind) => html`<td class="figure">${this.#part(bar, at, kind)}</td>`)}
              </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #part({ parts }: StackedBar, at: number, kind: PartKind): TemplateResult {
    const count = parts.find((part) => part.kind === kind)?.count ?? 0;
    return figure(formatCount(count), count > 0 ? () => this.onOpen(at, at, kind) : undefined);
  }

  #id(at: number): string {
    return `bar-${this.name}-${at}`;
  }

  #limited(at: number): number {
    return Math.max(0, Math.min(this.bars.length - 1, at));
  }

  /** The bar under a point, or the nearest one beside it. */
  #barAt(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return this.#limited(Math.floor(((event.clientX - box.left) / box.width) * this.bars.length));
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0 || this.bars.length === 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const at = this.#barAt(event);
    this.active = at;
    this.choosing = [at, at];
    this.#dragged = false;
  };

  #move = (event: PointerEvent): void => {
    if (!this.choosing) return;
    const at = this.#barAt(event);
    if (at === this.choosing[1]) return;
    this.choosing = [this.choosing[0], at];
    this.#dragged = true;
    this.onBrush(ordered(this.choosing));
  };

  #up = (event: PointerEvent): void => {
    if (!this.choosing) return;
    const [first, last] = ordered(this.choosing);
    this.#drop();
    this.active = this.#barAt(event);
    if (!this.#dragged) this.onOpen(first, last);
  };

  #drop = (): void => {
    this.choosing = undefined;
  };

  #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || this.bars.length === 0) return;
    const to = this.#target(event.key);
    if (to !== undefined) {
      if (event.shiftKey) {
        const from = this.brushed ? this.#otherEnd(this.brushed) : this.active;
        this.onBrush(ordered([from, to]));
      }
      this.active = to;
    } else if (event.key === "Enter" || event.key === " ") {
      const [first, last] = this.#isBrushed() ? this.brushed! : [this.active, this.active];
      this.onOpen(first, last);
    } else if (event.key === "Escape" && this.brushed) this.onBrush(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #isBrushed(): boolean {
    return this.brushed !== undefined && this.active >= this.brushed[0] && this.active <= this.brushed[1];
  }

  /** The end of the brush that stays while the cursor moves the other one. */
  #otherEnd([first, last]: readonly [number, number]): number {
    if (this.active === first) return last;
    return this.active === last ? first : this.active;
  }

  #target(key: string): number | undefined {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
    if (Object.hasOwn(steps, key)) return this.#limited(this.active + steps[key]!);
    if (key === "Home") return 0;
    return key === "End" ? this.bars.length - 1 : undefined;
  }
}

function ordered([a, b]: readonly [number, number]): readonly [number, number] {
  return a <= b ? [a, b] : [b, a];
}

function kindName(kind: PartKind): string {
  return kind === "fine" ? strings.legendFine : strings.states[kind];
}
