import type { Snapshot } from "../engine/reader.ts";
import { formatBytes, formatTime } from "../format/numbers.ts";
import type { SummaryShortage } from "../store/model.ts";

/** Says that an answer is an older one; undefined when it is not. */
export function staleNote(snapshot: Snapshot): string | undefined {
  if (!snapshot.stale) return undefined;
  return `The database is being written: this is how it stood at ${formatTime(snapshot.at)}.`;
}

/** Says why an answer took so long. */
export function shortageNote({ spans, needed, allowed }: SummaryShortage): string {
  return `A summary of these ${spans.toLocaleString("en")} spans would take ${formatBytes(needed)}, more than the ${formatBytes(allowed)} that it may, so SQL gave this answer, which takes longer.`;
}
