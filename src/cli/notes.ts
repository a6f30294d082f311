import type { Snapshot } from "../engine/reader.ts";
import { formatTime } from "../format/numbers.ts";

/** Says that an answer is an older one; undefined when it is not. */
export function staleNote(snapshot: Snapshot): string | undefined {
  if (!snapshot.stale) return undefined;
  return `The database is being written: this is how it stood at ${formatTime(snapshot.at)}.`;
}
