import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { oneLine } from "../../src/format/text.ts";
import type { CheckControl, ValueControl } from "../controls.ts";
import { PageElement } from "../element.ts";
import { icon } from "../icons.ts";
import { iconButton, linkButton } from "../parts/actions.ts";
import type { SelectOption } from "../parts/select.ts";
import type { Kept } from "../state.ts";
import { strings } from "../strings.ts";
import { parseDuration } from "../timeline/duration-input.ts";
import type { Choice } from "../timeline/filter.ts";
import "../parts/select.ts";

export type FilterInput = Kept["filter"];

export const emptyFilter: FilterInput = {
  status: "",
  name: "",
  text: "",
  minDuration: "",
  onlyMatches: true,
};

export interface FilterActions {
  readonly change: (change: Partial<FilterInput>) => void;
  readonly reset: () => void;
  readonly expandAll: () => void;
  readonly collapseAll: () => void;
  readonly goToFailure: (direction: 1 | -1) => void;
  readonly toggleDetails: () => void;
}

// A dropdown is no place to look through more; the text filter finds the rest.
const MOST_NAMES = 100;

/** Everything above the waterfall: filters with the number of matches, and what moves and folds rows. */
@customElement("lens-filter-bar")
export class FilterBar extends PageElement {
  @property({ attribute: false }) filter: FilterInput = emptyFilter;
  @property({ attribute: false }) statuses: readonly Choice[] = [];
  @property({ attribute: false }) names: readonly Choice[] = [];
  @property({ attribute: false }) total = 0;
  /** Undefined when there is no filter. */
  @property({ attribute: false }) matchCount: number | undefined;
  @property({ attribute: false }) failures = 0;
  @property({ attribute: false }) detailsOpen = true;
  @property({ attribute: false }) actions!: FilterActions;

  /** Puts the cursor into the text filter. */
  override focus(): void {
    this.querySelector<HTMLElement>(".search")?.focus();
  }

  protected override render(): TemplateResult {
    const { filter, actions } = this;
    const invalid = parseDuration(filter.minDuration).kind === "invalid";
    return html`<div class="toolbar" role="toolbar" aria-label=${strings.filters}>
      <vscode-text-field
        class="search"
        title=${strings.searchHint}
        placeholder=${strings.search}
        .value=${filter.text}
        @input=${(event: Event) => actions.change({ text: typedIn(event) })}
        >${strings.search}${html`<span slot="start" class="codicon codicon-search" aria-hidden="true"></span>`}</vscode-text-field
      >
      <lens-select
        class="status-filter"
        .label=${strings.statusFilter}
        .value=${filter.status}
        .options=${this.#options(strings.anyStatus, this.statuses, filter.status, statusLabel)}
        .onChoose=${(status: string) => actions.change({ status })}
      ></lens-select>
      <lens-select
        class="name-filter"
        .label=${strings.nameFilter}
        .value=${filter.name}
        .options=${this.#options(strings.anyName, this.names.slice(0, MOST_NAMES), filter.name, (name) => oneLine(name, 50))}
        .onChoose=${(name: string) => actions.change({ name })}
      ></lens-select>
      <span class="duration-field">
        <vscode-text-field
          class="duration-filter ${invalid ? "invalid" : ""}"
          title=${strings.minDurationHint}
          placeholder=${strings.minDuration}
          aria-invalid=${String(invalid)}
          .value=${filter.minDuration}
          @input=${(event: Event) => actions.change({ minDuration: typedIn(event) })}
          >${strings.minDuration}</vscode-text-field
        >
        ${invalid ? html`<span class="field-error" role="alert">${strings.minDurationInvalid}</span>` : nothing}
      </span>
      <vscode-checkbox
        title=${strings.onlyMatchesHint}
        .checked=${filter.onlyMatches}
        @change=${(event: Event) => actions.change({ onlyMatches: (event.target as CheckControl).checked })}
        >${strings.onlyMatches}</vscode-checkbox
      >
      <span class="match-count" role="status">
        ${this.matchCount === undefined ? nothing : html`${strings.matchCount(this.matchCount, this.total)} ${linkButton(strings.resetFilters, actions.reset)}`}
      </span>
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

  #options(
    any: string,
    found: readonly Choice[],
    chosen: string,
    label: (value: string) => string,
  ): SelectOption[] {
    const options = found.map(({ value, count }) => ({
      value,
      label: strings.withCount(label(value), count),
    }));
    // A filter kept from another run may name what this run does not have.
    const missing = chosen !== "" && !found.some(({ value }) => value === chosen);
    return [
      { value: "", label: any },
      ...(missing ? [{ value: chosen, label: strings.withCount(label(chosen), 0) }] : []),
      ...options,
    ];
  }
}

function typedIn(event: Event): string {
  return (event.target as ValueControl).value;
}

function statusLabel(value: string): string {
  if (value.startsWith("=")) return oneLine(value.slice(1), 40);
  return Object.hasOwn(strings.states, value)
    ? strings.states[value as keyof typeof strings.states]
    : oneLine(value, 40);
}
