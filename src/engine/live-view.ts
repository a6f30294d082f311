import { sharesMemory } from "./file-system.ts";
import { LiveSnapshot } from "./live-snapshot.ts";
import { PageSet } from "./page-set.ts";
import { blockFor } from "./wait.ts";
import { WalIndex } from "./wal.ts";

/**
 * What became of the pages of a view between two looks.
 * `none`: all that was read is proven.
 * `moved`: the view is a newer one now. A page that is not among `pages` is in it what it was before. What had been read
 * from the log is right unless the log began anew (`restarted`); what had been read from the main file is right unless
 * it is among `pages`.
 * `unknown`: nothing that was read since the last look can be proven.
 */
export type Movement =
  | { readonly kind: "none" }
  | { readonly kind: "moved"; readonly pages: PageSet; readonly restarted: boolean }
  | { readonly kind: "unknown" };

const none: Movement = { kind: "none" };
const unknown: Movement = { kind: "unknown" };
/** How often a newer view is taken when a writer is at work in each. */
const viewsInARow = 5;

/**
 * The newest provable snapshot of a database, which can follow the database from commit to commit.
 *
 * Why following proves anything: a checkpoint writes only pages into the main file whose frames were committed to the log
 * before. So once every frame that was committed since the view was taken is known, so is every page of the main file that
 * may have been written, and all others are what they were, however many checkpoints have passed. Frames are known for
 * certain while the log has its header and its last known frame; over one restart they are when the end of the log before
 * can still be read behind the new frames (see {@link WalIndex.refresh}). All this needs a shared index that can be
 * believed; by the other rules, a change leaves nothing that is known.
 */
export class LiveView {
  private readonly wal = new WalIndex();
  private taken: LiveSnapshot | undefined;
  private memoryShared: { readonly path: string; readonly answer: boolean } | undefined;

  constructor(private readonly path: string) {}

  /** The snapshot that is open. */
  get snapshot(): LiveSnapshot {
    if (this.taken === undefined) throw new Error("No snapshot has begun");
    return this.taken;
  }

  /** Takes a new snapshot, one that can be proven where waiting for a moment helps. Throws `not_found` and `unreadable`. */
  open(): LiveSnapshot {
    let snapshot = this.take();
    for (let attempt = 0; attempt < 5 && snapshot.settlesIn > 0; attempt++) {
      blockFor(snapshot.settlesIn);
      snapshot = this.take();
    }
    return snapshot;
  }

  /** Tells what moved since the last look, and follows it. */
  advance(): Movement {
    const before = this.snapshot;
    if (before.proven()) return none;
    if (!before.usesIndex) return unknown;
    const pages = new PageSet();
    let restarted = false;
    for (let views = 0; views < viewsInARow; views++) {
      const last = this.snapshot;
      let next: LiveSnapshot;
      try {
        next = this.openNext();
      } catch {
        // The file is gone or closed to us. Whoever takes a new snapshot is told.
        return unknown;
      }
      const { logChange } = next;
      const follows = logChange !== undefined && next.isOfFilesOf(last);
      last.close();
      this.taken = next;
      if (!follows) return unknown;
      pages.addAll(logChange.pages);
      restarted ||= logChange.restarted;
      if (next.usesIndex) return { kind: "moved", pages, restarted };
    }
    return unknown;
  }

  /** Closes the files. */
  close(): void {
    this.taken?.close();
    this.taken = undefined;
  }

  private take(): LiveSnapshot {
    this.close();
    this.taken = this.openNext();
    return this.taken;
  }

  private openNext(): LiveSnapshot {
    const trustIndex = (path: string) => {
      if (this.memoryShared?.path !== path) this.memoryShared = { path, answer: sharesMemory(path) };
      return this.memoryShared.answer;
    };
    return LiveSnapshot.open(this.path, this.wal, trustIndex);
  }
}
