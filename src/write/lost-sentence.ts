import { formatCount } from "../format/numbers.ts";
import type { Recovery } from "./recover.ts";

/** Says what of a damaged database could not be read, and what was found without its list of tables. */
export function lostSentence({ lost, recognised }: Pick<Recovery, "lost" | "recognised">): string {
  if (lost.length === 0) return "All rows could be read.";
  const parts = lost.map(({ table, pages, rows }) => {
    const counted = [
      ...(pages > 0 ? [pages === 1 ? "1 page" : `${formatCount(pages)} pages`] : []),
      ...(rows > 0 ? [rows === 1 ? "1 row" : `${formatCount(rows)} rows`] : []),
    ];
    return `${table} (${counted.join(" and ")})`;
  });
  const sentence = `Some rows of ${parts.join(", ")} could not be read.`;
  return recognised.length === 0
    ? sentence
    : `${sentence} Rows of ${recognised.join(", ")} were recognised by their shape.`;
}
