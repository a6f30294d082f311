import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import type { SqlAnswer } from "./model.ts";

/** A statement's first word, and the pragmas that only tell. */
const READING = new Set(["select", "with", "values", "explain"]);
const TELLING = new Set([
  "collation_list",
  "compile_options",
  "foreign_key_list",
  "function_list",
  "index_info",
  "index_list",
  "index_xinfo",
  "page_count",
  "page_size",
  "table_info",
  "table_list",
  "table_xinfo",
  "user_version",
]);
/** Bytes that an answer may have, so that a worker and a page stay alive. */
const MOST_BYTES = 100_000_000;

/** Spaces, comments, quoted text and names, words, other characters: what has to be told apart to find a statement's end. */
const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[A-Za-z_][\w$]*|[\s\S]/g;
const NOTHING = /^(?:\s+|--|\/\*)/;

/** The one statement in a text, without what stands after it. Throws `invalid_argument` when it would do more than read. */
export function checkSql(text: string): string {
  const words: string[] = [];
  let end: number | undefined;
  let isPragmaCall = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (NOTHING.test(token)) continue;
    if (end !== undefined && token !== ";") {
      throw invalid("There is more than one statement; run them one at a time.");
    }
    if (token === ";") end ??= index;
    else if (words.length < 2) words.push(token.toLowerCase());
    else if (words[0] === "pragma" && token === "=") isPragmaCall = true;
  }
  const [first, second] = words;
  if (first === undefined) throw invalid("There is no statement; write one that begins with SELECT.");
  const reads = first === "pragma" ? TELLING.has(second ?? "") && !isPragmaCall : READING.has(first);
  if (!reads) throw invalid("Only statements that read can be run here: SELECT, WITH, VALUES, EXPLAIN.");
  return text.slice(0, end);
}

/** Runs a statement that {@link checkSql} let pass. */
export function runSql(reader: Reader, statement: string, limit: number): Omit<SqlAnswer, "snapshot"> {
  // WITH may begin a statement that writes.
  reader.all("PRAGMA query_only = 1");
  try {
    const columns = reader.columns(statement);
    if (columns.length === 0)
      throw invalid("This statement gives no rows; only statements that read can be run here.");
    const rows: (readonly SqlValue[])[] = [];
    let more = false;
    let bytes = 0;
    reader.each(statement, [], (row) => {
      more = rows.length === limit;
      if (more) return false;
      rows.push(row);
      for (const value of row) bytes += sizeOf(value);
      if (bytes > MOST_BYTES) {
        throw new TraceError(
          "too_many_rows",
          "The answer is larger than 100 MB. Ask for less, or lower the limit.",
        );
      }
      return true;
    });
    return { columns, rows, more };
  } catch (thrown) {
    throw asMistake(thrown);
  } finally {
    reader.all("PRAGMA query_only = 0");
  }
}

/** What SQLite says of a statement is about the statement, not about the database. */
function asMistake(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof TraceError) return thrown;
  const told =
    /^(?:near |no such |ambiguous column|misuse |wrong number of arg|incomplete input|unrecognized token|attempt to write|unknown |too many |sub-select|row value|ORDER BY|HAVING|aggregate|SELECTs|table .+ (?:has|may)|.*\bnot (?:allowed|authorized|unique)\b)/i.test(
      thrown.message,
    );
  if (!told) return thrown;
  if (thrown.message.startsWith("attempt to write")) {
    return invalid("Only statements that read can be run here: SELECT, WITH, VALUES, EXPLAIN.");
  }
  return invalid(`SQLite does not understand this: ${thrown.message}.`);
}

function invalid(sentence: string): TraceError {
  return new TraceError("invalid_argument", sentence);
}

function sizeOf(value: SqlValue): number {
  if (typeof value === "string") return value.length;
  return value instanceof Uint8Array ? value.length : 8;
}
