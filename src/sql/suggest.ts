/** What may stand at the caret of a statement: names of tables and columns, functions, keywords. */
import { endOf, nameIn, type Place, type Token, tokensOf } from "./tokens.ts";
import { isKeyword, keywords } from "./words.ts";

export interface SqlTable {
  readonly name: string;
  /** Views of the store have the same columns in every layout; tables and other views are the file's own. */
  readonly kind: "table" | "view" | "lens";
  readonly columns: readonly string[];
}

/** The names that a database knows. */
export interface SqlVocabulary {
  readonly tables: readonly SqlTable[];
  readonly functions: readonly string[];
}

export interface SqlSuggestion {
  readonly kind: "table" | "view" | "lens" | "column" | "function" | "keyword" | "alias";
  readonly label: string;
  /** The table of a column, or what an alias stands for; empty else. */
  readonly of: string;
  readonly insert: string;
}

export interface SqlCompletion {
  /** What an accepted suggestion replaces. */
  readonly place: Place;
  /** What stands there already. */
  readonly typed: string;
  readonly suggestions: readonly SqlSuggestion[];
}

const MOST = 60;
const NONE: readonly SqlSuggestion[] = [];

/** Suggestions for the caret, the likeliest first; none inside of texts and comments. */
export function suggestSql(sql: string, caret: number, vocabulary: SqlVocabulary): SqlCompletion {
  const tokens = Array.from(tokensOf(sql));
  const inside = tokens.find((token) => token.from < caret && caret < endOf(token));
  const touching = inside ?? tokens.find((token) => endOf(token) === caret);
  const place = { from: caret, to: caret };
  const closed = { place, typed: "", suggestions: NONE };
  if (inside?.kind === "text" || inside?.kind === "comment" || inside?.kind === "name") return closed;
  if (touching?.kind === "number" || (touching !== undefined && isOpen(touching))) return closed;
  const word = touching?.kind === "word" ? touching : undefined;
  if (word) Object.assign(place, { from: word.from, to: endOf(word) });
  const typed = word ? word.text.slice(0, caret - word.from) : "";
  const before = tokens.filter(
    (token) => endOf(token) <= place.from && token.kind !== "space" && token.kind !== "comment",
  );
  const sources = sourcesOf(tokens, vocabulary);
  return { place, typed, suggestions: matching(offered(before, sources, vocabulary), typed) };
}

/** A comment to the end of the line, or something that was opened and not closed: more of it may follow. */
function isOpen({ kind, text }: Token): boolean {
  if (kind === "comment") return text.startsWith("--") || !text.endsWith("*/") || text.length < 4;
  if (kind === "name") return text.length === 1 || nameIn({ kind, text, from: 0 }) === text.slice(1);
  return kind === "text" && (text.length === 1 || (text.match(/'/g)?.length ?? 0) % 2 === 1);
}

/** Names after FROM and JOIN, with what they stand for. */
interface Source {
  readonly alias: string;
  readonly table: SqlTable | undefined;
}

function sourcesOf(tokens: readonly Token[], { tables }: SqlVocabulary): Source[] {
  const words = tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
  const sources: Source[] = [];
  let listing = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const upper = word.text.toUpperCase();
    const begins = word.kind === "word" && (upper === "FROM" || upper === "JOIN");
    if (begins) listing = true;
    else if (word.kind === "word" && isKeyword(word.text) && upper !== "AS") listing = false;
    if (!begins && !(listing && word.text === ",")) continue;
    const named = words[at + 1];
    const name = named && nameIn(named);
    if (named === undefined || name === undefined || (named.kind === "word" && isKeyword(name))) continue;
    const next = words[at + 2];
    const said = next?.text.toUpperCase() === "AS" ? words[at + 3] : next;
    const free = said !== undefined && !(said.kind === "word" && isKeyword(said.text));
    const alias = free ? nameIn(said) : undefined;
    sources.push({ alias: alias ?? name, table: find(tables, name) });
  }
  return sources;
}

function find(tables: readonly SqlTable[], name: string): SqlTable | undefined {
  const wanted = name.toLowerCase();
  return tables.find((table) => table.name.toLowerCase() === wanted);
}

function offered(
  before: readonly Token[],
  sources: readonly Source[],
  vocabulary: SqlVocabulary,
): SqlSuggestion[] {
  const last = before.at(-1);
  if (last?.text === ".") {
    const owner = before.at(-2);
    const name = owner && nameIn(owner);
    if (name === undefined) return [];
    const source = sources.find(({ alias }) => alias.toLowerCase() === name.toLowerCase());
    return columnsOf(source?.table ?? find(vocabulary.tables, name));
  }
  const tables = vocabulary.tables.map(
    ({ name, kind }): SqlSuggestion => ({ kind, label: name, of: "", insert: quoted(name) }),
  );
  if (last?.kind === "word" && /^(from|join)$/i.test(last.text)) return tables;
  const named = [...new Set(sources.map(({ table }) => table).filter((table) => table !== undefined))];
  const others = vocabulary.tables.filter((table) => !named.includes(table));
  return [
    ...named.flatMap(columnsOf),
    ...sources.flatMap(({ alias, table }): SqlSuggestion[] =>
      table === undefined || alias === table.name
        ? []
        : [{ kind: "alias", label: alias, of: table.name, insert: quoted(alias) }],
    ),
    ...keywords.map((label): SqlSuggestion => ({ kind: "keyword", label, of: "", insert: `${label} ` })),
    ...vocabulary.functions.map(
      (name): SqlSuggestion => ({ kind: "function", label: `${name}()`, of: "", insert: `${name}(` }),
    ),
    ...tables,
    // Before FROM is written, the columns of every table are all there is.
    ...(named.length === 0 ? others.flatMap(columnsOf) : []),
  ];
}

function columnsOf(table: SqlTable | undefined): SqlSuggestion[] {
  if (table === undefined) return [];
  return table.columns.map((label) => ({
    kind: "column",
    label,
    of: table.name,
    insert: quoted(label),
  }));
}

/** Those that begin as typed, then names that hold it; one of a label and kind. */
function matching(all: readonly SqlSuggestion[], typed: string): SqlSuggestion[] {
  const wanted = typed.toLowerCase();
  const begin: SqlSuggestion[] = [];
  const hold: SqlSuggestion[] = [];
  const seen = new Set<string>();
  for (const suggestion of all) {
    const label = suggestion.label.toLowerCase();
    const at = label.indexOf(wanted);
    const key = `${suggestion.kind} ${label}`;
    const isName = suggestion.kind !== "keyword" && suggestion.kind !== "function";
    if (at < 0 || (at > 0 && !(isName && wanted.length > 1)) || seen.has(key)) continue;
    seen.add(key);
    (at === 0 ? begin : hold).push(suggestion);
  }
  return [...begin, ...hold].slice(0, MOST);
}

/** A name as it must be written in a statement. */
export function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !isKeyword(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
