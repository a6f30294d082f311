import type { Reader } from "../../engine/reader.ts";
import { ColumnKeeper } from "./column-keeper.ts";
import type { SpanColumns } from "./span-columns.ts";

/** All spans as columns, read once; see {@link ColumnKeeper}. */
export function buildColumns(reader: Reader, budget: number, leavesForTwo?: number): SpanColumns | undefined {
  return new ColumnKeeper(budget, { leavesForTwo }).columns(reader);
}
