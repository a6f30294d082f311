import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { PageElement } from "../element.ts";

const STEP = 16;

/**
 * A line to drag between two parts. Arrow keys move it, Home and End go to the limits, a double click resets.
 * `size` is the size in pixels of the part it belongs to.
 */
@customElement("lens-splitter")
export class Splitter extends PageElement {
  /** "vertical" is an upright line between left and right. */
  @property({ reflect: true }) orientation: "vertical" | "horizontal" = "vertical";
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) size = 0;
  @property({ attribute: false }) min = 0;
  @property({ attribute: false }) max = 0;
  @property({ attribute: false }) initial = 0;
  /** The sized part lies after the line: dragging towards the start makes it larger. */
  @property({ type: Boolean }) trailing = false;
  @property({ attribute: false }) onResize: (size: number) => void = () => {};

  #from: { position: number; size: number } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "separator");
    this.tabIndex = 0;
    this.addEventListener("pointerdown", this.#down);
    this.addEventListener("pointermove", this.#move);
    this.addEventListener("pointerup", this.#up);
    this.addEventListener("pointercancel", this.#up);
    this.addEventListener("dblclick", this.#reset);
    this.addEventListener("keydown", this.#key);
  }

  protected override render(): TemplateResult {
    return html``;
  }

  protected override updated(): void {
    this.setAttribute("aria-label", this.label);
    this.setAttribute("aria-orientation", this.orientation);
    this.setAttribute("aria-valuemin", String(Math.round(this.min)));
    this.setAttribute("aria-valuemax", String(Math.round(Math.max(this.min, this.max))));
    this.setAttribute("aria-valuenow", String(Math.round(this.#limited(this.size))));
  }

  #limited(size: number): number {
    return Math.max(this.min, Math.min(this.max, size));
  }

  #position(event: PointerEvent): number {
    return this.orientation === "vertical" ? event.clientX : event.clientY;
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    this.focus();
    this.setPointerCapture(event.pointerId);
    this.#from = { position: this.#position(event), size: this.#limited(this.size) };
  };

  #move = (event: PointerEvent): void => {
    if (!this.#from) return;
    const moved = this.#position(event) - this.#from.position;
    this.onResize(this.#limited(this.#from.size + (this.trailing ? -moved : moved)));
  };

  #up = (): void => {
    this.#from = undefined;
  };

  #reset = (): void => this.onResize(this.#limited(this.initial));

  #key = (event: KeyboardEvent): void => {
    const [less, more] =
      this.orientation === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const towardsEnd = this.trailing ? -STEP : STEP;
    if (event.key === less) this.onResize(this.#limited(this.size - towardsEnd));
    else if (event.key === more) this.onResize(this.#limited(this.size + towardsEnd));
    else if (event.key === "Home") this.onResize(this.min);
    else if (event.key === "End") this.onResize(this.#limited(this.max));
    else if (event.key === "Enter") this.#reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
