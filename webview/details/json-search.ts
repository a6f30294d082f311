/** Looks for text in the names and values of a JSON value. */
import { type Found, MOST_SEARCHED, type Unfolder } from "./json-tree.ts";

const MOST_CHARACTERS = 10_000_000;
const MOST_MATCHES = 2_000;
const MOST_DEPTH = 100;

interface Node {
  readonly name: string | number;
  readonly value: unknown;
  readonly above: Node | undefined;
  readonly depth: number;
}

/** The entries whose name or own value contains `text`, in any case. JSON inside of texts is looked into as well. */
export function searchJson(top: object, text: string, unfolder: Unfolder): Found {
  const wanted = text.toLowerCase();
  const matches = new Set<string>();
  const above = new Set<string>();
  let nodes = 0;
  let characters = 0;
  let complete = true;
  const stack: Node[] = [];
  const push = (holder: object, node: Node | undefined) => {
    const depth = node ? node.depth + 1 : 0;
    if (depth > MOST_DEPTH) {
      complete = false;
      return;
    }
    const isArray = Array.isArray(holder);
    const names = isArray ? undefined : Object.keys(holder);
    const size = names ? names.length : (holder as readonly unknown[]).length;
    const taken = Math.min(size, MOST_SEARCHED - nodes);
    if (taken < size) complete = false;
    nodes += taken;
    for (let index = taken - 1; index >= 0; index--) {
      const name = names ? names[index]! : index;
      stack.push({ name, value: (holder as Record<string | number, unknown>)[name], above: node, depth });
    }
  };
  push(top, undefined);
  for (let node = stack.pop(); node; node = stack.pop()) {
    const { name, value } = node;
    const holder = unfolder.nested(value);
    const own = holder ? "" : String(value);
    characters += own.length;
    if (
      (typeof name === "string" && name.toLowerCase().includes(wanted)) ||
      own.toLowerCase().includes(wanted)
    ) {
      if (matches.size === MOST_MATCHES) return { matches, above, complete: false };
      matches.add(idOf(node));
      for (let up = node.above; up; up = up.above) above.add(idOf(up));
    }
    if (characters > MOST_CHARACTERS) return { matches, above, complete: false };
    if (holder) push(holder, node);
  }
  return { matches, above, complete };
}

function idOf(node: Node): string {
  const parts: (string | number)[] = [];
  for (let one: Node | undefined = node; one; one = one.above) parts.push(one.name);
  return JSON.stringify(parts.reverse());
}
