/** Reading of values that nobody promised anything about: attributes of a trace. */

export type Fields = Readonly<Record<string, unknown>>;

/** Longer texts are not looked into. */
const MOST_PARSED = 2_000_000;
/** Parts of a dotted key that are looked at; real ones have about eight. */
const MOST_PARTS = 16;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object or array that a text holds as JSON; undefined for any other text. */
export function parseNested(text: string): object | undefined {
  if (text.length > MOST_PARSED || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value with JSON text taken for what it says. */
export function unwrapped(value: unknown): unknown {
  return typeof value === "string" ? (parseNested(value) ?? value) : value;
}

/** The first of these fields that holds text. */
export function textOf(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** The first of these fields that holds anything. */
export function firstOf(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

/** The first of these fields that holds a number, written as one or as text. */
export function numberOf(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return undefined;
}

/** Text as it is, anything else as JSON; values nested beyond what can be written say what they are. */
export function shownText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value, null, 2) ?? "";
  } catch {
    return String(value);
  }
}

interface Branch {
  value: unknown;
  readonly children: Map<string, Branch>;
}

/**
 * What stands at `prefix`: the value of that key (JSON text taken for what it says), or what keys below it make together, as
 * `llm.input_messages.0.message.role` and its like make a list of messages. Undefined when there is neither.
 */
export function nested(fields: Fields, prefix: string): unknown {
  const own = firstOf(fields, prefix);
  if (own !== undefined) return undotted(unwrapped(own));
  const top: Branch = { value: undefined, children: new Map() };
  for (const key of Object.keys(fields)) {
    if (!key.startsWith(`${prefix}.`)) continue;
    const parts = key.slice(prefix.length + 1).split(".", MOST_PARTS + 1);
    if (parts.length <= MOST_PARTS) plant(top, parts, fields[key]);
  }
  return top.children.size === 0 ? undefined : grown(top);
}

function plant(top: Branch, parts: readonly string[], value: unknown): void {
  let branch = top;
  for (const part of parts) {
    let next = branch.children.get(part);
    if (!next) {
      next = { value: undefined, children: new Map() };
      branch.children.set(part, next);
    }
    branch = next;
  }
  branch.value = value;
}

function grown({ value, children }: Branch): unknown {
  if (children.size === 0) return value;
  const names = [...children.keys()];
  if (names.every((name) => /^\d{1,9}$/.test(name)))
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => grown(children.get(name)!));
  return Object.fromEntries(names.map((name) => [name, grown(children.get(name)!)]));
}

/** Some writers keep the list and flatten its entries only: `[{"message.role": "user"}]`. */
function undotted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((entry) => {
    if (!isFields(entry) || !Object.keys(entry).some((key) => key.includes("."))) return entry;
    const top: Branch = { value: undefined, children: new Map() };
    for (const key of Object.keys(entry)) {
      const parts = key.split(".", MOST_PARTS + 1);
      if (parts.length <= MOST_PARTS) plant(top, parts, entry[key]);
    }
    return grown(top);
  });
}
