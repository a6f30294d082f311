/** The list below the filter box: completions, or the filters that were kept. */
import { html, nothing, type TemplateResult } from "lit";
import { oneLine, visible } from "../../src/format/text.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";

/** One line of the list. */
export interface Offer {
  readonly kind: "completion" | "saved" | "recent";
  readonly label: string;
  /** What stands beside the label; empty when it says all. */
  readonly help: string;
  /** A codicon in front of the label. */
  readonly mark?: string;
  /** Recent ones may be forgotten, as saved ones always. */
  readonly removable?: boolean;
}

export interface PopupActions {
  readonly choose: (index: number) => void;
  readonly remove: (index: number) => void;
}

export const optionId = (index: number): string => `filter-option-${index}`;

export function popup(
  offers: readonly Offer[],
  active: number,
  actions: PopupActions,
  label: string = strings.filterOffers,
): TemplateResult {
  return html`<div id="filter-options" class="filter-options" role="listbox" aria-label=${label}>
    ${offers.map((offer, index) => option(offer, index, index === active, actions))}
  </div>`;
}

function option(offer: Offer, index: number, active: boolean, actions: PopupActions): TemplateResult {
  const act = (what: (index: number) => void) => (event: Event) => {
    // The keyboard stays in the box.
    event.preventDefault();
    event.stopPropagation();
    what(index);
  };
  const kept = offer.kind === "completion" ? "" : strings.keptKinds[offer.kind];
  const mark = offer.kind === "saved" ? "star-full" : offer.kind === "recent" ? "history" : offer.mark;
  return html`<div
    id=${optionId(index)}
    class="filter-option"
    role="option"
    aria-selected=${String(active)}
    title=${visible(offer.help === "" ? offer.label : `${offer.label}: ${offer.help}`)}
    @pointerdown=${act(actions.choose)}
  >
    ${mark === undefined ? nothing : html`${icon(mark)}<span class="unseen">${kept}</span>`}
    <span class="filter-option-label ${offer.kind === "saved" ? "" : "mono"}">${oneLine(offer.label, 200)}</span>
    <span class="filter-option-help quiet">${oneLine(offer.help, 200)}</span>
    ${
      offer.kind === "saved" || offer.removable
        ? html`<span
            class="filter-option-remove codicon codicon-trash"
            aria-hidden="true"
            title=${strings.deleteSaved}
            @pointerdown=${act(actions.remove)}
          ></span>`
        : nothing
    }
  </div>`;
}
