import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { DurationStatistics } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
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

/** Rows drawn before the reader asks for the rest. */
const FIRST_ROWS = 200;

/** Durations by span name, sortable by every column. A click on a name shows its spans. */
@customElement("lens-durations")
export class DurationsTable extends PageElement {
  @property({ attribute: false }) durations: Readonly<Record<string, DurationStatistics>> = {};
  @property({ attribute: false }) sort: Sort = { column: "self", descending: true };
  @property({ attribute: false }) onSort: (sort: Sort) => void = () => {};
  /** False when no run is open whose spans could be shown. */
  @property({ attribute: false }) linked = false;
  @state() private all = false;

  protected override render(): TemplateResult {
    const rows = sortRows(durationRows(this.durations), this.sort);
    const shown = this.all ? rows : rows.slice(0, FIRST_ROWS);
    const mostSelf = rows.reduce((most, row) => Math.max(most, row.self ?? 0), 0);
    return html`
      <div class="table-scroll" tabindex="0" role="region" aria-label=${strings.durations}>
        <table class="durations">
          <thead>
            <tr>${columns.map((column) => this.#header(column))}</tr>
          </thead>
          <tbody>${shown.map((row) => this.#row(row, mostSelf))}</tbody>
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

  #header(column: Column): TemplateResult {
    const sorted = this.sort.column === column;
    const hints: Partial<Record<Column, string>> = strings.columnHints;
    return html`<th
      scope="col"
      class=${column === "name" ? "" : "figure"}
      aria-sort=${sorted ? (this.sort.descending ? "descending" : "ascending") : "none"}
    >
      <button type="button" class="sort" title=${hints[column] ?? nothing} @click=${() => this.onSort(nextSort(this.sort, column))}>
        ${strings.columns[column]}${sorted ? icon(this.sort.descending ? "arrow-down" : "arrow-up") : nothing}
      </button>
    </th>`;
  }

  #row(row: DurationRow, mostSelf: number): TemplateResult {
    const name = oneLine(row.name, 80);
    const heat = mostSelf > 0 ? Math.max(0, (row.self ?? 0) / mostSelf) : 0;
    return html`<tr>
      <th scope="row">
        ${this.linked ? html`<button type="button" class="link" title=${strings.showNameHint(name)} @click=${() => emit(this, "lens-filter-name", { name: row.name })}>${name}</button>` : name}
      </th>
      <td class="figure">${formatCount(row.count)}</td>
      <td class="figure ${row.failed ? "bad" : "quiet"}">${formatCount(row.failed)}</td>
      <td class="figure ${row.failed ? "bad" : "quiet"}">${formatPercent(row.rate)}</td>
      <td class="figure heat-cell"><span class="heat" style="width: ${heat * 100}%"></span>${formatDuration(row.self)}</td>
      ${([row.avg, row.min, row.p50, row.p90, row.p95, row.p99, row.max] as const).map((seconds) => html`<td class="figure">${formatDuration(seconds)}</td>`)}
      <td class="figure">${formatCost(row.cost)}</td>
      <td class="figure">${formatCount(row.tokens)}</td>
    </tr>`;
  }
}
