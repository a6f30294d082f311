import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { Database } from "../sources/databases.ts";
import type { Disposable } from "../sources/listeners.ts";
import type { Definition } from "../steps/definition.ts";
import type { PipelineFigures, Run, StepSummary, WantedStep } from "../store/model.ts";
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

/** What is known of the definitions of a file, the newest run first. */
export interface FileFacts {
  step(definition: Definition): readonly StepFact[];
  pipeline(definition: Definition): readonly PipelineFact[];
}

interface Known {
  /** Of all spans in the recent runs; most steps of a large workspace have none. */
  names: ReadonlySet<string> | undefined;
  /** By {@link keyOf}. */
  readonly steps: Map<string, StepSummary | undefined>;
  readonly pipelines: Map<string, PipelineFigures | undefined>;
  readonly subscription: Disposable;
  hold: Disposable | undefined;
}

/** What the window's databases tell of steps and pipelines; asked for once, until a database changes. */
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

  /**
   * What is known of the definitions of a file, which says which databases count. Never rejects: a database that cannot be
   * read tells nothing.
   */
  async of(file: vscode.Uri, definitions: readonly Definition[]): Promise<FileFacts> {
    const wanted = definitions.filter(({ kind }) => kind !== "pipeline");
    const pipelines = definitions.filter(({ kind }) => kind === "pipeline").map(({ name }) => name);
    const databases = await this.databases.near(file);
    const all = await Promise.all(databases.map((database) => this.load(database, wanted, pipelines)));
    return {
      step: (definition) => {
        const key = keyOf(definition);
        const facts = databases.flatMap((database, index): StepFact[] => {
          const summary = all[index]!.steps.get(key);
          return summary ? [{ database, summary }] : [];
        });
        // Where one database knows the step's own pipeline, other pipelines of another one say nothing of the step.
        const narrowed = facts.filter(({ summary }) => summary.narrowed);
        return (narrowed.length > 0 ? narrowed : facts).sort((a, b) =>
          newest(a.summary.last.run, b.summary.last.run),
        );
      },
      pipeline: ({ name }) =>
        databases
          .flatMap((database, index): PipelineFact[] => {
            const figures = all[index]!.pipelines.get(name);
            return figures ? [{ database, figures }] : [];
          })
          .sort((a, b) => newest(a.figures.last, b.figures.last)),
    };
  }

  private async load(
    database: Database,
    wanted: readonly WantedStep[],
    pipelines: readonly string[],
  ): Promise<Pick<Known, "steps" | "pipelines">> {
    const known = this.keep(database);
    const missingPipelines = [...new Set(pipelines)].filter((name) => !known.pipelines.has(name));
    try {
      known.names ??= new Set(await (await database.store()).getStepNames({ runs: RECENT_RUNS }));
      const missing = new Map<string, WantedStep>();
      for (const step of wanted) {
        if (!known.names.has(step.name)) continue;
        const key = keyOf(step);
        if (!known.steps.has(key)) missing.set(key, step);
      }
      if (missing.size === 0 && missingPipelines.length === 0) return known;
      const store = await database.store();
      const found = await store.getStepSummaries({
        steps: [...missing.values()].map(({ name, pipelines: own }) => ({ name, pipelines: own })),
        pipelines: missingPipelines,
        runs: RECENT_RUNS,
      });
      for (const [index, key] of [...missing.keys()].entries()) known.steps.set(key, found.steps[index]);
      for (const name of missingPipelines) known.pipelines.set(name, undefined);
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
      names: undefined,
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

/** Steps of one name in the same pipelines are one. */
function keyOf({ name, pipelines = [] }: WantedStep): string {
  return JSON.stringify([name, ...[...pipelines].sort()]);
}

function newest(a: Run, b: Run): number {
  return (b.start_time ?? Number.NEGATIVE_INFINITY) - (a.start_time ?? Number.NEGATIVE_INFINITY) || 0;
}
