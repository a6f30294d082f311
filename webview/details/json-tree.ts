/** A JSON value as the rows of a tree. Loops only: values come from traces and may be nested without bound. */
import { parseNested } from "./llm/values.ts";

export type JsonRow = EntryRow | TextRow | MoreRow;

/** A named value. */
export interface EntryRow {
  readonly kind: "entry";
  /** Names and positions from the top, as JSON text: unique, and what expansion is remembered by. */
  readonly id: string;
  /** What people write to reach the value: `usage.tokens[2]`. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** As stored: JSON inside of a text is still the text. */
  readonly value: unknown;
  /** Number of entries of an object or array; undefined for a plain value. */
  readonly size: number | undefined;
  /** The entries are those of JSON that was written into a text. */
  readonly embedded: boolean;
  readonly list: boolean;
  /** There is something to unfold: entries, or the rest of a long text. */
  readonly nested: boolean;
  readonly open: boolean;
  /** Place among the entries of the same object or array, from 1, and their number. */
  readonly position: number;
  readonly siblings: number;
}

/** A long text, whole, below its entry. */
export interface TextRow {
  readonly kind: "text";
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  readonly text: string;
}

/** Stands for entries of an object or array that are not shown yet. */
export interface MoreRow {
  readonly kind: "more";
  readonly id: string;
  /** The id of the object or array; "[]" for the whole value. */
  readonly of: string;
  readonly depth: number;
  readonly count: number;
}

/** Entries shown of one object or array at first and with each wish for more; there may be millions. */
export const MOST_ENTRIES = 200;
/** Rows in all. */
export const MOST_ROWS = 3_000;
/** Characters that an entry shows on its line. */
export const LINE = 200;

/** Entries that a search looks at: one key press must not hold up the page. */
export const MOST_SEARCHED = 200_000;

export interface TreeState {
  /** Ids of unfolded entries. */
  readonly open: ReadonlySet<string>;
  /** Entries shown of an object or array, by its id, where more than the first ones were wished for. */
  readonly shown?: ReadonlyMap<string, number>;
  /** Show only what was found, and the way to it. */
  readonly found?: Found;
}

/** What a search found. */
export interface Found {
  /** Ids of entries that match. */
  readonly matches: ReadonlySet<string>;
  /** Ids of the entries above them. */
  readonly above: ReadonlySet<string>;
  /** False when the value is too large to be searched whole. */
  readonly complete: boolean;
}

/** Remembers what JSON texts say, so that they are parsed once. */
export class Unfolder {
  readonly #parsed = new Map<string, object | undefined>();

  /** The entries' holder: the value itself, or what its JSON text says; undefined for a plain value. */
  nested(value: unknown): object | undefined {
    if (typeof value === "object" && value !== null) return value;
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
    if (!this.#parsed.has(value)) this.#parsed.set(value, parseNested(value));
    return this.#parsed.get(value);
  }
}

type Parts = readonly (string | number)[];

interface Entry {
  readonly kind: "entry";
  readonly value: unknown;
  readonly parts: Parts;
  readonly position: number;
  readonly siblings: number;
  /** An entry above was found: everything below it is shown. */
  readonly inside: boolean;
}

/** The rows of an object or array: its entries, and those of the entries that are open. */
export function jsonRows(
  top: object,
  { open, shown, found }: TreeState,
  unfolder: Unfolder = new Unfolder(),
): JsonRow[] {
  const rows: JsonRow[] = [];
  const stack: (Entry | TextRow | MoreRow)[] = [];
  const push = (holder: object, parts: Parts, inside: boolean) => {
    const items = entriesOf(holder, parts, inside, shown, inside ? undefined : found);
    for (const item of items.reverse()) stack.push(item);
  };
  push(top, [], false);
  for (let item = stack.pop(); item && rows.length < MOST_ROWS; item = stack.pop()) {
    if (item.kind !== "entry") {
      rows.push(item);
      continue;
    }
    const { value, parts, position, siblings } = item;
    const name = String(parts.at(-1));
    const id = JSON.stringify(parts);
    const depth = parts.length - 1;
    const holder = unfolder.nested(value);
    const size = holder && sizeOf(holder);
    const long = holder === undefined && typeof value === "string" && isLong(value);
    const nested = long || (size !== undefined && size > 0);
    const isAbove = found !== undefined && !item.inside && found.above.has(id);
    const isOpen = nested && (isAbove || open.has(id));
    rows.push({
      kind: "entry",
      id,
      path: pathOf(parts),
      name,
      depth,
      value,
      size,
      embedded: typeof value === "string" && holder !== undefined,
      list: Array.isArray(holder),
      nested,
      open: isOpen,
      position,
      siblings,
    });
    if (!isOpen) continue;
    if (holder === undefined)
      stack.push({ kind: "text", id: `${id} text`, depth: depth + 1, name, text: value as string });
    else push(holder, parts, item.inside || (found?.matches.has(id) ?? false));
  }
  return rows;
}

function isLong(text: string): boolean {
  return text.length > LINE || text.includes("\n");
}

function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function entriesOf(
  holder: object,
  parts: Parts,
  inside: boolean,
  shown: TreeState["shown"],
  found: Found | undefined,
): (Entry | MoreRow)[] {
  const of = JSON.stringify(parts);
  const most = shown?.get(of) ?? MOST_ENTRIES;
  const isArray = Array.isArray(holder);
  const names: readonly string[] | undefined = isArray ? undefined : Object.keys(holder);
  const size = isArray ? holder.length : names!.length;
  // A search looks at no more of them.
  const total = found ? Math.min(size, MOST_SEARCHED) : size;
  const entries: (Entry | MoreRow)[] = [];
  let left = 0;
  for (let index = 0; index < total; index++) {
    if (entries.length === most && !found) {
      left = total - index;
      break;
    }
    const part = names ? names[index]! : index;
    const own = [...parts, part];
    if (found) {
      const id = JSON.stringify(own);
      if (!found.matches.has(id) && !found.above.has(id)) continue;
      if (entries.length === most) {
        left += 1;
        continue;
      }
    }
    const value = (holder as Record<string | number, unknown>)[part];
    entries.push({ kind: "entry", value, parts: own, position: index + 1, siblings: size, inside });
  }
  if (left > 0) entries.push({ kind: "more", id: `${of} more`, of, depth: parts.length, count: left });
  return entries;
}

const PLAIN = /^[A-Za-z_$][\w$]*$/;

function pathOf(parts: Parts): string {
  let path = "";
  for (const part of parts) {
    if (typeof part === "number") path += `[${part}]`;
    else if (PLAIN.test(part)) path += path === "" ? part : `.${part}`;
    else path += `[${JSON.stringify(part)}]`;
  }
  return path;
}

/** A value as text for the clipboard: strings bare, everything else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value, null, 2) ?? String(value);
  } catch {
    return String(value);
  }
}
