/** A JSON value as the rows of a tree. Loops only: values come from traces and may be nested without bound. */

export interface JsonRow {
  /** Names and positions from the top, as JSON text: unique, and what expansion is remembered by. */
  readonly id: string;
  /** What people write to reach the value: `usage.tokens[2]`. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly value: unknown;
  /** Number of entries of an object or array; undefined for a plain value. */
  readonly size?: number | undefined;
  readonly open: boolean;
  /** So many entries of the same object or array are left out after this row. */
  readonly more?: number | undefined;
}

/** Entries shown of one object or array; there may be millions. */
export const MOST_ENTRIES = 200;

interface Entry {
  readonly name: string;
  readonly value: unknown;
  readonly parts: readonly (string | number)[];
  readonly more: number | undefined;
}

/** The rows of an object or array: its entries, and those of the entries whose id is in `open`. */
export function jsonRows(top: object, open: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  const stack = entriesOf(top, []).reverse();
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { name, value, parts, more } = entry;
    const id = JSON.stringify(parts);
    const size = isNested(value) ? sizeOf(value) : undefined;
    const isOpen = size !== undefined && size > 0 && open.has(id);
    rows.push({ id, path: pathOf(parts), name, depth: parts.length - 1, value, size, open: isOpen, more });
    if (isOpen && isNested(value)) stack.push(...entriesOf(value, parts).reverse());
  }
  return rows;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function entriesOf(value: object, parts: readonly (string | number)[]): Entry[] {
  const isArray = Array.isArray(value);
  const names: (string | number)[] = isArray
    ? Array.from(value.slice(0, MOST_ENTRIES).keys())
    : Object.keys(value);
  const total = isArray ? value.length : names.length;
  const shown = names.slice(0, MOST_ENTRIES);
  return shown.map((name, index) => ({
    name: String(name),
    value: (value as Record<string | number, unknown>)[name],
    parts: [...parts, name],
    more: index === shown.length - 1 && total > shown.length ? total - shown.length : undefined,
  }));
}

const PLAIN = /^[A-Za-z_$][\w$]*$/;

function pathOf(parts: readonly (string | number)[]): string {
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
