import { type Palette, plain } from "./colour.ts";

/** Levels drawn with their own guide. Deeper ones share the last place and say their level, so that lines stay readable. */
const DRAWN_LEVELS = 24;

/** Where a row stands in a tree that is read from top to bottom. */
export interface Place {
  /** 0 at the top. */
  readonly depth: number;
  /** No sibling follows. */
  readonly last: boolean;
}

/** What stands before a row of a tree, and before further lines that belong to that row. */
export interface Guides {
  readonly row: string;
  readonly below: string;
}

/**
 * Draws the lines of a tree, row by row in reading order. Time and width per row are bounded, whatever the depth.
 */
export class TreeGuides {
  /** Whether the row last seen on a level has siblings to come, for the drawn levels. */
  private readonly open: boolean[] = [];

  /** @param hasChildren Whether rows of a deeper level follow, so that further lines keep the guide down to them. */
  next(place: Place, hasChildren: boolean): Guides {
    const { depth, last } = place;
    if (depth <= DRAWN_LEVELS) {
      this.open.length = depth;
      this.open[depth] = !last;
    }
    if (depth === 0) return { row: "", below: hasChildren ? "│ " : "  " };
    const upper = this.open
      .slice(1, Math.min(depth, DRAWN_LEVELS + 1))
      .map((open) => (open ? "│ " : "  "))
      .join("");
    const skipped = depth > DRAWN_LEVELS ? "⋯ " : "";
    const below = `${upper}${skipped ? "  " : ""}${last ? "  " : "│ "}${hasChildren ? "│ " : "  "}`;
    return { row: `${upper}${skipped}${last ? "└ " : "├ "}`, below };
  }
}

/** Says the level of a row whose indentation no longer shows it; empty for others. The top is level 1. */
export function levelNote(depth: number, palette: Palette | undefined): string {
  if (depth <= DRAWN_LEVELS) return "";
  return (palette?.dim ?? plain)(`level ${(depth + 1).toLocaleString("en-US")}`);
}
