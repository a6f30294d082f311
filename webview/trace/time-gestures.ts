/** Wheel and drag over the bars: zooming, panning, and marking a part of time to look at. */
import { CLICK } from "../timeline/brush.ts";
import { panned, type TimeScale, type TimeView, timeAt, zoomed } from "../timeline/time-view.ts";
import { HEADER_HEIGHT } from "../timeline/viewport.ts";

export interface GestureHost {
  scale(): TimeScale;
  /** Pixels from the left edge of the element to the bars. */
  left(): number;
  /** Seconds. */
  extent(): number;
  show(view: TimeView): void;
  scrollBy(pixels: number): void;
  /** True when the scroll bar is too coarse for the wheel. */
  ownsScrolling(): boolean;
  repaint(): void;
}

interface Drag {
  readonly kind: "pan" | "mark";
  readonly x: number;
  lastX: number;
  lastY: number;
  moved: boolean;
}

/** For each turn of the wheel by 100. */
const WHEEL_ZOOM = 1.35;
const LINE = 22;

export class TimeGestures {
  /** The part of time that is being marked, in pixels of the bars. */
  marked: readonly [from: number, to: number] | undefined;
  /** True from a drag until the click that ends it was sent. */
  dragged = false;
  #drag: Drag | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly host: GestureHost,
  ) {
    // Not passive: zooming must not zoom the whole window.
    element.addEventListener("wheel", this.#wheel, { passive: false });
    element.addEventListener("pointerdown", this.#press);
    element.addEventListener("pointermove", this.#move);
    element.addEventListener("pointerup", this.#release);
    element.addEventListener("pointercancel", this.#cancel);
  }

  dispose(): void {
    this.element.removeEventListener("wheel", this.#wheel);
    this.element.removeEventListener("pointerdown", this.#press);
    this.element.removeEventListener("pointermove", this.#move);
    this.element.removeEventListener("pointerup", this.#release);
    this.element.removeEventListener("pointercancel", this.#cancel);
  }

  #xOf(event: MouseEvent): number {
    return event.clientX - this.element.getBoundingClientRect().left - this.host.left();
  }

  #wheel = (event: WheelEvent): void => {
    const { host } = this;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const [deltaX, deltaY] = [event.deltaX * unit, event.deltaY * unit];
    const scale = host.scale();
    if (event.ctrlKey || event.metaKey) {
      const x = Math.max(0, Math.min(scale.width, this.#xOf(event)));
      host.show(zoomed(scale.view, host.extent(), WHEEL_ZOOM ** (deltaY / 100), timeAt(scale, x)));
    } else if (event.shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
      const pixels = deltaX === 0 ? deltaY : deltaX;
      host.show(panned(scale.view, host.extent(), secondsOf(pixels, scale)));
    } else if (host.ownsScrolling()) host.scrollBy(deltaY);
    else return;
    event.preventDefault();
  };

  #press = (event: PointerEvent): void => {
    this.dragged = false;
    const x = this.#xOf(event);
    if (event.button !== 0 || x < 0 || x > this.host.scale().width) return;
    const inRuler = event.clientY - this.element.getBoundingClientRect().top < HEADER_HEIGHT;
    const kind = inRuler || event.shiftKey ? "mark" : "pan";
    this.#drag = { kind, x, lastX: event.clientX, lastY: event.clientY, moved: false };
    // A drag over the bars must not select the names beside them.
    event.preventDefault();
    this.element.focus({ preventScroll: true });
  };

  #move = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (!drag) return;
    if (!drag.moved && Math.abs(event.clientX - drag.lastX) + Math.abs(event.clientY - drag.lastY) < CLICK)
      return;
    if (!drag.moved) this.element.setPointerCapture(event.pointerId);
    drag.moved = true;
    this.dragged = true;
    const { host } = this;
    const scale = host.scale();
    if (drag.kind === "mark") {
      this.marked = [drag.x, Math.max(0, Math.min(scale.width, this.#xOf(event)))];
      host.repaint();
      return;
    }
    host.show(panned(scale.view, host.extent(), secondsOf(drag.lastX - event.clientX, scale)));
    if (drag.lastY !== event.clientY) host.scrollBy(drag.lastY - event.clientY);
    drag.lastX = event.clientX;
    drag.lastY = event.clientY;
  };

  #release = (): void => {
    const { marked, host } = this;
    this.#cancel();
    if (!marked || Math.abs(marked[1] - marked[0]) < CLICK) return;
    const scale = host.scale();
    host.show({ from: timeAt(scale, Math.min(...marked)), to: timeAt(scale, Math.max(...marked)) });
  };

  #cancel = (): void => {
    this.#drag = undefined;
    this.marked = undefined;
    this.host.repaint();
  };
}

function secondsOf(pixels: number, { view, width }: TimeScale): number {
  return (pixels / Math.max(1, width)) * (view.to - view.from);
}
