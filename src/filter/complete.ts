import { type Token, tokenize } from "./lexer.ts";
import { FilterError, type Operator, type Place } from "./syntax.ts";

/** What can stand at a place of a filter. `place` is what a choice replaces. */
export type Completion =
  | { readonly kind: "key"; readonly typed: string; readonly place: Place }
  | { readonly kind: "operator"; readonly key: string; readonly typed: string; readonly place: Place }
  | {
      readonly kind: "value";
      readonly key: string;
      readonly typed: string;
      /** Undefined inside a list. */
      readonly operator: Operator | undefined;
      readonly place: Place;
    }
  | { readonly kind: "join"; readonly typed: string; readonly place: Place };

/** What may be typed at `caret`. Undefined inside something that cannot be completed, such as a pattern. */
export function completionAt(source: string, caret: number): Completion | undefined {
  const before = source.slice(0, caret);
  const tokens = tokensBefore(before);
  if (tokens === undefined) return undefined;
  if (tokens.open !== undefined) {
    const typed = before.slice(tokens.open + 1);
    return contextAfter(tokens.list, typed, {
      from: tokens.open,
      to: endOfQuote(source, tokens.open, caret),
    });
  }
  const { list } = tokens;
  const last = list.at(-1);
  if (last?.place.to === caret && (last.kind === "word" || last.kind === "quoted")) {
    // A caret in the middle of a word replaces all of it.
    const rest = last.kind === "word" ? (/^[^\s(),=!<>~"']*/.exec(source.slice(caret))?.[0].length ?? 0) : 0;
    return contextAfter(list.slice(0, -1), last.text, { from: last.place.from, to: caret + rest });
  }
  return contextAfter(list, "", { from: caret, to: caret });
}

/** The tokens of a filter that may end inside a quote; undefined when it cannot be read. */
function tokensBefore(text: string): { list: readonly Token[]; open: number | undefined } | undefined {
  try {
    return { list: tokenize(text).slice(0, -1), open: undefined };
  } catch (thrown) {
    if (!(thrown instanceof FilterError)) throw thrown;
    const open = thrown.place.from;
    if (text[open] !== '"' && text[open] !== "'") return undefined;
    return { list: tokenize(text.slice(0, open)).slice(0, -1), open };
  }
}

/** Where a quote that was opened at `open` ends, when it is closed right behind the caret's word. */
function endOfQuote(source: string, open: number, caret: number): number {
  const rest = /^[^\s"']*/.exec(source.slice(caret))?.[0].length ?? 0;
  return source[caret + rest] === source[open] ? caret + rest + 1 : caret;
}

function contextAfter(tokens: readonly Token[], typed: string, place: Place): Completion | undefined {
  const last = tokens.at(-1);
  if (last === undefined) return { kind: "key", typed, place };
  const list = openList(tokens);
  if (list !== undefined) {
    const more = last.kind === "(" || last.kind === ",";
    return more ? { kind: "value", key: list, typed, operator: undefined, place } : undefined;
  }
  if (last.kind === "operator") {
    return { kind: "value", key: textOf(tokens.at(-2)) ?? "", typed, operator: last.operator, place };
  }
  if (last.kind === "(") return { kind: "key", typed, place };
  if (last.kind === "word") {
    const word = last.text.toLowerCase();
    if (word === "and" || word === "or" || word === "not") return { kind: "key", typed, place };
    if (word === "in") return undefined;
    if (word === "exists" && tokens.length > 1) return { kind: "join", typed, place };
  }
  const key = textOf(last);
  if (key !== undefined && tokens.at(-2)?.kind !== "operator") return { kind: "operator", key, typed, place };
  return { kind: "join", typed, place };
}

/** The key of the list that is open at the end; undefined when none is. */
function openList(tokens: readonly Token[]): string | undefined {
  const open = tokens.findLastIndex(({ kind }) => kind === "(");
  if (open < 1 || tokens.slice(open).some(({ kind }) => kind === ")")) return undefined;
  if (!isWord(tokens[open - 1], "in")) return undefined;
  return textOf(tokens[isWord(tokens[open - 2], "not") ? open - 3 : open - 2]);
}

function textOf(token: Token | undefined): string | undefined {
  return token?.kind === "word" || token?.kind === "quoted" ? token.text : undefined;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

/** A value as it must be written in a filter: quoted where it is not a plain word. */
export function quoteValue(text: string): string {
  const plain = /^[^\s(),=!<>~"'/][^\s(),=!<>~"']*$/.test(text) && !/^(and|or|not|in|exists)$/i.test(text);
  if (plain) return text;
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t");
  return `"${escaped}"`;
}
