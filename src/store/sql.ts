import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { placeOfMistake, type TryOut } from "../sql/mistakes.ts";
import { endOf, lineAndColumn, type Place, significantTokens, type Token } from "../sql/tokens.ts";
import { bytesText } from "./bytes-text.ts";
import type { PackedSqlAnswer, SqlAnswer } from "./model.ts";

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

/** A question as the worker gets it. */
export interface SqlQuestion {
  readonly query: string;
  readonly limit: number;
  /** Asks how SQLite would run the statement. */
  readonly plan: boolean;
}

const PLAN = "EXPLAIN QUERY PLAN ";

/** The one statement in a text, without what stands after it. Throws `invalid_argument` when it would do more than read. */
export function checkSql(text: string): string {
  const tokens = significantTokens(text);
  const end = tokens.findIndex(isEnd);
  const statement = end < 0 ? tokens : tokens.slice(0, end);
  const second = tokens.slice(statement.length).find((token) => !isEnd(token));
  if (second !== undefined) {
    throw mistake("There is more than one statement; run them one at a time", text, placeOf(second));
  }
  const [first, word] = statement;
  if (first === undefined) throw invalid("There is no statement; write one that begins with SELECT.");
  const begins = first.text.toLowerCase();
  const sets = statement.slice(2).some(({ kind, text: mark }) => kind === "mark" && mark === "=");
  const reads =
    begins === "pragma" ? TELLING.has(word?.text.toLowerCase() ?? "") && !sets : READING.has(begins);
  if (!reads) throw mistake(ONLY_READING, text, placeOf(first));
  return end < 0 ? text : text.slice(0, tokens[end]!.from);
}

/** Runs a statement that {@link checkSql} let pass. */
export function runSql(
  reader: Reader,
  statement: string,
  { limit, plan }: Omit<SqlQuestion, "query">,
): Omit<SqlAnswer, "snapshot"> {
  const prefix = plan && significantTokens(statement)[0]?.text.toLowerCase() !== "explain" ? PLAN : "";
  // WITH may begin a statement that writes.
  reader.all("PRAGMA query_only = 1");
  try {
    const columns = reader.columns(prefix + statement);
    if (columns.length === 0) {
      throw refused(statement);
    }
    return { columns, ...readRows(reader, prefix + statement, limit) };
  } catch (thrown) {
    throw asMistake(thrown, statement, (part) => complaintOf(reader, prefix + part));
  } finally {
    reader.all("PRAGMA query_only = 0");
  }
}

/** The rows of an answer as JSON. */
export function packed({ rows, ...answer }: SqlAnswer): PackedSqlAnswer {
  return { ...answer, rows: new TextEncoder().encode(JSON.stringify(rows, sayable)) };
}

/** What JSON has no word for as text. */
function sayable(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesText(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function readRows(reader: Reader, statement: string, limit: number): Pick<SqlAnswer, "rows" | "more"> {
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
  return { rows, more };
}

const ONLY_READING = "Only statements that read can be run here: SELECT, WITH, VALUES, EXPLAIN";

/** What SQLite says when the file, and not the statement, is the trouble. */
const OF_THE_FILE =
  /not a database|unsupported file format|malformed (?:database )?schema|disk image is malformed|disk I\/O|out of memory|too big|unable to open|locked/;

/** What SQLite says of a statement is about the statement, not about the database. */
function asMistake(thrown: unknown, statement: string, tryOut: TryOut): unknown {
  if (!(thrown instanceof Error) || thrown.constructor !== Error) return thrown;
  const { message } = thrown;
  if (OF_THE_FILE.test(message)) return thrown;
  if (message.startsWith("attempt to write")) return refused(statement);
  const place = placeOfMistake(message, statement, tryOut);
  return mistake(`SQLite does not understand this: ${message}`, statement, place);
}

/** WITH hides for a while what a statement does. */
function refused(statement: string): TraceError {
  const tokens = significantTokens(statement);
  const verb = tokens.find(
    ({ kind, text }, at) =>
      kind === "word" && /^(?:insert|update|delete|replace)$/i.test(text) && tokens[at + 1]?.text !== "(",
  );
  return mistake(ONLY_READING, statement, verb && placeOf(verb));
}

/** What SQLite says when it reads a statement without running it; undefined when it is content. */
function complaintOf(reader: Reader, statement: string): string | undefined {
  try {
    reader.columns(statement);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TraceError) throw thrown;
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** A sentence with the line and column of the place; `text` may go on behind the statement. */
function mistake(sentence: string, text: string, place: Place | undefined): TraceError {
  if (place === undefined) return invalid(`${sentence}.`);
  const { line, column } = lineAndColumn(text, place.from);
  return new TraceError("invalid_argument", `${sentence} (line ${line}, column ${column}).`, { place });
}

function isEnd({ kind, text }: Token): boolean {
  return kind === "mark" && text === ";";
}

function placeOf(token: Token): Place {
  return { from: token.from, to: endOf(token) };
}

function invalid(sentence: string): TraceError {
  return new TraceError("invalid_argument", sentence);
}

function sizeOf(value: SqlValue): number {
  if (typeof value === "string") return value.length;
  return value instanceof Uint8Array ? value.length : 8;
}
