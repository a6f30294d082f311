import type { EngineDatabase, Reader, Snapshot } from "../engine/reader.ts";
import { flattenBlob } from "./blobs.ts";
import { detectLayout, type Layout, viewNames } from "./layout.ts";
import type { Run } from "./model.ts";
import { type RunSpans, readRunSpans, type ScanRun } from "./run-spans.ts";
import { findRun, unknownRun } from "./runs.ts";
import { usualDurations } from "./spans.ts";
import { type NameHistory, readNameHistory } from "./step-history.ts";
import { parseTime } from "./values.ts";

/** Room for ten million spans. */
export const DEFAULT_SUMMARY_MEMORY = 512 << 20;
/** Spans kept in memory between calls, over all runs. A run of its own is always kept. */
const CACHED_SPANS = 500_000;
/** Spans of step histories kept, over all names. */
const CACHED_OCCURRENCES = 100_000;

/** Is told whether what reads left in it was proven. */
export interface Lasting {
  accept(): void;
  reject(): void;
}

/** One database seen through the canonical views, with what was derived from its present state. */
export class StoreSession {
  #schemaVersion: number | undefined;
  #layout: Layout | undefined;
  #cacheGeneration = -1;
  readonly #runSpans = new Map<string, RunSpans>();
  readonly #derived = new Map<string, unknown>();
  readonly #lasting = new Map<string, Lasting>();

  /**
   * @param path For sentences about the file.
   * @param summaryMemory Bytes that the columnar summary of all spans may take; without the room, SQL answers.
   * @param scanRun Reads long runs; without it SQL does.
   */
  constructor(
    readonly database: EngineDatabase,
    private readonly path: string,
    readonly summaryMemory = DEFAULT_SUMMARY_MEMORY,
    private readonly scanRun?: ScanRun,
  ) {
    database.define("lens_time", (value) => parseTime(value ?? null));
    database.define("lens_flatten", (blob) => flattenBlob(blob));
  }

  get layout(): Layout | undefined {
    return this.#layout;
  }

  /** Reads one snapshot through the views. They are made anew when the schema has changed: flujo migrates in place and replaces files. */
  read<T>(work: (reader: Reader) => T): { value: T; snapshot: Snapshot } {
    let seen: { version: number; layout: Layout } | undefined;
    let attempts = 0;
    const attempt = (reader: Reader): T => {
      seen = undefined;
      attempts += 1;
      // What an unproven attempt left in memory must not outlive it.
      if (attempts > 1) {
        this.#settle(false);
        this.#forget();
      }
      this.#dropStale();
      const version =
        reader.get<{ schema_version: number }>("PRAGMA main.schema_version")?.schema_version ?? 0;
      if (version !== this.#schemaVersion || !hasViews(reader)) {
        const layout = detectLayout(reader, this.path);
        for (const view of viewNames) reader.all(`DROP VIEW IF EXISTS temp.${view}`);
        for (const view of layout.views) reader.all(view);
        seen = { version, layout };
      }
      return work(reader);
    };
    const result = this.#readOrForget(attempt);
    // Only now is it proven that the schema was not read in the middle of a change.
    if (seen) {
      this.#schemaVersion = seen.version;
      this.#layout = seen.layout;
    }
    return result;
  }

  #readOrForget<T>(attempt: (reader: Reader) => T): { value: T; snapshot: Snapshot } {
    try {
      const result = this.database.read(attempt);
      this.#settle(true);
      return result;
    } catch (thrown) {
      this.#settle(false);
      this.#forget();
      throw thrown;
    }
  }

  /** The spans of a run with exactly this id, from memory while the database stays as it is. */
  runSpans(reader: Reader, runId: string): RunSpans {
    const known = this.#runSpans.get(runId);
    if (known) return known;
    const run = findRun(reader, runId);
    if (!run) throw unknownRun(runId);
    return this.#keep(readRunSpans(reader, run, this.scanRun));
  }

  /** As {@link runSpans}, for a run that was read already in the same snapshot. */
  spansOf(reader: Reader, run: Run): RunSpans {
    return this.#runSpans.get(run.run_id) ?? this.#keep(readRunSpans(reader, run, this.scanRun));
  }

  /** A value derived from the whole database, computed once a state of it. */
  derived<T>(key: string, compute: () => T): T {
    if (!this.#derived.has(key)) this.#derived.set(key, compute());
    return this.#derived.get(key) as T;
  }

  /** A thing that is kept beyond the states of the database. */
  lasting<T extends Lasting>(key: string, make: () => T): T {
    if (!this.#lasting.has(key)) this.#lasting.set(key, make());
    return this.#lasting.get(key) as T;
  }

  #settle(proven: boolean): void {
    for (const one of this.#lasting.values()) {
      if (proven) one.accept();
      else one.reject();
    }
  }

  /** What {@link readNameHistory} finds; the names asked for last are kept. */
  nameHistory(reader: Reader, run: Run, name: string, limit: number): NameHistory {
    const kept = this.derived("histories", () => new Map<string, NameHistory>());
    const key = JSON.stringify([run.pipeline_name, name, limit]);
    const read = (one: Run) => this.#runSpans.get(one.run_id) ?? readRunSpans(reader, one, this.scanRun);
    const history = kept.get(key) ?? readNameHistory(reader, run.pipeline_name, name, limit, read);
    kept.delete(key);
    kept.set(key, history);
    let total = 0;
    for (const { occurrences } of kept.values()) total += occurrences.length;
    for (const [old, { occurrences }] of kept) {
      if (total <= CACHED_OCCURRENCES || old === key) break;
      total -= occurrences.length;
      kept.delete(old);
    }
    return history;
  }

  usual(reader: Reader, run: Run): Map<string, Float64Array> {
    return this.derived(`usual ${run.pipeline_name}`, () => usualDurations(reader, run));
  }

  #dropStale(): void {
    if (this.#cacheGeneration === this.database.generation) return;
    this.#cacheGeneration = this.database.generation;
    this.#forget();
  }

  #forget(): void {
    this.#runSpans.clear();
    this.#derived.clear();
  }

  #keep(spans: RunSpans): RunSpans {
    let total = spans.rows.keys.length;
    for (const kept of this.#runSpans.values()) total += kept.rows.keys.length;
    for (const [runId, kept] of this.#runSpans) {
      if (total <= CACHED_SPANS) break;
      total -= kept.rows.keys.length;
      this.#runSpans.delete(runId);
    }
    this.#runSpans.set(spans.run.run_id, spans);
    return spans;
  }
}

/** The engine opens a fresh connection when the file was replaced, and that one has no views yet. */
function hasViews(reader: Reader): boolean {
  return reader.get("SELECT 1 FROM temp.sqlite_schema WHERE name = 'lens_runs'") !== undefined;
}
