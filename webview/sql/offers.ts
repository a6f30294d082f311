/** What the list over the editor offers: completions, examples, statements of before. */
import { snippets } from "../../src/sql/snippets.ts";
import type { SqlSuggestion } from "../../src/sql/suggest.ts";
import type { Offer } from "../filter/popup.ts";
import { offered } from "../query/queries.ts";
import { strings } from "../strings.ts";

/** A line of the list, and what it writes: in place of the word at the caret, or of the whole text. */
export type SqlOffer = Offer & ({ readonly insert: string } | { readonly whole: string });

const MARKS: Readonly<Record<SqlSuggestion["kind"], string>> = {
  lens: "telescope",
  table: "table",
  view: "eye",
  column: "symbol-field",
  function: "symbol-method",
  keyword: "symbol-keyword",
  alias: "symbol-variable",
};

export function completionOffers(suggestions: readonly SqlSuggestion[]): SqlOffer[] {
  return suggestions.map(({ kind, label, of, insert }) => ({
    kind: "completion",
    label,
    help: helpOf(kind, of),
    mark: MARKS[kind],
    insert,
  }));
}

function helpOf(kind: SqlSuggestion["kind"], of: string): string {
  if (kind === "column") return strings.sqlColumnOf(of);
  return kind === "alias" ? strings.sqlAliasOf(of) : strings.sqlKinds[kind];
}

export function exampleOffers(): SqlOffer[] {
  return snippets.map(({ name, sql }) => ({
    kind: "completion",
    label: name,
    help: offered(name).about,
    mark: "symbol-snippet",
    whole: sql,
  }));
}

export function historyOffers(recent: readonly string[]): SqlOffer[] {
  return recent.map((text) => ({ kind: "recent", label: text, help: "", removable: true, whole: text }));
}
