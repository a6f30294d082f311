/** Where a statement is wrong: SQLite tells what, and by trying parts of the statement it tells where. */
import { endOf, nameIn, type Place, significantTokens, type Token } from "./tokens.ts";

/** What SQLite says of a statement; undefined when it takes it. Must not run it. */
export type TryOut = (sql: string) => string | undefined;

const NAMED = [
  /^no such (?:column|table|function|table-valued function): (.+?)(?: - should this be .*)?$/,
  /^ambiguous column name: (.+)$/,
  /^wrong number of arguments to function (.+)\(\)$/,
  /^(?:misuse of [a-z ]+|unable to use function|unknown function):? (.+?)(?:\(\))?(?: in the requested context)?$/,
];
const MOST_TRIED = 20;

/** The place that SQLite's `message` is about; undefined when it cannot be told. */
export function placeOfMistake(message: string, sql: string, tryOut: TryOut): Place | undefined {
  const tokens = significantTokens(sql);
  const last = tokens.at(-1);
  if (last === undefined) return undefined;
  if (message === "incomplete input") return { from: endOf(last), to: endOf(last) };
  if (/^near "/.test(message)) return placeOf(firstWrong(tokens, sql, tryOut, /^near "/));
  if (/^unrecognized token/.test(message)) {
    return placeOf(firstWrong(tokens, sql, tryOut, /^unrecognized token/));
  }
  const name = NAMED.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
  return name === undefined ? undefined : placeOfName(name, message, tokens, sql, tryOut);
}

/**
 * The parser reads from left to right and stops at the first piece that fits nothing: every text that ends before it is
 * merely incomplete, every longer one has the same mistake.
 */
function firstWrong(tokens: readonly Token[], sql: string, tryOut: TryOut, told: RegExp): Token | undefined {
  let low = 0;
  let high = tokens.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (told.test(tryOut(sql.slice(0, endOf(tokens[middle]!))) ?? "")) high = middle;
    else low = middle + 1;
  }
  return tokens[low];
}

/** Of several places with the name, the one without which SQLite says something else. */
function placeOfName(
  name: string,
  message: string,
  tokens: readonly Token[],
  sql: string,
  tryOut: TryOut,
): Place | undefined {
  const wanted = unquoted(name.split(".").at(-1)!).toLowerCase();
  const places: Place[] = [];
  for (const [at, token] of tokens.entries()) {
    if (nameIn(token)?.toLowerCase() !== wanted) continue;
    let first = at;
    while (tokens[first - 1]?.text === "." && nameIn(tokens[first - 2]!) !== undefined) first -= 2;
    places.push({ from: tokens[first]!.from, to: endOf(token) });
  }
  if (places.length < 2) return places[0];
  const changes = ({ from, to }: Place) => tryOut(`${sql.slice(0, from)}NULL${sql.slice(to)}`) !== message;
  return places.slice(0, MOST_TRIED).find(changes) ?? places[0];
}

function placeOf(token: Token | undefined): Place | undefined {
  return token && { from: token.from, to: endOf(token) };
}

function unquoted(name: string): string {
  return /^(["'`]).*\1$/.test(name) ? name.slice(1, -1) : name;
}
