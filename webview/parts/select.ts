import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ValueControl } from "../controls.ts";
import { PageElement } from "../element.ts";

export interface SelectOption {
  readonly value: string;
  readonly label: string;
}

/**
 * A dropdown whose choice follows `value`.
 * The toolkit's dropdown picks its first option whenever options arrive; this sets the right one afterwards.
 */
@customElement("lens-select")
export class Select extends PageElement {
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) value = "";
  /** Stands in for the label as the tooltip. */
  @property({ attribute: false }) hint: string | undefined;
  @property({ attribute: false }) options: readonly SelectOption[] = [];
  @property({ attribute: false }) onChoose: (value: string) => void = () => {};

  protected override render(): TemplateResult {
    // Options are known by their position: their values come from traces and may be empty or repeat.
    // Their names for screen readers are set anew, because the toolkit keeps those of their first labels.
    return html`<vscode-dropdown aria-label=${this.label} title=${this.hint ?? this.label} @change=${this.#choose}>
      ${this.options.map((option, index) => html`<vscode-option value=${String(index)} aria-label=${option.label}>${option.label}</vscode-option>`)}
    </vscode-dropdown>`;
  }

  protected override updated(): void {
    const dropdown = this.#dropdown();
    const index = String(this.options.findIndex((option) => option.value === this.value));
    setTimeout(() => {
      if (dropdown.value !== index) dropdown.value = index;
    });
  }

  #dropdown(): ValueControl {
    return this.querySelector<ValueControl>("vscode-dropdown")!;
  }

  #choose = (): void => {
    const option = this.options[Number(this.#dropdown().value)];
    if (option && option.value !== this.value) this.onChoose(option.value);
  };
}
