import { FilterError, type Operator, type Place } from "./syntax.ts";

export type Token =
  | { readonly kind: "word" | "quoted"; readonly text: string; readonly place: Place }
  | { readonly kind: "pattern"; readonly text: string; readonly pattern: RegExp; readonly place: Place }
  | { readonly kind: "operator"; readonly operator: Operator; readonly place: Place }
  | { readonly kind: "(" | ")" | ","; readonly place: Place }
  | { readonly kind: "end"; readonly place: Place };

const WORD_END = /[\s(),=!<>~"']/;
const OPERATORS = ["!=", "!~", "<=", ">=", "=", "~", "<", ">"] as const;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Cuts a filter into tokens, the last of kind `end`. Throws a {@link FilterError} at an open quote or a bad pattern. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at]!;
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const token = readToken(source, at, tokens.at(-1));
    tokens.push(token);
    at = token.place.to;
  }
  tokens.push({ kind: "end", place: { from: source.length, to: source.length } });
  return tokens;
}

function readToken(source: string, from: number, before: Token | undefined): Token {
  const char = source[from]!;
  if (char === "(" || char === ")" || char === ",") return { kind: char, place: { from, to: from + 1 } };
  if (char === '"' || char === "'") return readQuoted(source, from, char);
  const afterMatch = before?.kind === "operator" && (before.operator === "~" || before.operator === "!~");
  if (char === "/" && afterMatch) return readPattern(source, from);
  const operator = OPERATORS.find((candidate) => source.startsWith(candidate, from));
  if (operator) return { kind: "operator", operator, place: { from, to: from + operator.length } };
  if (char === "!") {
    throw new FilterError('"!" stands only in != and !~. Write "not" to turn a condition around.', {
      from,
      to: from + 1,
    });
  }
  let to = from + 1;
  while (to < source.length && !WORD_END.test(source[to]!)) to += 1;
  return { kind: "word", text: source.slice(from, to), place: { from, to } };
}

function readQuoted(source: string, from: number, quote: string): Token {
  let text = "";
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at]!;
    if (char === quote) return { kind: "quoted", text, place: { from, to: at + 1 } };
    if (char === "\\" && at + 1 < source.length) {
      at += 1;
      text += ESCAPES[source[at]!] ?? source[at]!;
    } else {
      text += char;
    }
  }
  throw new FilterError("This text has no closing {0}.", { from, to: source.length }, quote);
}

function readPattern(source: string, from: number): Token {
  let at = from + 1;
  let inClass = false;
  for (; at < source.length; at += 1) {
    const char = source[at]!;
    if (char === "\\") at += 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) break;
  }
  if (at >= source.length) {
    throw new FilterError("This pattern has no closing /. Quote the text if no pattern is meant.", {
      from,
      to: source.length,
    });
  }
  const body = source.slice(from + 1, at);
  const ignoreCase = source[at + 1] === "i";
  const to = at + (ignoreCase ? 2 : 1);
  try {
    return {
      kind: "pattern",
      text: body,
      pattern: new RegExp(body, ignoreCase ? "iu" : "u"),
      place: { from, to },
    };
  } catch (thrown) {
    const why =
      thrown instanceof Error ? thrown.message.replace(/^Invalid regular expression: /, "") : String(thrown);
    throw new FilterError("This pattern cannot be read: {0}.", { from, to }, why);
  }
}
