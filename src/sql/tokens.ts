/** The pieces of a statement of SQL, as SQLite tells them apart. */

export type TokenKind = "space" | "comment" | "text" | "name" | "word" | "number" | "mark";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins, in UTF-16 units. */
  readonly from: number;
}

/** A part of a text, in UTF-16 units; `to` is behind its last one. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** What is opened and never closed reaches to the end. */
const TOKEN =
  /(?<space>\s+)|(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'[^']*(?:''[^']*)*'?)|(?<name>"[^"]*(?:""[^"]*)*"?|`[^`]*(?:``[^`]*)*`?|\[[^\]]*\]?)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>\d[\w.]*|\.\d\w*)|(?<mark>[\s\S])/g;

/** Every piece of the text, in order and without gaps. */
export function* tokensOf(sql: string): Generator<Token> {
  for (const match of sql.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)!;
    yield { kind: kind as TokenKind, text: match[0], from: match.index };
  }
}

/** The pieces that mean something to SQLite. */
export function significantTokens(sql: string): Token[] {
  return Array.from(tokensOf(sql)).filter(({ kind }) => kind !== "space" && kind !== "comment");
}

export function endOf(token: Token): number {
  return token.from + token.text.length;
}

/** The name that a word or a quoted name stands for; undefined for anything else. */
export function nameIn(token: Token): string | undefined {
  if (token.kind === "word") return token.text;
  if (token.kind !== "name") return undefined;
  const open = token.text[0]!;
  const close = open === "[" ? "]" : open;
  const inner = token.text.slice(1, token.text.endsWith(close) && token.text.length > 1 ? -1 : undefined);
  return open === "[" ? inner : inner.replaceAll(open + open, open);
}

/**
 * The statement in which `caret` stands, with the comments before it; or else the statement before, or else the first;
 * undefined when there is none. Semicolons separate statements.
 */
export function statementAt(sql: string, caret: number): Place | undefined {
  const statements: Place[] = [];
  let from: number | undefined;
  let to: number | undefined;
  const end = () => {
    if (from !== undefined && to !== undefined) statements.push({ from, to });
    from = undefined;
    to = undefined;
  };
  for (const token of tokensOf(sql)) {
    if (token.kind === "space") continue;
    if (token.kind === "mark" && token.text === ";") end();
    else {
      from ??= token.from;
      if (token.kind !== "comment") to = endOf(token);
    }
  }
  end();
  return statements.findLast((statement) => statement.from <= caret) ?? statements[0];
}

/** The statement with all before it blank, so that its places and lines stay those of the whole text. */
export function isolated(sql: string, { from, to }: Place): string {
  return sql.slice(0, from).replace(/[^\n]/g, " ") + sql.slice(from, to);
}

/** Line and column of a place, from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
