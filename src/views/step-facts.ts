import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { Database } from "../sources/databases.ts";
import type { Disposable } from "../sources/listeners.ts";
import type { PipelineFigures, StepSummary } from "../store/model.ts";
import type { WorkspaceDatabases } from "./workspace-databases.ts";

/** Runs of each pipeline that count as recent. */
export const RECENT_RUNS = 200;
/** Milliseconds between two looks at a database that changes all the time. */
const REST = 1_000;

export interface StepFact {
  readonly database: Database;
  readonly summary: StepSummary;
}

export interface PipelineFact {
  readonly database: Database;
  readonly figures: PipelineFigures;
}

interface Known {
  readonly steps: Map<string, StepSummary | undefined>;
  readonly pipelines: Map<string, PipelineFigures | undefined>;
  readonly subscription: Disposable;
  hold: Disposable | undefined;
}

/** What the window's databases tell of steps and pipelines by their names; asked for once, until a database changes. */
export class StepFacts implements vscode.Disposable {
  private readonly known = new Map<Database, Known>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when what was told may be out of date. */
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;
  private readonly complained = new Set<string>();
  private resting: NodeJS.Timeout | undefined;
  private active = false;

  constructor(
    private readonly databases: WorkspaceDatabases,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = databases.onDidChange(() => {
      if (this.known.size === 0 && !this.active) return;
      this.forgetAll();
      this.tell();
    });
  }

  dispose(): void {
    clearTimeout(this.resting);
    this.forgetAll();
    this.subscription.dispose();
    this.changed.dispose();
  }

  /** Databases are watched only while somebody looks at steps. */
  setActive(active: boolean): void {
    this.active = active;
    for (const [database, known] of this.known) this.updateHold(database, known);
  }

  /** What is known of a step, the newest run first. `file` says which databases count. */
  async step(file: vscode.Uri, name: string): Promise<readonly StepFact[]> {
    return (await this.of(file, [name], [])).steps.get(name) ?? [];
  }

  /** What is known of many names at once, by name. Never rejects: a database that cannot be read tells nothing. */
  async of(
    file: vscode.Uri,
    names: readonly string[],
    pipelines: readonly string[],
  ): Promise<{
    steps: ReadonlyMap<string, readonly StepFact[]>;
    pipelines: ReadonlyMap<string, readonly PipelineFact[]>;
  }> {
    const steps = new Map<string, StepFact[]>();
    const figures = new Map<string, PipelineFact[]>();
    await Promise.all(
      (await this.databasesFor(file)).map(async (database) => {
        const known = await this.load(database, names, pipelines);
        for (const name of new Set(names)) {
          const summary = known.steps.get(name);
          if (summary) append(steps, name, { database, summary });
        }
        for (const name of new Set(pipelines)) {
          const found = known.pipelines.get(name);
          if (found) append(figures, name, { database, figures: found });
        }
      }),
    );
    for (const facts of steps.values())
      facts.sort((a, b) => newest(b.summary.last.run.start_time, a.summary.last.run.start_time));
    for (const facts of figures.values())
      facts.sort((a, b) => newest(b.figures.last.start_time, a.figures.last.start_time));
    return { steps, pipelines: figures };
  }

  /** Those in the file's own workspace folder, or all when none is. */
  async databasesFor(file: vscode.Uri): Promise<readonly Database[]> {
    const all = await this.databases.available();
    const folder = vscode.workspace.getWorkspaceFolder(file);
    const near = all.filter(
      ({ path }) => folder && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) === folder,
    );
    return near.length > 0 ? near : all;
  }

  private async load(
    database: Database,
    names: readonly string[],
    pipelines: readonly string[],
  ): Promise<Pick<Known, "steps" | "pipelines">> {
    const known = this.keep(database);
    const missing = [...new Set(names)].filter((name) => !known.steps.has(name));
    const missingPipelines = [...new Set(pipelines)].filter((name) => !known.pipelines.has(name));
    if (missing.length === 0 && missingPipelines.length === 0) return known;
    try {
      const store = await database.store();
      const found = await store.getStepSummaries({
        names: missing,
        pipelines: missingPipelines,
        runs: RECENT_RUNS,
      });
      for (const name of missing) known.steps.set(name, undefined);
      for (const name of missingPipelines) known.pipelines.set(name, undefined);
      for (const summary of found.steps) known.steps.set(summary.name, summary);
      for (const figures of found.pipelines) known.pipelines.set(figures.pipeline_name, figures);
      this.complained.delete(database.path);
    } catch (thrown) {
      const error = TraceError.from(thrown);
      if (!this.complained.has(database.path)) this.log.warn(`${database.path}: ${error.message}`);
      this.complained.add(database.path);
    }
    return known;
  }

  private keep(database: Database): Known {
    const kept = this.known.get(database);
    if (kept) return kept;
    const known: Known = {
      steps: new Map(),
      pipelines: new Map(),
      subscription: database.onChange(() => {
        // A new object: answers under way are about the state before.
        this.forget(database);
        this.tell();
      }),
      hold: undefined,
    };
    this.known.set(database, known);
    this.updateHold(database, known);
    return known;
  }

  private updateHold(database: Database, known: Known): void {
    if (this.active) known.hold ??= database.hold();
    else {
      known.hold?.dispose();
      known.hold = undefined;
    }
  }

  private forget(database: Database): void {
    const known = this.known.get(database);
    if (!known) return;
    const { hold } = known;
    known.subscription.dispose();
    this.known.delete(database);
    // Held again before it is let go, so that watching does not stop and start.
    if (hold) this.keep(database);
    hold?.dispose();
  }

  private forgetAll(): void {
    for (const known of this.known.values()) {
      known.subscription.dispose();
      known.hold?.dispose();
    }
    this.known.clear();
  }

  private tell(): void {
    this.resting ??= setTimeout(() => {
      this.resting = undefined;
      this.changed.fire();
    }, REST);
  }
}

function append<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}

function newest(a: number | null, b: number | null): number {
  return (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY) || 0;
}
