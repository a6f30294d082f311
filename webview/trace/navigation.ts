/** What a key does in the tree of spans, as in VS Code's own trees. */
import type { Groups } from "../timeline/groups.ts";
import { rowOf } from "../timeline/rows.ts";
import type { SpanTable } from "../timeline/span-table.ts";

export type Move =
  | { readonly kind: "select"; readonly index: number }
  | { readonly kind: "toggle"; readonly index: number }
  | { readonly kind: "open" }
  /** The key belongs to the tree, but there is nothing to do. */
  | { readonly kind: "stay" };

export interface TreePlace {
  readonly spans: SpanTable;
  /** Outline indices of the visible rows, ascending. */
  readonly rows: Int32Array;
  /** 1 for spans whose subtree is closed. */
  readonly closed: Uint8Array;
  readonly groups: Groups | undefined;
  /** Outline index of the selected span, -1 for none. */
  readonly selected: number;
  /** Rows that Page Up and Page Down move by. */
  readonly page: number;
}

const stay: Move = { kind: "stay" };

/** The move for a key; undefined when the tree does not use it. */
export function moveFor(key: string, place: TreePlace): Move | undefined {
  const { rows, selected, page } = place;
  const at = rowOf(rows, selected);
  const go = (position: number): Move => {
    const index = rows[Math.max(0, Math.min(rows.length - 1, position))];
    return index === undefined ? stay : { kind: "select", index };
  };
  switch (key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(at - 1);
    case "PageDown":
      return go(at + page);
    case "PageUp":
      return go(at - page);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "ArrowLeft":
      return at < 0 ? stay : left(place);
    case "ArrowRight":
      return at < 0 ? stay : right(place, at);
    case "Enter":
      return { kind: "open" };
    case " ":
      return at >= 0 && canToggle(place) ? { kind: "toggle", index: selected } : stay;
    default:
      return undefined;
  }
}

function canToggle({ spans, groups, selected }: TreePlace): boolean {
  return groups?.byFirst.has(selected) || spans.hasChildren(selected);
}

function isOpen({ spans, groups, closed, selected }: TreePlace): boolean {
  return !groups?.byFirst.has(selected) && spans.hasChildren(selected) && !closed[selected];
}

function left(place: TreePlace): Move {
  const { spans, selected } = place;
  if (isOpen(place)) return { kind: "toggle", index: selected };
  const parent = spans.parents[selected]!;
  return parent >= 0 ? { kind: "select", index: parent } : stay;
}

function right(place: TreePlace, at: number): Move {
  const { spans, selected, rows } = place;
  if (!canToggle(place)) return stay;
  if (!isOpen(place)) return { kind: "toggle", index: selected };
  const child = rows[at + 1];
  // A filter may hide all children of a span that is open.
  return child !== undefined && spans.parents[child] === selected ? { kind: "select", index: child } : stay;
}
