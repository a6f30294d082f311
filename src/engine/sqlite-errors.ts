import { TraceError } from "./errors.ts";

/** The `TraceError` for what SQLite, sql.js or a caller's code threw while the database at `path` was read. */
export function fromSqlite(path: string, thrown: unknown): TraceError {
  if (thrown instanceof TraceError) return thrown;
  // sql.js throws strings for some mistakes.
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown };
  if (/file is not a database/.test(text)) {
    return new TraceError(
      "not_a_database",
      `${path} is not a SQLite database. Choose another file.`,
      options,
    );
  }
  if (/unsupported file format/.test(text)) {
    return new TraceError("not_a_database", `${path} was written by a newer SQLite than this one.`, options);
  }
  if (/malformed/.test(text)) {
    return new TraceError("corrupt", `${path} is damaged (${text}). Restore it from a backup.`, options);
  }
  if (/out of memory|string or blob too big/.test(text)) {
    return new TraceError(
      "unreadable",
      `${path} holds a value or a question that needs more memory than there is (${text}). Narrow the question.`,
      options,
    );
  }
  if (
    /^no such (column|table|collation|function|module)|^ambiguous column|^unsafe use of|^unable to use/.test(
      text,
    )
  ) {
    return new TraceError(
      "unsupported_layout",
      `${path} has other tables than flujo makes (${text}). Choose the project's trace database.`,
      options,
    );
  }
  if (/disk I\/O error/.test(text)) {
    return new TraceError("unreadable", `${path} could not be read. Check the disk it is on.`, options);
  }
  return TraceError.from(thrown instanceof Error ? thrown : new Error(text));
}
