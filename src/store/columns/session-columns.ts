import type { Reader } from "../../engine/reader.ts";
import type { SummaryShortage } from "../model.ts";
import type { StoreSession } from "../session.ts";
import { ColumnKeeper } from "./column-keeper.ts";
import { FactsKeeper } from "./facts-keeper.ts";
import type { RunFacts } from "./run-facts.ts";
import type { SpanColumns } from "./span-columns.ts";

/** All spans as columns, brought up to date when they are first asked for in a state of the database; undefined where only SQL can answer. */
export function columnsOf(session: StoreSession, reader: Reader): SpanColumns | undefined {
  return session.derived("columns", () => keeperOf(session).columns(reader));
}

/** What reports count of every run; read when it is first asked for in a state of the database. */
export function runFactsOf(session: StoreSession, reader: Reader, columns: SpanColumns): RunFacts {
  return session.derived("run facts", () => factsKeeperOf(session).facts(reader, columns));
}

/** What keeps the columns of a session. */
export function keeperOf(session: StoreSession): ColumnKeeper {
  return session.lasting("columns", () => new ColumnKeeper(session.summaryMemory));
}

/** What keeps what is counted of the runs of a session. */
export function factsKeeperOf(session: StoreSession): FactsKeeper {
  return session.lasting("run facts", () => new FactsKeeper(keeperOf(session)));
}

/** Why SQL answers, if it is for want of memory that was granted: without any, no summary is wanted. */
export function shortageOf(session: StoreSession): { readonly shortage?: SummaryShortage } {
  const { shortage } = keeperOf(session);
  return shortage === undefined || shortage.allowed === 0 ? {} : { shortage };
}
