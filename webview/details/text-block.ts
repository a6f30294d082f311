import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { visible } from "../../src/format/text.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { linkButton } from "../parts/actions.ts";
import { copyButton } from "../parts/copy-button.ts";
import { strings } from "../strings.ts";
import { type ReadableText, readable } from "./pretty.ts";

/** Characters shown before a text is folded, and at most. */
const FOLD = 2000;
const MOST = 200_000;

/** A text of the trace: JSON indented, long ones folded, with ways to copy it and to read it in an editor. */
@customElement("lens-text")
export class TextBlock extends PageElement {
  @property({ attribute: false }) text = "";
  /** What it is: "Input". */
  @property({ attribute: false }) label = "";
  @state() private unfolded = false;
  #readable: ReadableText = { text: "", language: "plaintext" };

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("text")) return;
    this.#readable = readable(this.text);
    this.unfolded = false;
  }

  protected override render(): TemplateResult {
    const { text, language } = this.#readable;
    const folded = text.length > FOLD && !this.unfolded;
    const shown = folded ? `${text.slice(0, FOLD)}…` : text.length > MOST ? `${text.slice(0, MOST)}…` : text;
    const title = this.label;
    return html`
      <div class="block-actions">
        ${copyButton(this.text, strings.copyText(this.label))}
        ${linkButton(strings.openInEditor, () => emit(this, "lens-open-text", { title, text, language }))}
      </div>
      <pre class="block ${this.unfolded ? "unfolded" : ""}" tabindex="0" role="group" aria-label=${this.label}>${visible(shown)}</pre>
      ${folded && text.length <= MOST ? linkButton(strings.showAll(text.length), () => this.#fold(true)) : nothing}
      ${text.length > MOST ? html`<p class="quiet">${strings.tooLong(text.length)}</p>` : nothing}
      ${this.unfolded && text.length > FOLD ? linkButton(strings.showLess, () => this.#fold(false)) : nothing}
    `;
  }

  #fold(unfolded: boolean): void {
    this.unfolded = unfolded;
  }
}
