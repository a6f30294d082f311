import type { SyntaxNode } from "@lezer/common";

const PREFIX = /^([a-z]*)("""|'''|"|')/i;
const ESCAPE = /\\(?:(\r\n|[\s\S])(?:(?<=\\x)([0-9a-f]{2})|(?<=\\u)([0-9a-f]{4})|(?<=\\U)([0-9a-f]{8}))?)/gi;
const SIMPLE: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
  "\r": "",
  "\r\n": "",
};

/** The text of a string literal, several in a row included; undefined when it is not known before the program runs. */
export function literalText(node: SyntaxNode, source: string): string | undefined {
  switch (node.name) {
    case "String":
      return oneLiteral(source.slice(node.from, node.to));
    case "FormatString":
      // Without a placeholder it is a plain string, but for doubled braces.
      return node.getChild("FormatReplacement") || /[{}]/.test(source.slice(node.from, node.to))
        ? undefined
        : oneLiteral(source.slice(node.from, node.to));
    case "ContinuedString": {
      let text = "";
      for (let part = node.firstChild; part; part = part.nextSibling) {
        if (part.name === "Comment") continue;
        const value = literalText(part, source);
        if (value === undefined) return undefined;
        text += value;
      }
      return text;
    }
    case "ParenthesizedExpression": {
      const inside = node.firstChild?.nextSibling;
      return inside && inside.nextSibling?.name === ")" ? literalText(inside, source) : undefined;
    }
    default:
      return undefined;
  }
}

function oneLiteral(written: string): string | undefined {
  const match = PREFIX.exec(written);
  if (!match) return undefined;
  const [start, prefix, quote] = match;
  const inside = written.slice(start.length, -quote!.length);
  if (written.length < start.length + quote!.length || !written.endsWith(quote!)) return undefined;
  const kinds = prefix!.toLowerCase();
  if (kinds.includes("b") || kinds.includes("t")) return undefined;
  return kinds.includes("r") ? inside : unescaped(inside);
}

function unescaped(inside: string): string | undefined {
  if (!inside.includes("\\")) return inside;
  let known = true;
  const text = inside.replace(ESCAPE, (whole, char: string, x?: string, u?: string, long?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
    }
    const simple = SIMPLE[char];
    if (simple !== undefined) return simple;
    // Octal and named escapes are too rare in names to be worth reading; anything else stands for itself.
    if (/[0-7Nxu]/i.test(char)) known = false;
    return whole;
  });
  return known ? text : undefined;
}
