import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { statusOf } from "../../src/filter/status.ts";
import type { Vocabulary } from "../../src/filter/suggest.ts";
import { oneLine } from "../../src/format/text.ts";
import { PageElement } from "../element.ts";
import type { FilterBox, FilterBoxActions, KeptFilters } from "../filter/filter-box.ts";
import { type FilterMode, filterModes } from "../filter/matches.ts";
import type { FilterInput } from "../filter/span-filter.ts";
import { icon } from "../icons.ts";
import { iconButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";
import type { Choice } from "../timeline/filter.ts";
import "../filter/filter-box.ts";
import "../parts/select.ts";

export interface FilterActions extends FilterBoxActions {
  readonly setMode: (mode: FilterMode) => void;
  readonly toggleStatus: (status: string) => void;
  readonly expandAll: () => void;
  readonly collapseAll: () => void;
  readonly goToFailure: (direction: 1 | -1) => void;
  readonly toggleDetails: () => void;
  readonly exportMatches: () => void;
}

/** More than a handful of statuses in one run are for the filter box. */
const MOST_STATUSES = 6;

/** Everything above the waterfall: the filter with the number of matches, and what moves and folds rows. */
@customElement("lens-filter-bar")
export class FilterBar extends PageElement {
  @property({ attribute: false }) filter!: FilterInput;
  @property({ attribute: false }) vocabulary: Vocabulary = { attributes: [], values: {} };
  @property({ attribute: false }) kept: KeptFilters = { saved: [], recent: [] };
  @property({ attribute: false }) statuses: readonly Choice[] = [];
  @property({ attribute: false }) total = 0;
  /** Undefined when there is no filter, or no answer yet. */
  @property({ attribute: false }) matchCount: number | undefined;
  @property({ attribute: false }) failures = 0;
  @property({ attribute: false }) detailsOpen = true;
  @property({ attribute: false }) actions!: FilterActions;

  /** Puts the cursor into the filter. */
  override focus(): void {
    this.querySelector<FilterBox>("lens-filter-box")?.focus();
  }

  protected override render(): TemplateResult {
    const { filter, actions } = this;
    return html`<div class="toolbar" role="toolbar" aria-label=${strings.filters}>
      <lens-filter-box
        .text=${filter.text}
        .vocabulary=${this.vocabulary}
        .kept=${this.kept}
        .actions=${actions}
      ></lens-filter-box>
      <lens-select
        class="filter-mode"
        .label=${strings.filterMode}
        .hint=${strings.filterModeHints[filter.mode]}
        .value=${filter.mode}
        .options=${filterModes.map((mode) => ({ value: mode, label: strings.filterModes[mode] }))}
        .onChoose=${actions.setMode}
      ></lens-select>
      <span class="match-count" role="status"
        >${this.matchCount === undefined ? nothing : strings.matchCount(this.matchCount, this.total)}</span
      >
      ${
        this.matchCount === undefined || this.matchCount === 0
          ? nothing
          : iconButton("export", strings.exportMatches, actions.exportMatches)
      }
      ${this.statuses.length > 1 ? this.#statuses() : nothing}
      <span class="toolbar-end">
        ${
          this.failures === 0
            ? nothing
            : html`<span class="failure-count bad">${icon("error")}${strings.failedSpans(this.failures)}</span>
              ${iconButton("arrow-up", strings.previousFailure, () => actions.goToFailure(-1))}
              ${iconButton("arrow-down", strings.nextFailure, () => actions.goToFailure(1))}`
        }
        ${iconButton("expand-all", strings.expandAll, actions.expandAll)}
        ${iconButton("collapse-all", strings.collapseAll, actions.collapseAll)}
        ${iconButton(
          this.detailsOpen ? "layout-sidebar-right" : "layout-sidebar-right-off",
          this.detailsOpen ? strings.hideDetails : strings.showDetails,
          actions.toggleDetails,
          { pressed: this.detailsOpen },
        )}
      </span>
    </div>`;
  }

  #statuses(): TemplateResult {
    const chosen = statusOf(this.filter.text)?.toLowerCase();
    return html`<span class="status-chips" role="group" aria-label=${strings.filterStatus}>
      ${this.statuses.slice(0, MOST_STATUSES).map(({ value, count }) => {
        const status = value.startsWith("=") ? value.slice(1) : value;
        const label = statusLabel(value);
        return html`<button
          type="button"
          class="chip ${value === "failed" ? "bad" : ""}"
          title=${strings.onlyStatus(label)}
          aria-pressed=${String(chosen === status.toLowerCase())}
          @click=${() => this.actions.toggleStatus(status)}
        >
          ${strings.withCount(label, count)}
        </button>`;
      })}
    </span>`;
  }
}

function statusLabel(value: string): string {
  if (value.startsWith("=")) return oneLine(value.slice(1), 40);
  return Object.hasOwn(strings.states, value)
    ? strings.states[value as keyof typeof strings.states]
    : oneLine(value, 40);
}
