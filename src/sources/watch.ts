import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { announcesChanges } from "../engine/file-system.ts";

/** Milliseconds. */
export interface WatchTimes {
  /** Changes within this time after the first count as one. */
  readonly debounce: number;
  /** Least time between two announcements: a pipeline that writes all the time is shown in steps. */
  readonly pause: number;
  /** How often the file is looked at while the system announces nothing. */
  readonly poll: number;
  /** How often it is looked at although the system announces changes: container file systems lose some. */
  readonly safetyPoll: number;
}

export interface WatchOptions extends Partial<WatchTimes> {
  /** How the file looked when it was last watched: when it looks different now, that is announced too. */
  readonly since?: string;
}

export interface DatabaseWatch {
  /** How the file looked last, as {@link fileSignature} tells it; undefined before it was looked at. */
  readonly signature: string | undefined;
  dispose(): void;
}

const defaultTimes: WatchTimes = { debounce: 100, pause: 400, poll: 500, safetyPoll: 5000 };

/**
 * Calls `onChange` after the database at `file` or its write-ahead log was written, created, replaced or removed.
 * The file need not exist. Uses the system's announcements for the folder, and looks by itself where there are none.
 */
export function watchDatabase(file: string, onChange: () => void, options: WatchOptions = {}): DatabaseWatch {
  return new FileWatch(file, onChange, { ...defaultTimes, ...options }, options.since);
}

/** A text that differs when the database or its log differs: identity, size and time of last change of both. */
export async function fileSignature(file: string): Promise<string> {
  const [main, log] = await Promise.all([signatureOf(file), signatureOf(`${file}-wal`)]);
  return `${main}|${log}`;
}

async function signatureOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    // Not there or not readable: whatever the reason, that is what the database looks like now.
    return "-";
  }
}

/** A text of its own for no folder. */
async function folderIdentity(file: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path.dirname(file), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return "-";
  }
}

class FileWatch implements DatabaseWatch {
  private readonly names: ReadonlySet<string>;
  private watcher: FSWatcher | undefined;
  /** Which folder the watcher listens to: it goes on listening to one that was removed or renamed. */
  private folder: string | undefined;
  private announced: boolean | undefined;
  private debounce: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private announcedAt = Number.NEGATIVE_INFINITY;
  private disposed = false;

  constructor(
    private readonly file: string,
    private readonly onChange: () => void,
    private readonly times: WatchTimes,
    public signature: string | undefined,
  ) {
    const name = path.basename(file);
    this.names = new Set([name, `${name}-wal`]);
    this.listen();
    void this.look();
  }

  dispose(): void {
    this.disposed = true;
    this.watcher?.close();
    clearTimeout(this.debounce);
    clearTimeout(this.poll);
  }

  private listen(): void {
    try {
      this.watcher = watch(path.dirname(this.file), { persistent: false }, (_event, name) => {
        if (name === null || this.names.has(name)) this.announce();
      });
      this.watcher.on("error", () => this.deafen());
    } catch {
      // No such folder yet, or no more watches to be had: looking by itself goes on, and tries again.
      this.watcher = undefined;
    }
  }

  private deafen(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }

  private announce(): void {
    // Not put off by further changes: a pipeline that never pauses would otherwise never be shown.
    if (this.disposed || this.debounce !== undefined) return;
    const { debounce, pause } = this.times;
    const delay = Math.max(debounce, this.announcedAt + pause - performance.now());
    this.debounce = setTimeout(() => {
      this.debounce = undefined;
      this.announcedAt = performance.now();
      void fileSignature(this.file).then((signature) => {
        if (this.disposed) return;
        this.signature = signature;
        this.onChange();
      });
    }, delay);
  }

  private async look(): Promise<void> {
    const signature = await fileSignature(this.file);
    if (this.disposed) return;
    if (this.signature !== undefined && signature !== this.signature) this.announce();
    this.signature = signature;
    const folder = await folderIdentity(this.file);
    // A file system that can be asked says whether it announces what other machines write.
    if (folder !== "-") this.announced ??= await announcesChanges(path.dirname(this.file));
    if (this.disposed) return;
    if (this.folder !== undefined && folder !== this.folder) this.deafen();
    if (this.watcher === undefined) this.listen();
    this.folder = folder;
    const rely = this.watcher !== undefined && this.announced === true;
    this.poll = setTimeout(() => void this.look(), rely ? this.times.safetyPoll : this.times.poll);
    this.poll.unref();
  }
}
