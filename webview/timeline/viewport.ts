/** The part of a list of equally high rows that is on screen. All measures in pixels. */

/** Fixed, so that the position of any row is known without measuring. */
export const ROW_HEIGHT = 22;
/** The line of column titles, which stays at the top of the window. */
export const HEADER_HEIGHT = 24;
/** Browsers lay out nothing higher than some millions of pixels: longer lists are scrolled in larger steps by the scroll bar. */
const TALLEST = 8_000_000;

export interface Viewport {
  /** How far the list is scrolled. */
  readonly top: number;
  /** Height of the window, column titles included. */
  readonly height: number;
}

/** A list behind a scroll bar: `room` is what the bar's element is high, `content` what the list would be. */
export class ScrollRange {
  readonly room: number;

  /** @param content Height of the list with its titles. @param height Height of the window. */
  constructor(
    readonly content: number,
    readonly height: number,
  ) {
    this.room = Math.min(content, TALLEST);
  }

  /** How far the list can be scrolled. */
  get most(): number {
    return Math.max(0, this.content - this.height);
  }

  /** Where the list is when the bar is at `scrollTop`. */
  topOf(scrollTop: number): number {
    const range = this.room - this.height;
    return range <= 0 ? 0 : Math.min(this.most, (scrollTop / range) * this.most);
  }

  /** Where the bar is when the list is at `top`. */
  scrollTopOf(top: number): number {
    return this.most <= 0 ? 0 : (top / this.most) * (this.room - this.height);
  }

  /** True when the bar and the list move alike. */
  get exact(): boolean {
    return this.room === this.content;
  }

  within(top: number): number {
    return Math.max(0, Math.min(this.most, top));
  }
}

/** The rows to draw: from `first` up to and without `last`. */
export function drawnRows({ top, height }: Viewport, count: number): { first: number; last: number } {
  const last = Math.min(count, Math.ceil((top + height - HEADER_HEIGHT) / ROW_HEIGHT));
  return { first: Math.max(0, Math.min(last, Math.floor(top / ROW_HEIGHT))), last: Math.max(0, last) };
}

/** Whole rows that fit under the column titles, at least one. */
export function rowsInView({ height }: Viewport): number {
  return Math.max(1, Math.floor((height - HEADER_HEIGHT) / ROW_HEIGHT));
}

/** True when all of the row is in the window. */
export function isInView(position: number, { top, height }: Viewport, rowHeight = ROW_HEIGHT): boolean {
  const row = position * rowHeight;
  return position >= 0 && row >= top && row + rowHeight <= top + height - HEADER_HEIGHT;
}

/** How far to scroll so that the row is in view: as little as possible, but to the middle when it is far away. */
export function scrollFor(position: number, viewport: Viewport, rowHeight = ROW_HEIGHT): number {
  if (isInView(position, viewport, rowHeight)) return viewport.top;
  const row = position * rowHeight;
  const height = viewport.height - HEADER_HEIGHT;
  if (row < viewport.top - height || row > viewport.top + 2 * height)
    return Math.max(0, row - (height - rowHeight) / 2);
  return row < viewport.top ? row : row + rowHeight - height;
}
