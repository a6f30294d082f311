import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { GroupStatistics, NameSeries } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { icon } from "../icons.ts";
import { linkButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";
import {
  type Column,
  columns,
  type DurationRow,
  durationRows,
  nextSort,
  type Sort,
  sortRows,
} from "./durations.ts";
import { figure, walkFigures } from "./figures.ts";
import { sparkline } from "./sparkline.ts";
import "../parts/splitter.ts";

/** Rows drawn before the reader asks for the rest. */
const FIRST_ROWS = 200;
/** Pixels. */
const WIDTHS: Partial<Record<Column, number>> = { name: 210, count: 64, failed: 64, self: 100, tokens: 84 };
const OTHER_WIDTH = 78;
const SPARK_WIDTH = 120;
const LEAST_WIDTH = 48;
const MOST_WIDTH = 800;

/** Further limits of the spans behind a figure, beside those of its row. */
export interface FigureLimits {
  readonly states?: readonly ["failed"];
  /** Seconds. */
  readonly minDuration?: number;
  readonly maxDuration?: number;
}

/** Durations by span name or another group, sortable by every column. Every figure leads to its spans. */
@customElement("lens-durations")
export class DurationsTable extends PageElement {
  @property({ attribute: false }) groups: readonly GroupStatistics[] = [];
  @property({ attribute: false }) series: Readonly<Record<string, NameSeries>> = {};
  /** The first column's title, and what stands in it. */
  @property({ attribute: false }) groupTitle = "";
  @property({ attribute: false }) nameOf: (group: string | null) => string = (group) => group ?? "";
  @property({ attribute: false }) sort: Sort = { column: "self", descending: true };
  @property({ attribute: false }) onSort: (sort: Sort) => void = () => {};
  /** Pixels by column, where they differ from those it begins with. */
  @property({ attribute: false }) widths: Readonly<Record<string, number>> = {};
  @property({ attribute: false }) onResize: (widths: Readonly<Record<string, number>>) => void = () => {};
  @property({ attribute: false }) onOpen: (row: DurationRow, limits: FigureLimits) => void = () => {};
  /** Counts only the spans of a row; undefined when there are no others. */
  @property({ attribute: false }) onNarrow: ((row: DurationRow) => void) | undefined;
  @state() private all = false;

  protected override render(): TemplateResult {
    const rows = sortRows(durationRows(this.groups, this.nameOf), this.sort);
    const shown = this.all ? rows : rows.slice(0, FIRST_ROWS);
    const mostSelf = rows.reduce((most, row) => Math.max(most, row.self ?? 0), 0);
    const total = columns.reduce((sum, column) => sum + this.#width(column), SPARK_WIDTH);
    return html`
      <div class="table-scroll" tabindex="0" role="region" aria-label=${strings.durationsBy(this.groupTitle)}>
        <table class="durations" style="width: ${total}px">
          <colgroup>
            ${columns.map((column) => html`<col style="width: ${this.#width(column)}px" />${column === "name" ? html`<col style="width: ${SPARK_WIDTH}px" />` : nothing}`)}
          </colgroup>
          <thead>
            <tr>
              ${columns.map((column) => html`${this.#header(column)}${column === "name" ? html`<th scope="col" title=${strings.trendHint}>${strings.trend}</th>` : nothing}`)}
            </tr>
          </thead>
          <tbody @keydown=${walkFigures}>${shown.map((row) => this.#row(row, mostSelf))}</tbody>
        </table>
      </div>
      ${
        shown.length < rows.length
          ? linkButton(strings.allRows(rows.length), () => {
              this.all = true;
            })
          : nothing
      }
    `;
  }

  #width(column: Column): number {
    return Math.max(LEAST_WIDTH, this.widths[column] ?? WIDTHS[column] ?? OTHER_WIDTH);
  }

  #header(column: Column): TemplateResult {
    const sorted = this.sort.column === column;
    const hints: Partial<Record<Column, string>> = strings.columnHints;
    const title = column === "name" ? this.groupTitle : strings.columns[column];
    return html`<th
      scope="col"
      class=${column === "name" ? "" : "figure"}
      aria-label=${title}
      aria-sort=${sorted ? (this.sort.descending ? "descending" : "ascending") : "none"}
    >
      <button type="button" class="sort" title=${hints[column] ?? nothing} @click=${() => this.onSort(nextSort(this.sort, column))}>
        ${title}${sorted ? icon(this.sort.descending ? "arrow-down" : "arrow-up") : nothing}
      </button>
      <lens-splitter
        class="column-splitter"
        .label=${strings.widthOf(title)}
        .size=${this.#width(column)}
        .min=${LEAST_WIDTH}
        .max=${MOST_WIDTH}
        .initial=${WIDTHS[column] ?? OTHER_WIDTH}
        .onResize=${(size: number) => this.onResize({ ...this.widths, [column]: size })}
      ></lens-splitter>
    </th>`;
  }

  #row(row: DurationRow, mostSelf: number): TemplateResult {
    const name = oneLine(row.name, 80) || strings.noName;
    const heat = mostSelf > 0 ? Math.max(0, (row.self ?? 0) / mostSelf) : 0;
    const open =
      (limits: FigureLimits = {}) =>
      () =>
        this.onOpen(row, limits);
    const narrow = this.onNarrow;
    const only = strings.onlyThis(name);
    const failed = row.failed ? open({ states: ["failed"] }) : undefined;
    const from = (seconds: number | null) =>
      figure(formatDuration(seconds), open({ minDuration: seconds ?? 0 }));
    const cell = (content: TemplateResult, mood = "") => html`<td class="figure ${mood}">${content}</td>`;
    const mood = row.failed ? "bad" : "quiet";
    return html`<tr>
      <th scope="row">
        <span class="row-name">
          <button type="button" class="link" title=${strings.showSpansHint} @click=${open()}>${name}</button>
          ${narrow ? html`<button type="button" class="link row-action" aria-label=${only} title=${only} @click=${() => narrow(row)}>${icon("filter")}</button>` : nothing}
        </span>
      </th>
      <td>${sparkline(this.series[row.group ?? ""])}</td>
      ${cell(figure(formatCount(row.count), open()))} ${cell(figure(formatCount(row.failed), failed), mood)}
      ${cell(figure(formatPercent(row.rate), failed), mood)}
      <td class="figure heat-cell"><span class="heat" style="width: ${heat * 100}%"></span>${figure(formatDuration(row.self), open())}</td>
      ${cell(figure(formatDuration(row.avg), open()))}
      ${cell(figure(formatDuration(row.min), open({ maxDuration: row.min ?? 0 })))}
      ${[row.p50, row.p90, row.p95, row.p99, row.max].map((seconds) => cell(from(seconds)))}
      ${cell(figure(formatCost(row.cost), open()))} ${cell(figure(formatCount(row.tokens), open()))}
    </tr>`;
  }
}
