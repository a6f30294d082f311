import type { LiveSnapshot } from "./live-snapshot.ts";
import type { LiveView } from "./live-view.ts";
import { PageSet } from "./page-set.ts";
import type { SharedPages } from "./reader.ts";

export interface CopyOptions {
  /** Bytes of pages that may be kept. */
  readonly limit: number;
  /** Milliseconds to try for. */
  readonly patience: number;
  /** Called at every look; what it throws ends the attempt. */
  readonly checkCancelled: () => void;
}

/** Bytes that are copied between two looks at the writers. */
const stride = 1 << 20;
/** Milliseconds between two looks while a question is answered: a log that begins anew twice unseen is not understood. */
const lookEvery = 3;
/** SQLite never uses the page at this byte; its locks are there, and on Windows it cannot be read. */
export const lockByte = 0x40000000;

/**
 * One committed state of a database that is read while writers go on.
 *
 * The rule: every page is the state's own, or the answer is discarded.
 * - Pages that were copied come from memory, whatever happens to the files. All copies are of this one state: what moved
 *   while they were made was copied again, until a look found that nothing had moved.
 * - Other pages come from the files as they are when they are asked for. Every few milliseconds, and at the end, a look tells
 *   which pages commits have written since the look before ({@link LiveView}). If one of those was read from the main file
 *   since then, it may be of a later state: the answer is lost. If it was read before that look, it was right and stays so.
 *   If it is asked for later, it cannot be had any more: the answer is lost too.
 * - When a look cannot tell what was written, all that was read since the look before is in doubt, and so is every page that
 *   was not copied.
 */
export class HeldSnapshot {
  /** True when a page was asked for, or may have been read, that is of a later state. */
  lost = false;
  /** Pages that were written since the state was taken; undefined when it is not known which. */
  private written: PageSet | undefined = new PageSet();
  /** What was read since the last look. */
  private fromMain = new PageSet();
  private fromLog = false;
  private lookedAt = performance.now();
  /** Whether another thread reads too. What it reads is not noted, and it needs the files as they were opened. */
  private shared = false;

  private constructor(
    private readonly view: LiveView,
    /** The state, but for its pages: those are to be read here. */
    readonly snapshot: LiveSnapshot,
    private readonly copies: ReadonlyMap<number, Uint8Array>,
  ) {}

  /**
   * The newest state, of which nothing is copied. Undefined when a transaction is in the way. Throws `not_found` and
   * `unreadable`.
   */
  static direct(view: LiveView): HeldSnapshot | undefined {
    const snapshot = view.open();
    if (snapshot.blocked) return undefined;
    const held = new HeldSnapshot(view, snapshot, new Map());
    // Its header told how many pages there are.
    held.note(1);
    return held;
  }

  /**
   * Copies pages of one state: those that are `wanted` of it, and those that are written meanwhile. Undefined when the
   * writers leave no time for it. Throws `not_found` and `unreadable`.
   */
  static copied(
    view: LiveView,
    wanted: (snapshot: LiveSnapshot) => PageSet,
    options: CopyOptions,
  ): HeldSnapshot | undefined {
    const deadline = performance.now() + options.patience;
    const copies = new Map<number, Uint8Array>();
    let missing = wanted(view.open());
    for (;;) {
      options.checkCancelled();
      const { snapshot } = view;
      if (snapshot.blocked) return undefined;
      const batch = firstOf(missing, Math.max(1, stride / snapshot.pageSize));
      const fromLog = batch.filter((page) => snapshot.isInLog(page));
      copyPages(snapshot, batch, copies);
      for (const page of batch) missing.delete(page);
      const movement = view.advance();
      switch (movement.kind) {
        case "none":
          if (missing.size === 0) return new HeldSnapshot(view, snapshot, copies);
          break;
        case "moved": {
          const room = options.limit / snapshot.pageSize;
          for (const page of movement.pages)
            if (copies.has(page) || copies.size + missing.size < room) missing.add(page);
          if (movement.restarted) missing.addAll(fromLog);
          break;
        }
        case "unknown":
          copies.clear();
          missing = wanted(view.open());
          break;
      }
      if (performance.now() > deadline) return undefined;
    }
  }

  /** Pages that were written since, as far as they are known. */
  get writtenPages(): Iterable<number> {
    return this.written ?? [];
  }

  /** Whether everything that was read until now is of this state. */
  proven(): boolean {
    if (this.shared) this.lost ||= !this.snapshot.proven();
    else this.look();
    return !this.lost;
  }

  /** For reading from another thread; undefined where it cannot. From then on, nothing at all may move. */
  share(): SharedPages | undefined {
    if (this.copies.size > 0) return undefined;
    this.look();
    if (this.lost || this.view.snapshot !== this.snapshot) return undefined;
    const pages = this.snapshot.share();
    this.shared = pages !== undefined;
    return pages;
  }

  /** Reads from `offset` within a page, counted from 1, until `target` is full. Returns the bytes that there were. */
  read(target: Uint8Array, page: number, offset: number): number {
    this.lookIfDue();
    const copy = this.copies.get(page);
    if (copy === undefined) {
      this.note(page);
      return this.view.snapshot.read(target, page, offset);
    }
    const part = copy.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  /** Reads whole pages that follow each other, from `first` on, until `target` is full. Returns false when a page is missing. */
  readPages(target: Uint8Array, first: number): boolean {
    const { pageSize } = this.snapshot;
    const end = first + target.length / pageSize;
    this.lookIfDue();
    for (let page = first; page < end; ) {
      let next = page;
      while (next < end && !this.copies.has(next)) this.note(next++);
      const part = target.subarray((page - first) * pageSize, (next - first) * pageSize);
      if (next > page && !this.view.snapshot.readPages(part, page)) return false;
      for (; next < end; next++) {
        const copy = this.copies.get(next);
        if (copy === undefined) break;
        target.set(copy, (next - first) * pageSize);
      }
      page = next;
    }
    return true;
  }

  private lookIfDue(): void {
    if (!this.shared && performance.now() - this.lookedAt > lookEvery) this.look();
  }

  private look(): void {
    if (this.written === undefined) return;
    const movement = this.view.advance();
    switch (movement.kind) {
      case "none":
        break;
      case "moved":
        this.written.addAll(movement.pages);
        this.lost ||= this.fromMain.hasAnyOf(movement.pages) || (this.fromLog && movement.restarted);
        break;
      case "unknown":
        this.written = undefined;
        this.lost ||= this.fromMain.size > 0 || this.fromLog;
        break;
    }
    if (this.fromMain.size > 0) this.fromMain = new PageSet();
    this.fromLog = false;
    this.lookedAt = performance.now();
  }

  /** A page is going to be read from the files. */
  private note(page: number): void {
    if (this.written === undefined || this.written.has(page)) this.lost = true;
    if (this.view.snapshot.isInLog(page)) this.fromLog = true;
    else this.fromMain.add(page);
  }
}

function firstOf(pages: PageSet, count: number): number[] {
  const first: number[] = [];
  for (const page of pages) {
    if (first.length >= count) break;
    first.push(page);
  }
  return first;
}

/** Copies pages, given in ascending order, neighbours at once. Those that the file does not have are left out. */
function copyPages(snapshot: LiveSnapshot, wanted: readonly number[], to: Map<number, Uint8Array>): void {
  const { pageSize, pageCount } = snapshot;
  for (let at = 0; at < wanted.length; ) {
    const first = wanted[at]!;
    let end = at + 1;
    while (end < wanted.length && wanted[end] === first + end - at) end += 1;
    const bytes = new Uint8Array((end - at) * pageSize);
    const complete = first + end - at - 1 <= pageCount && snapshot.readPages(bytes, first);
    for (let index = 0; index < end - at; index += 1) {
      const page = first + index;
      const part = bytes.subarray(index * pageSize, (index + 1) * pageSize);
      if (complete || (page <= pageCount && snapshot.read(part, page, 0) === pageSize)) to.set(page, part);
      else to.delete(page);
    }
    at = end;
  }
}
