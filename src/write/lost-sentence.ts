import { formatCount } from "../format/numbers.ts";
import type { LostTable } from "./recover.ts";

/** Says in one sentence what of a damaged database could not be read. */
export function lostSentence(lost: readonly LostTable[]): string {
  if (lost.length === 0) return "All rows could be read.";
  const parts = lost.map(({ table, pages, rows }) => {
    const counted = [
      ...(pages > 0 ? [pages === 1 ? "1 page" : `${formatCount(pages)} pages`] : []),
      ...(rows > 0 ? [rows === 1 ? "1 row" : `${formatCount(rows)} rows`] : []),
    ];
    return `${table} (${counted.join(" and ")})`;
  });
  return `Some rows of ${parts.join(", ")} could not be read.`;
}
