import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { PageElement } from "../element.ts";
import { iconButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";

/** What keys, mouse and marks mean, over everything until it is closed. */
@customElement("lens-cheat-sheet")
export class CheatSheet extends PageElement {
  @state() private open = false;
  #before: Element | null = null;

  show(): void {
    if (this.open) return;
    this.#before = document.activeElement;
    this.open = true;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    if (this.open && dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    return html`<dialog class="cheat-sheet" aria-label=${strings.cheatSheetTitle} @close=${this.#closed} @click=${this.#click} @keydown=${this.#key}>
      <div class="cheat-head"><h2>${strings.cheatSheetTitle}</h2>${iconButton("close", strings.close, () => this.#close())}</div>
      <div class="cheat-columns" tabindex="0" role="group" aria-label=${strings.cheatSheetTitle}>
        ${strings.cheatSections.map(
          ({ title, lines }) => html`<section>
            <h3>${title}</h3>
            <dl>${lines.map(({ keys, action }) => html`<dt>${keyCaps(keys)}</dt><dd>${action}</dd>`)}</dl>
          </section>`,
        )}
        <section>
          <h3>${strings.panelKeysTitle}</h3>
          <dl>${strings.panelKeys.map(({ keys, action }) => html`<dt>${keyCaps(keys)}</dt><dd>${action}</dd>`)}</dl>
        </section>
        <section>
          <h3>${strings.legendTitle}</h3>
          <dl class="legend">
            ${strings.legend.map(({ mark, meaning }) => html`<dt><span class="mark mark-${mark}" aria-hidden="true"></span></dt><dd>${meaning}</dd>`)}
          </dl>
        </section>
      </div>
    </dialog>`;
  }

  #close(): void {
    this.querySelector("dialog")?.close();
  }

  #closed = (): void => {
    this.open = false;
    if (this.#before instanceof HTMLElement) this.#before.focus();
  };

  /** A click beside the sheet lands on the dialog itself. */
  #click = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.#close();
  };

  #key = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "?") this.#close();
  };
}

function keyCaps(keys: string): TemplateResult[] {
  return keys.split(" / ").map((key, at) => html`${at > 0 ? " " : nothing}<kbd>${key}</kbd>`);
}
