import { runKeys, spanKeys } from "./keys.ts";
import { tokenize } from "./lexer.ts";
import { FilterError, type Place } from "./syntax.ts";

/** What can stand at a place of a filter. `from` to `to` is what a choice replaces. */
export type Completion =
  | { readonly kind: "key"; readonly typed: string; readonly place: Place }
  | { readonly kind: "operator"; readonly key: string; readonly place: Place }
  | { readonly kind: "value"; readonly key: string; readonly typed: string; readonly place: Place }
  | { readonly kind: "join"; readonly typed: string; readonly place: Place };

/** What may be typed at `caret`. Undefined inside something that cannot be completed, such as a pattern. */
export function completionAt(source: string, caret: number): Completion | undefined {
  const before = source.slice(0, caret);
  // An open quote is a value being typed.
  const open = openQuote(before);
  let tokens: ReturnType<typeof tokenize>;
  try {
    tokens = tokenize(open === undefined ? before : before.slice(0, open));
  } catch (thrown) {
    if (thrown instanceof FilterError) return undefined;
    throw thrown;
  }
  tokens.pop();
  const last = tokens.at(-1);
  const touching =
    open !== undefined || (last?.place.to === caret && (last.kind === "word" || last.kind === "quoted"));
  const typedPlace: Place =
    open !== undefined ? { from: open, to: caret } : touching ? last!.place : { from: caret, to: caret };
  const typed =
    open !== undefined ? before.slice(open + 1) : touching && last?.kind === "word" ? last.text : "";
  const rest = touching && open === undefined ? tokens.slice(0, -1) : tokens;
  return contextAfter(rest, typed, typedPlace);
}

function contextAfter(tokens: ReturnType<typeof tokenize>, typed: string, place: Place): Completion {
  const last = tokens.at(-1);
  const key = (at: number): string | undefined => {
    const token = tokens.at(at);
    return token?.kind === "word" || token?.kind === "quoted" ? token.text : undefined;
  };
  if (last === undefined || last.kind === "(") {
    const list =
      last && isWord(tokens.at(-2), "in") ? key(isWord(tokens.at(-3), "not") ? -4 : -3) : undefined;
    return list === undefined ? { kind: "key", typed, place } : { kind: "value", key: list, typed, place };
  }
  if (last.kind === "operator") return { kind: "value", key: key(-2) ?? "", typed, place };
  if (last.kind === ",") {
    const open = tokens.findLastIndex((token) => token.kind === "(");
    const at = open - tokens.length;
    return {
      kind: "value",
      key: key(isWord(tokens.at(at - 2), "not") ? at - 3 : at - 2) ?? "",
      typed,
      place,
    };
  }
  if (["and", "or", "not"].some((word) => isWord(last, word))) return { kind: "key", typed, place };
  const beforeLast = tokens.at(-2);
  const isKey =
    (last.kind === "word" || last.kind === "quoted") &&
    beforeLast?.kind !== "operator" &&
    beforeLast?.kind !== ",";
  if (isKey && typed === "") return { kind: "operator", key: last.text, place };
  return { kind: "join", typed, place };
}

function isWord(token: ReturnType<typeof tokenize>[number] | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

/** Where a quote was opened that is not closed; undefined when none is. */
function openQuote(text: string): number | undefined {
  let open: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (open === undefined) {
      if (char === '"' || char === "'") open = at;
    } else if (char === "\\") at += 1;
    else if (char === text[open]) open = undefined;
  }
  return open;
}

/** A value as it must be written in a filter: quoted where it is not a plain word. */
export function quoteValue(text: string): string {
  const plain = /^[^\s(),=!<>~"'/][^\s(),=!<>~"']*$/.test(text) && !/^(and|or|not|in|exists)$/i.test(text);
  return plain ? text : `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n").replace(/\t/g, "\\t")}"`;
}

/** All keys that are not attributes, for completion and help. */
export const allKeys = [...spanKeys, ...runKeys];
