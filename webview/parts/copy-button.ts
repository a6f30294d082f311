import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { iconButton } from "./actions.ts";

const THANKS = 1500;

/** Copies a text and shows a tick for a moment. */
@customElement("lens-copy")
export class CopyButton extends PageElement {
  @property({ attribute: false }) text = "";
  @property({ attribute: false }) label = "";
  /** Codicon. */
  @property({ attribute: false }) icon = "copy";
  @state() private done = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return iconButton(this.done ? "check" : this.icon, this.label, (event) => {
      event.stopPropagation();
      emit(this, "lens-copy", { text: this.text });
      this.done = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.done = false;
      }, THANKS);
    });
  }
}

/** A copy button for `text`; `label` says what is copied. */
export function copyButton(text: string, label: string): TemplateResult {
  return html`<lens-copy .text=${text} .label=${label}></lens-copy>`;
}
