import path from "node:path";
import { TraceError } from "../engine/errors.ts";
import type { TraceStore } from "../store/store.ts";
import { type Health, healthAfter, reported } from "./health.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import type { Damage } from "./partial-store.ts";
import { type DatabaseWatch, watchDatabase } from "./watch.ts";

/** `onDamage` is told when answers begin to come from what could be read of a damaged file, and with undefined when they end to. */
export type OpenStore = (file: string, onDamage: (damage: Damage | undefined) => void) => Promise<TraceStore>;

/** Milliseconds after which a database that could not be read is tried again: at first, and at most. */
export interface RetryTimes {
  readonly first: number;
  readonly most: number;
}

const defaultRetry: RetryTimes = { first: 1_000, most: 30_000 };

/** One database file, its store and its changes. The store is opened when it is first asked for. */
export class Database {
  readonly name: string;
  private readonly changes = new Listeners<void>();
  private readonly healthChanges = new Listeners<void>();
  private opened: Promise<TraceStore> | undefined;
  private watch: DatabaseWatch | undefined;
  private holders = 0;
  private seen: string | undefined;
  private paused = false;
  private disposed = false;
  private lastHealth: Health = { kind: "unknown" };
  private lastDamage: Damage | undefined;
  private retry: NodeJS.Timeout | undefined;
  private delay: number;

  constructor(
    /** Absolute. */
    readonly path: string,
    private readonly open: OpenStore,
    private readonly retryTimes: RetryTimes = defaultRetry,
  ) {
    this.name = path.slice(path.search(/[^/\\]*$/));
    this.delay = retryTimes.first;
  }

  /** How it did when it was asked last. */
  get health(): Health {
    return this.lastHealth;
  }

  /** What is wrong with the file, while answers come from what could be read of it. */
  get damage(): Damage | undefined {
    return this.lastDamage;
  }

  /** True while somebody follows its changes. */
  get held(): boolean {
    return this.holders > 0;
  }

  /** The store. Rejects with a `TraceError`; the next call tries again. */
  async store(): Promise<TraceStore> {
    if (this.disposed) throw new TraceError("closed", `${this.name} is no longer open; open it again.`);
    if (this.opened === undefined) {
      const opening = this.open(this.path, (damage) => this.learnDamage(damage)).then((store) =>
        reported(store, (thrown) => this.learn(thrown)),
      );
      this.opened = opening;
      opening.then(
        () => this.learn(undefined),
        (thrown: unknown) => {
          if (this.opened === opening) this.opened = undefined;
          this.learn(thrown);
        },
      );
    }
    return this.opened;
  }

  /** Fires after the file changed while somebody {@link hold}s it, and when it may be readable again. */
  onChange(listener: () => void): Disposable {
    return this.changes.add(listener);
  }

  /** Fires when {@link health} or {@link held} became another one. */
  onHealth(listener: () => void): Disposable {
    return this.healthChanges.add(listener);
  }

  /** Watches the file until disposed. A change since the last holder left is announced at once. */
  hold(): Disposable {
    this.holders += 1;
    this.follow();
    if (this.holders === 1) this.healthChanges.fire();
    let held = true;
    return {
      dispose: () => {
        if (!held) return;
        held = false;
        this.holders -= 1;
        this.follow();
        if (this.holders === 0) this.healthChanges.fire();
      },
    };
  }

  /** While paused nothing is watched; afterwards a change in between is announced. */
  setPaused(paused: boolean): void {
    this.paused = paused;
    this.follow();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.follow();
    this.changes.clear();
    this.healthChanges.clear();
    const opened = this.opened;
    this.opened = undefined;
    // A store that never opened has nothing to close, and its error was told to whoever asked for it.
    const store = await opened?.catch(() => undefined);
    await store?.close();
  }

  /** Watches the file exactly while that is wanted. */
  private follow(): void {
    const wanted = this.holders > 0 && !this.paused && !this.disposed;
    if (wanted && this.watch === undefined) {
      this.watch = watchDatabase(this.path, () => this.changes.fire(), { since: this.seen });
      if (this.lastHealth.kind === "stale" || this.lastHealth.kind === "unreadable") this.tryLater();
    } else if (!wanted) {
      clearTimeout(this.retry);
      this.retry = undefined;
      if (this.watch === undefined) return;
      this.seen = this.watch.signature;
      this.watch.dispose();
      this.watch = undefined;
    }
  }

  private learn(thrown: unknown): void {
    if (this.disposed) return;
    const before = this.lastHealth;
    const health = healthAfter(before, thrown, Date.now() / 1000, this.lastDamage);
    if (health === before) return;
    this.lastHealth = health;
    if (health.kind === "live" || health.kind === "partial") {
      clearTimeout(this.retry);
      this.retry = undefined;
      this.delay = this.retryTimes.first;
    } else if (this.watch !== undefined) this.tryLater();
    const reason = (one: Health) => ("reason" in one ? one.reason : "");
    if (health.kind !== before.kind || reason(health) !== reason(before)) this.healthChanges.fire();
  }

  /** What was answered before belongs to another reading of the file, so whoever shows it asks again. */
  private learnDamage(damage: Damage | undefined): void {
    if (this.disposed) return;
    this.lastDamage = damage;
    this.learn(undefined);
    this.changes.fire();
  }

  /** The cause may go without a change of the file: a permission, a disk, a writer that never rests. */
  private tryLater(): void {
    if (this.retry !== undefined) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.changes.fire();
    }, this.delay);
    this.retry.unref();
    this.delay = Math.min(this.delay * 2, this.retryTimes.most);
  }
}

/** All databases of the window, one {@link Database} a path. */
export class Databases {
  private readonly known = new Map<string, Database>();
  private readonly subscriptions = new Map<Database, Disposable>();
  private readonly healthChanges = new Listeners<void>();
  private isPaused = false;

  constructor(
    private readonly open: OpenStore,
    private readonly retryTimes?: RetryTimes,
  ) {}

  /** Those that were asked for and not let go since. */
  get all(): readonly Database[] {
    return [...this.known.values()];
  }

  /** True while no file is watched. */
  get paused(): boolean {
    return this.isPaused;
  }

  get(file: string): Database {
    const key = path.resolve(file);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const database = new Database(key, this.open, this.retryTimes);
    database.setPaused(this.isPaused);
    this.known.set(key, database);
    this.subscriptions.set(
      database,
      database.onHealth(() => this.healthChanges.fire()),
    );
    return database;
  }

  /** Fires when the health of any database, or {@link paused}, became another one. */
  onHealth(listener: () => void): Disposable {
    return this.healthChanges.add(listener);
  }

  setPaused(paused: boolean): void {
    if (paused === this.isPaused) return;
    this.isPaused = paused;
    for (const database of this.known.values()) database.setPaused(paused);
    this.healthChanges.fire();
  }

  /** Closes every database whose path `keep` does not name. */
  async retain(keep: ReadonlySet<string>): Promise<void> {
    const gone = [...this.known.values()].filter((database) => !keep.has(database.path));
    for (const database of gone) {
      this.known.delete(database.path);
      this.subscriptions.get(database)?.dispose();
      this.subscriptions.delete(database);
    }
    if (gone.length > 0) this.healthChanges.fire();
    await Promise.all(gone.map((database) => database.dispose()));
  }

  async dispose(): Promise<void> {
    await this.retain(new Set());
  }
}
