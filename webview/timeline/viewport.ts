/** The part of a list of equally high rows that is on screen. All measures in pixels. */

/** Fixed, so that the position of any row is known without measuring. */
export const ROW_HEIGHT = 22;
/** The line of column titles, which stays at the top of the window. */
export const HEADER_HEIGHT = 24;
/** Rows drawn beyond each edge, so that scrolling does not outrun drawing. */
const OVERSCAN = 8;

export interface Viewport {
  /** How far the list is scrolled. */
  readonly top: number;
  /** Height of the window, column titles included. */
  readonly height: number;
}

/** The rows to draw: from `first` up to and without `last`. */
export function drawnRows({ top, height }: Viewport, count: number): { first: number; last: number } {
  const last = Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN);
  return { first: Math.max(0, Math.min(last, Math.floor(top / ROW_HEIGHT) - OVERSCAN)), last };
}

/** Whole rows that fit under the column titles, at least one. */
export function rowsInView({ height }: Viewport): number {
  return Math.max(1, Math.floor((height - HEADER_HEIGHT) / ROW_HEIGHT));
}

/** True when all of the row is in the window. */
export function isInView(position: number, { top, height }: Viewport): boolean {
  const row = position * ROW_HEIGHT;
  return position >= 0 && row >= top && row + ROW_HEIGHT <= top + height - HEADER_HEIGHT;
}

/** How far to scroll so that the row is in view: as little as possible, but to the middle when it is far away. */
export function scrollFor(position: number, viewport: Viewport): number {
  if (isInView(position, viewport)) return viewport.top;
  const row = position * ROW_HEIGHT;
  const height = viewport.height - HEADER_HEIGHT;
  if (row < viewport.top - height || row > viewport.top + 2 * height)
    return Math.max(0, row - (height - ROW_HEIGHT) / 2);
  return row < viewport.top ? row : row + ROW_HEIGHT - height;
}
