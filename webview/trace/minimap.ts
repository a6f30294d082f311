import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatDuration } from "../../src/format/numbers.ts";
import { PageElement } from "../element.ts";
import { strings } from "../strings.ts";
import { brushed, CLICK, centred, type Grip, gripAt } from "../timeline/brush.ts";
import { surfaceOf } from "../timeline/canvas.ts";
import { paintBrush, paintOverview } from "../timeline/paint-minimap.ts";
import { onThemeChange, type Palette, readPalette } from "../timeline/palette.ts";
import { isWhole, type TimeView, wholeRun, zoomed } from "../timeline/time-view.ts";
import { emptyModel, type TraceModel } from "../timeline/trace-model.ts";

interface Drag {
  readonly grip: Grip;
  readonly start: number;
  readonly before: TimeView;
  moved: boolean;
}

const HEIGHT = 44;
/** For each turn of the wheel by 100. */
const WHEEL_ZOOM = 1.35;

/** The whole run in a strip, with a brush over the part of its time that is on screen. Everything it does, keys of the tree do too. */
@customElement("lens-minimap")
export class Minimap extends PageElement {
  @property({ attribute: false }) model: TraceModel = emptyModel;
  @property({ attribute: false }) view: TimeView = wholeRun(0);
  @property({ attribute: false }) onView: (view: TimeView) => void = () => {};
  #drag: Drag | undefined;
  #width = 0;
  #palette: Palette | undefined;
  #theme: { disconnect(): void } | undefined;
  readonly #observer = new ResizeObserver(([entry]) => {
    this.#width = Math.floor(entry!.contentRect.width);
    this.#paint(true);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
    this.#theme = onThemeChange(() => {
      this.#palette = undefined;
      this.#paint(true);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#theme?.disconnect();
  }

  protected override render(): TemplateResult {
    const { view, model } = this;
    const label = isWhole(view, model.extent)
      ? strings.minimapWhole(formatDuration(model.extent))
      : strings.minimapPart(formatDuration(view.from), formatDuration(view.to), formatDuration(model.extent));
    return html`<div
      class="minimap"
      role="img"
      aria-label=${label}
      title=${strings.minimapHint}
      @pointerdown=${this.#press}
      @pointermove=${this.#move}
      @pointerup=${this.#release}
      @pointercancel=${this.#release}
      @dblclick=${() => this.onView(wholeRun(model.extent))}
      @wheel=${this.#wheel}
    ><canvas class="overview"></canvas><canvas class="brush"></canvas><span class="probe"></span></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#paint(changed.has("model"));
  }

  #paint(all: boolean): void {
    const [overview, brush] = this.querySelectorAll("canvas");
    if (!overview || !brush || this.#width === 0) return;
    this.#palette ??= readPalette(this.querySelector<HTMLElement>(".probe")!);
    if (all) {
      const surface = surfaceOf(overview, this.#width, HEIGHT);
      if (surface) paintOverview(surface, this.model, this.#palette);
    }
    const surface = surfaceOf(brush, this.#width, HEIGHT);
    if (surface) paintBrush(surface, this.view, this.model.extent, this.#palette);
  }

  #at(event: MouseEvent): number {
    return event.clientX - this.getBoundingClientRect().left;
  }

  #press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const x = this.#at(event);
    const grip = event.shiftKey ? "new" : gripAt(x, this.view, this.model.extent, this.#width);
    this.#drag = { grip, start: x, before: this.view, moved: false };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };

  #move = (event: PointerEvent): void => {
    const x = this.#at(event);
    const { model, view } = this;
    const strip = event.currentTarget as HTMLElement;
    if (!this.#drag) {
      const grip = gripAt(x, view, model.extent, this.#width);
      strip.style.cursor = grip === "new" ? "crosshair" : grip === "move" ? "grab" : "ew-resize";
      return;
    }
    const { grip, start, before } = this.#drag;
    if (Math.abs(x - start) >= CLICK) this.#drag.moved = true;
    if (this.#drag.moved) this.onView(brushed(grip, start, x, before, model.extent, this.#width));
  };

  #release = (event: PointerEvent): void => {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag && !drag.moved && drag.grip === "new" && !isWhole(this.view, this.model.extent))
      this.onView(centred(this.#at(event), this.view, this.model.extent, this.#width));
  };

  #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const at = (this.#at(event) / Math.max(1, this.#width)) * this.model.extent;
    this.onView(zoomed(this.view, this.model.extent, WHEEL_ZOOM ** (event.deltaY / 100), at));
  };
}
