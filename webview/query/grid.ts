import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { tsv } from "../../src/format/csv.ts";
import type { QueryTableRow } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";
import { drawnRows, ROW_HEIGHT, rowsInView, scrollFor } from "../timeline/viewport.ts";
import {
  type Cell,
  type CellPlace,
  COLUMN_WIDTH,
  columnsOf,
  type GridColumn,
  type GridSort,
  type Lead,
  leadOf,
  moveCell,
  sortedRows,
} from "./table.ts";
import "../parts/splitter.ts";

const MOST_WIDTH = 2000;

/** A table of a query's rows. Only the rows in the window exist in the page; one cell has the keyboard. */
@customElement("lens-grid")
export class Grid extends PageElement {
  @property({ attribute: false }) rows: readonly QueryTableRow[] = [];
  /** As the rows themselves tell when undefined. */
  @property({ attribute: false }) columns: readonly GridColumn[] | undefined;
  @property({ attribute: false }) label = "";
  /** Whether and where a row leads. */
  @property({ attribute: false }) leadOf: (row: QueryTableRow) => Lead | undefined = leadOf;
  @property({ attribute: false }) onOpen: (row: QueryTableRow) => void = () => {};
  @state() private sort: GridSort | undefined;
  @state() private active: CellPlace = { row: 0, column: 0 };
  @state() private widths: Readonly<Record<string, number>> = {};
  @state() private top = 0;
  @state() private height = 400;

  #columns: readonly GridColumn[] = [];
  #order: Int32Array = new Int32Array();
  #scroller: HTMLElement | undefined;
  #frame = 0;
  readonly #observer = new ResizeObserver(() => this.#measure());

  /** What is on screen, in its order, with all columns: for the clipboard and for files. */
  table(): { titles: string[]; rows: Cell[][] } {
    const titles = this.#columns.map(({ name }) => name);
    const rows = Array.from(this.#order, (index) => titles.map((name) => this.rows[index]![name] ?? null));
    return { titles, rows };
  }

  /** The value under the cursor, whole. */
  activeValue(): Cell {
    const row = this.#rowAt(this.active.row);
    const column = this.#columns[this.active.column];
    return row && column ? (row[column.name] ?? null) : null;
  }

  /** The cursor's row as a line of tab-separated values. */
  activeRow(): string {
    const row = this.#rowAt(this.active.row);
    return row ? tsv([this.#columns.map(({ name }) => row[name] ?? null)]) : "";
  }

  override focus(): void {
    this.#scroller?.focus();
  }

  /** Moves the cursor to a cell of the page; false when the element is none. */
  take(element: Element): boolean {
    const cell = element.closest<HTMLElement>("[data-column]");
    const row = element.closest<HTMLElement>("[data-row]");
    if (!cell || !row || !this.contains(cell)) return false;
    this.active = { row: Number(row.dataset.row), column: Number(cell.dataset.column) };
    return true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#scroller) this.#observer.observe(this.#scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  protected override firstUpdated(): void {
    this.#scroller = this.querySelector<HTMLElement>(".grid")!;
    this.#observer.observe(this.#scroller);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const names = changed as Map<string, unknown>;
    if (names.has("rows")) {
      const before = this.#columns.map(({ name }) => name).join("\n");
      this.#columns = this.columns ?? columnsOf(this.rows);
      if (this.#columns.map(({ name }) => name).join("\n") !== before) {
        this.sort = undefined;
        this.widths = {};
        this.active = { row: 0, column: 0 };
      }
    }
    if (names.has("rows") || names.has("sort")) this.#order = sortedRows(this.rows, this.sort);
    if (this.active.row >= this.rows.length)
      this.active = { ...this.active, row: Math.max(0, this.rows.length - 1) };
  }

  protected override render(): TemplateResult {
    const { first, last } = drawnRows({ top: this.top, height: this.height }, this.rows.length);
    const widths = this.#columns.map((column) => this.#widthOf(column));
    const template = widths.map((width) => `${width}px`).join(" ");
    const drawn = Array.from(this.#order.subarray(first, last), (index, offset) =>
      this.#row(this.rows[index]!, first + offset),
    );
    const { row, column } = this.active;
    return html`<div
      class="grid"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${this.rows.length + 1}
      aria-colcount=${this.#columns.length}
      aria-activedescendant=${row >= first && row < last ? cellId({ row, column }) : nothing}
      style="--columns: ${template}"
      @scroll=${this.#scroll}
      @keydown=${this.#key}
      @click=${this.#click}
      @dblclick=${this.#doubleClick}
    >
      <div role="rowgroup" class="grid-head">
        <div role="row" class="grid-row" aria-rowindex="1">
          ${this.#columns.map((each, index) => this.#title(each, index, widths[index]!))}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" style="height: ${this.rows.length * ROW_HEIGHT}px">
        <div role="presentation" style="transform: translateY(${first * ROW_HEIGHT}px)">${drawn}</div>
      </div>
    </div>`;
  }

  #title(column: GridColumn, index: number, width: number): TemplateResult {
    const { name, numeric } = column;
    const sorted = this.sort?.column === name ? this.sort : undefined;
    return html`<div
      role="columnheader"
      class="grid-title ${numeric ? "figure" : ""}"
      aria-colindex=${index + 1}
      aria-sort=${sorted ? (sorted.descending ? "descending" : "ascending") : "none"}
    >
      <button type="button" class="grid-sort" title=${strings.sortBy(name)} @click=${() => this.#sortBy(column)}>
        <span class="grid-name">${name}</span>${sorted ? icon(sorted.descending ? "arrow-down" : "arrow-up") : nothing}
      </button>
      <lens-splitter
        class="grid-splitter"
        .label=${strings.widthOf(name)}
        .size=${width}
        .min=${COLUMN_WIDTH.min}
        .max=${MOST_WIDTH}
        .initial=${column.width}
        .onResize=${(size: number) => this.#resize(name, size)}
      ></lens-splitter>
    </div>`;
  }

  #row(row: QueryTableRow, position: number): TemplateResult {
    const active = position === this.active.row;
    return html`<div role="row" class="grid-row" aria-rowindex=${position + 2} data-row=${position}>
      ${this.#columns.map((column, index) => {
        const value = row[column.name] ?? null;
        const text = value === null ? "" : column.text(value);
        const selected = active && index === this.active.column;
        return html`<div
          role="gridcell"
          id=${cellId({ row: position, column: index })}
          class="grid-cell ${column.numeric ? "figure" : ""} ${selected ? "selected" : ""} ${active ? "in-row" : ""}"
          aria-colindex=${index + 1}
          aria-selected=${String(selected)}
          data-column=${index}
          title=${text.length * 7 > this.#widthOf(column) ? text : nothing}
        >${column.link && text !== "" ? html`<span class="grid-link">${text}</span>` : value === null && column.missing !== undefined ? html`<span class="grid-missing">${column.missing}</span>` : text}</div>`;
      })}
    </div>`;
  }

  #widthOf(column: GridColumn): number {
    return this.widths[column.name] ?? column.width;
  }

  #rowAt(position: number): QueryTableRow | undefined {
    const index = this.#order[position];
    return index === undefined ? undefined : this.rows[index];
  }

  #resize(name: string, size: number): void {
    this.widths = { ...this.widths, [name]: size };
  }

  /** First large or late values, then the other way round, then as the query gave them. */
  #sortBy({ name, numeric }: GridColumn): void {
    const first = numeric;
    if (this.sort?.column !== name) this.sort = { column: name, descending: first };
    else this.sort = this.sort.descending === first ? { column: name, descending: !first } : undefined;
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (!scroller || scroller.clientHeight === 0) return;
    if (scroller.clientHeight !== this.height) this.height = scroller.clientHeight;
    this.top = scroller.scrollTop;
  }

  #scroll = (): void => {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.top = this.#scroller?.scrollTop ?? 0;
    });
  };

  #go(place: CellPlace): void {
    this.active = place;
    const scroller = this.#scroller;
    if (!scroller) return;
    scroller.scrollTop = scrollFor(place.row, { top: scroller.scrollTop, height: scroller.clientHeight });
    this.top = scroller.scrollTop;
    const left = this.#columns.slice(0, place.column).reduce((sum, column) => sum + this.#widthOf(column), 0);
    const right = left + this.#widthOf(this.#columns[place.column]!);
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (right > scroller.scrollLeft + scroller.clientWidth)
      scroller.scrollLeft = Math.min(left, right - scroller.clientWidth);
  }

  #open(): void {
    const row = this.#rowAt(this.active.row);
    if (row && this.leadOf(row)) this.onOpen(row);
  }

  /** What Enter and a double click do: a long text opens in an editor, any other cell leads to what its row is about. */
  #activate(): void {
    if (this.#columns[this.active.column]?.long) this.#openText();
    else this.#open();
  }

  #click = (event: MouseEvent): void => {
    const target = event.target as Element;
    if (this.take(target) && target.closest(".grid-link")) this.#open();
  };

  #doubleClick = (event: MouseEvent): void => {
    if (this.take(event.target as Element)) this.#activate();
  };

  #openText(): void {
    const value = this.activeValue();
    if (typeof value !== "string") return;
    const language = /^\s*[[{]/.test(value) ? "json" : "plaintext";
    emit(this, "lens-open-text", { title: this.#columns[this.active.column]!.name, text: value, language });
  }

  #key = (event: KeyboardEvent): void => {
    if (event.altKey || (event.target as Element).closest(".grid-head")) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, rowsInView({ top: 0, height: this.height }) - 1);
    const size = { rows: this.rows.length, columns: this.#columns.length, page };
    const place = moveCell(event.key, ctrl, this.active, size);
    if (place) this.#go(place);
    else if (event.key === "Enter" && !ctrl) this.#activate();
    else if (ctrl && event.key === "c" && (window.getSelection()?.isCollapsed ?? true)) {
      const value = this.activeValue();
      emit(this, "lens-copy", { text: event.shiftKey ? this.activeRow() : String(value ?? "") });
    } else if (ctrl && event.key === "C") emit(this, "lens-copy", { text: this.activeRow() });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function cellId({ row, column }: CellPlace): string {
  return `cell-${row}-${column}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "lens-grid": Grid;
  }
}
