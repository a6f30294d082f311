import type { Reader } from "../../engine/reader.ts";
import type { StoreSession } from "../session.ts";
import { buildColumns } from "./build.ts";
import { type RunFacts, readRunFacts } from "./run-facts.ts";
import type { SpanColumns } from "./span-columns.ts";

/** All spans as columns, built when they are first asked for in a state of the database; undefined where only SQL can answer. */
export function columnsOf(session: StoreSession, reader: Reader): SpanColumns | undefined {
  return session.derived("columns", () => buildColumns(reader, session.summaryMemory));
}

/** What reports count of every run; read when it is first asked for in a state of the database. */
export function runFactsOf(session: StoreSession, reader: Reader, columns: SpanColumns): RunFacts {
  return session.derived("run facts", () => readRunFacts(reader, columns));
}
