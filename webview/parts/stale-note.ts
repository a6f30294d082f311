import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatStaleness, formatTime } from "../../src/format/numbers.ts";
import { PageElement } from "../element.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";

const TICK = 1_000;

/** Says that what is shown is old, and how old, as long as it is shown. */
@customElement("lens-stale-note")
export class StaleNote extends PageElement {
  /** When it was read, seconds since the epoch. */
  @property({ type: Number }) at = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override render(): TemplateResult {
    const age = formatStaleness(this.at, Date.now() / 1000);
    return html`<p class="note">${icon("history")} ${strings.stale(formatTime(this.at), age)}</p>`;
  }
}
