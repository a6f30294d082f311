import path from "node:path";
import { TraceError } from "../errors.ts";
import { LiveSource } from "../live-source.ts";
import type { Pages } from "../reader.ts";
import { blockFor } from "../wait.ts";
import { guessPageSize } from "./page-size.ts";

export interface PageSnapshotOptions {
  /** Asked at every page; true ends the read with `cancelled`. */
  cancelled?: () => boolean;
  /** Milliseconds for which a read that cannot be proven is repeated before it ends with `busy`; 60,000 by default. */
  patience?: number;
}

/**
 * Lets `work` read the pages of one proven snapshot without SQLite, which may be unable to open the file at all. `work` runs
 * again when the file moved meanwhile. Throws `not_found`, `unreadable`, `not_a_database`, `busy` and `cancelled`, and what
 * `work` throws.
 */
export function readPageSnapshot<T>(
  file: string,
  { cancelled, patience = 60_000 }: PageSnapshotOptions,
  work: (pages: Pages) => T,
): T {
  const checkCancelled = () => {
    if (cancelled?.()) throw new TraceError("cancelled", "Cancelled.");
  };
  const source = new LiveSource(path.resolve(file), checkCancelled);
  const deadline = performance.now() + patience;
  for (let attempt = 1; ; attempt += 1) {
    let begun = false;
    try {
      begun = source.begin(attempt);
      if (begun) {
        source.check(true);
        const value = work(source.knowsPageSize ? withinReason(source) : inGuessedPages(source));
        if (source.proven()) return value;
      }
    } catch (thrown) {
      checkCancelled();
      if (!begun || source.proven()) throw thrown;
    } finally {
      source.end();
    }
    checkCancelled();
    if (performance.now() > deadline) {
      throw new TraceError(
        "busy",
        `${source.path} changes faster than it can be read. Try again when less is being written.`,
      );
    }
    blockFor(20 * Math.random());
  }
}

/** The pages that may be there: what a damaged header tells must not decide about memory. */
function withinReason(source: LiveSource): Pages {
  const { pageSize } = source;
  return {
    pageSize,
    pageCount: Math.min(source.pageCount, 2 * Math.ceil(source.size / pageSize) + 1_000),
    readPages: (target, first) => source.readPages(target, first),
  };
}

/** The pages of a file whose start is lost. Throws `not_a_database` where nothing in it looks like a page of SQLite. */
function inGuessedPages(source: LiveSource): Pages {
  const unit = source.pageSize;
  const length = source.pageCount * unit;
  const read = (target: Uint8Array, position: number) => source.readPages(target, position / unit + 1);
  const pageSize = guessPageSize(length, read);
  if (pageSize === undefined) {
    throw new TraceError("not_a_database", `${source.path} is not a SQLite database. Choose another file.`);
  }
  return {
    pageSize,
    pageCount: Math.floor(length / pageSize),
    readPages: (target, first) => read(target, (first - 1) * pageSize),
  };
}
