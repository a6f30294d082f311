import path from "node:path";
import { TraceError } from "../engine/errors.ts";
import type { TraceStore } from "../store/store.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import { type DatabaseWatch, watchDatabase } from "./watch.ts";

export type OpenStore = (file: string) => Promise<TraceStore>;

/** One database file, its store and its changes. The store is opened when it is first asked for. */
export class Database {
  readonly name: string;
  private readonly changes = new Listeners<void>();
  private opened: Promise<TraceStore> | undefined;
  private watch: DatabaseWatch | undefined;
  private holders = 0;
  private seen: string | undefined;
  private disposed = false;

  constructor(
    /** Absolute. */
    readonly path: string,
    private readonly open: OpenStore,
  ) {
    this.name = path.slice(path.search(/[^/\\]*$/));
  }

  /** The store. Rejects with a `TraceError`; the next call tries again. */
  async store(): Promise<TraceStore> {
    if (this.disposed) throw new TraceError("closed", `${this.name} is no longer open; open it again.`);
    if (this.opened === undefined) {
      const opening = this.open(this.path);
      this.opened = opening;
      opening.catch(() => {
        if (this.opened === opening) this.opened = undefined;
      });
    }
    return this.opened;
  }

  /** Fires after the file changed while somebody {@link hold}s it. */
  onChange(listener: () => void): Disposable {
    return this.changes.add(listener);
  }

  /** Watches the file until disposed. A change since the last holder left is announced at once. */
  hold(): Disposable {
    this.holders += 1;
    if (this.holders === 1) this.startWatching();
    let held = true;
    return {
      dispose: () => {
        if (!held) return;
        held = false;
        this.holders -= 1;
        if (this.holders === 0) this.stopWatching();
      },
    };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.stopWatching();
    this.changes.clear();
    const opened = this.opened;
    this.opened = undefined;
    // A store that never opened has nothing to close, and its error was told to whoever asked for it.
    const store = await opened?.catch(() => undefined);
    await store?.close();
  }

  private startWatching(): void {
    this.watch = watchDatabase(this.path, () => this.changes.fire(), { since: this.seen });
  }

  private stopWatching(): void {
    if (this.watch === undefined) return;
    this.seen = this.watch.signature;
    this.watch.dispose();
    this.watch = undefined;
  }
}

/** All databases of the window, one {@link Database} a path. */
export class Databases {
  private readonly known = new Map<string, Database>();

  constructor(private readonly open: OpenStore) {}

  get(file: string): Database {
    const key = path.resolve(file);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const database = new Database(key, this.open);
    this.known.set(key, database);
    return database;
  }

  /** Closes every database whose path `keep` does not name. */
  async retain(keep: ReadonlySet<string>): Promise<void> {
    const gone = [...this.known.values()].filter((database) => !keep.has(database.path));
    for (const database of gone) this.known.delete(database.path);
    await Promise.all(gone.map((database) => database.dispose()));
  }

  async dispose(): Promise<void> {
    await this.retain(new Set());
  }
}
