import { type FilterScope, runAlias } from "./check.ts";
import { type Completion, completionAt, quoteValue } from "./complete.ts";
import { type KeyDefinition, type KeyKind, knownKey, runKeys, spanKeys } from "./keys.ts";
import type { Place } from "./syntax.ts";
import { readDuration, readNumber } from "./values.ts";

/** The data's own keys and values. */
export interface Vocabulary {
  /** Attribute keys, most frequent first. */
  readonly attributes: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface Suggestion {
  /** What it stands for, as people read it. */
  readonly label: string;
  /** One line; empty when the label says all. */
  readonly help: string;
  /** What replaces `place` in the filter. */
  readonly insert: string;
  readonly place: Place;
}

const MOST = 50;
const OPERATORS: Readonly<Record<string, string>> = {
  "=": "is",
  "!=": "is not",
  "~": "has in it; /pattern/ works too",
  "!~": "has not in it",
  "<": "less",
  "<=": "at most",
  ">": "more",
  ">=": "at least",
  in: "is one of",
  "not in": "is none of",
  exists: "has a value",
};
const TEXT_OPERATORS = ["=", "!=", "~", "!~", "in", "not in", "exists"];
const ORDER_OPERATORS = [">", ">=", "<", "<=", "=", "!=", "exists"];
const EXAMPLES: Readonly<Record<Exclude<KeyKind, "text">, readonly string[]>> = {
  seconds: ["200ms", "1s", "10s", "1min", "1h"],
  moment: ["-1h", "-24h", "-7d", "today", "yesterday"],
  cost: ["$0.01", "$0.10", "$1"],
  number: ["0", "1", "10", "1k"],
};

/** What could be typed or chosen at `caret`, best first. */
export function suggestAt(
  source: string,
  caret: number,
  vocabulary: Vocabulary,
  scope: FilterScope,
): Suggestion[] {
  const completion = completionAt(source, caret);
  if (completion === undefined) return [];
  const found = offers(completion, vocabulary, scope);
  const { typed, place } = completion;
  return ranked(found, typed)
    .slice(0, MOST)
    .map((offer) => ({ ...offer, place }));
}

type Offer = Omit<Suggestion, "place">;

function offers(completion: Completion, vocabulary: Vocabulary, scope: FilterScope): Offer[] {
  switch (completion.kind) {
    case "key":
      return keyOffers(vocabulary, scope);
    case "operator":
      return operatorOffers(completion.key, scope);
    case "value":
      return valueOffers(completion, vocabulary, scope);
    case "join": {
      const joins = [
        { label: "and", help: "both hold", insert: "and " },
        { label: "or", help: "one of them holds", insert: "or " },
      ];
      return completion.typed === "" ? joins : [...joins, ...keyOffers(vocabulary, scope)];
    }
  }
}

function keyOffers(vocabulary: Vocabulary, scope: FilterScope): Offer[] {
  const known =
    scope === "runs" ? [...runKeys.map(shortKey), ...spanKeys.filter(isOnlySpan)] : [...spanKeys, ...runKeys];
  return [
    ...known.map(({ name, help }) => ({ label: name, help, insert: `${name} ` })),
    ...vocabulary.attributes.map((name) => ({
      label: name,
      help: "attribute",
      insert: `${writeKey(name)} `,
    })),
  ];
}

function shortKey(key: KeyDefinition): KeyDefinition {
  return { ...key, name: key.name.replace(/^run\./, "") };
}

function isOnlySpan({ name }: KeyDefinition): boolean {
  return runAlias(name) === name;
}

/** An attribute's key as it must be written, so that it means the attribute and nothing else. */
export function writeKey(name: string): string {
  const taken = knownKey(name) !== undefined || /^attributes\./i.test(name);
  return taken ? `"${name.replace(/["\\]/g, "\\$&")}"` : quoteValue(name);
}

function definitionOf(key: string, scope: FilterScope): KeyDefinition | undefined {
  return knownKey(scope === "runs" ? runAlias(key.toLowerCase()) : key);
}

function operatorOffers(key: string, scope: FilterScope): Offer[] {
  const definition = definitionOf(key, scope);
  const all = [
    ...new Set([...TEXT_OPERATORS.slice(0, 4), ...ORDER_OPERATORS.slice(0, 4), ...TEXT_OPERATORS]),
  ];
  const fitting =
    definition === undefined ? all : definition.kind === "text" ? TEXT_OPERATORS : ORDER_OPERATORS;
  return fitting.map((operator) => ({
    label: operator,
    help: OPERATORS[operator]!,
    insert: operator.endsWith("in") ? `${operator} (` : `${operator} `,
  }));
}

function valueOffers(
  { key, operator }: Extract<Completion, { kind: "value" }>,
  { values }: Vocabulary,
  scope: FilterScope,
): Offer[] {
  const definition = definitionOf(key, scope);
  const end = operator === undefined ? "" : " ";
  const name = definition?.name.replace(/^run\./, "") ?? key.replace(/^attributes\./i, "");
  if (definition !== undefined && definition.kind !== "text") {
    return EXAMPLES[definition.kind].map((text) => ({ label: text, help: "", insert: `${text}${end}` }));
  }
  const found = Object.hasOwn(values, name) ? values[name]! : [];
  const ordered = operator === "<" || operator === "<=" || operator === ">" || operator === ">=";
  return found
    .filter((text) => !ordered || readNumber(text) !== undefined || readDuration(text) !== undefined)
    .map((text) => ({ label: text, help: "", insert: `${quoteValue(text)}${end}` }));
}

/** Those that begin with what was typed, then those that have it inside; what is fully typed needs no offer. */
function ranked(offers: readonly Offer[], typed: string): Offer[] {
  const wanted = typed.toLowerCase();
  const places = offers.map((offer) => ({ offer, at: offer.label.toLowerCase().indexOf(wanted) }));
  const inside = places.filter(({ offer, at }) => at >= 0 && (typed === "" || offer.label !== typed));
  return [...inside.filter(({ at }) => at === 0), ...inside.filter(({ at }) => at > 0)].map(
    ({ offer }) => offer,
  );
}
