import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { formatAge, shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Database } from "../sources/databases.ts";
import type { Disposable } from "../sources/listeners.ts";
import type { Run } from "../store/model.ts";
import type { WorkspaceDatabases } from "./workspace-databases.ts";

const SETTING = "flujoLens.notifyOnFailure";
/** Newest failed runs that are looked at; more cannot fail between two looks. */
const NEWEST = 100;

interface Followed {
  readonly hold: Disposable;
  readonly subscription: Disposable;
  /** Ids of the runs that had failed before; undefined until they are read. */
  known: Set<string> | undefined;
  reading: boolean;
  again: boolean;
}

/** When the setting asks for it: says that a run failed while this window was open, with a way to its failed span. */
export class FailureNotices implements vscode.Disposable {
  private readonly followed = new Map<Database, Followed>();
  private readonly disposables: vscode.Disposable[];
  private enabled = false;

  constructor(
    private readonly databases: WorkspaceDatabases,
    private readonly showTrace: (database: Database, runId: string) => void,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.followSetting();
      }),
      databases.onDidChange(() => {
        if (this.enabled) void this.followDatabases();
      }),
    ];
    this.followSetting();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    for (const database of [...this.followed.keys()]) this.leave(database);
  }

  private followSetting(): void {
    this.enabled = vscode.workspace.getConfiguration().get<unknown>(SETTING) === true;
    if (this.enabled) void this.followDatabases();
    else for (const database of [...this.followed.keys()]) this.leave(database);
  }

  private async followDatabases(): Promise<void> {
    const available = new Set(await this.databases.available().catch(() => []));
    if (!this.enabled) return;
    for (const database of [...this.followed.keys()]) if (!available.has(database)) this.leave(database);
    for (const database of available) {
      if (this.followed.has(database)) continue;
      const followed: Followed = {
        hold: database.hold(),
        subscription: database.onChange(() => void this.look(database)),
        known: undefined,
        reading: false,
        again: false,
      };
      this.followed.set(database, followed);
      void this.look(database);
    }
  }

  private leave(database: Database): void {
    const followed = this.followed.get(database);
    this.followed.delete(database);
    followed?.subscription.dispose();
    followed?.hold.dispose();
  }

  /** One look at a time; changes that come meanwhile are answered by one more. */
  private async look(database: Database): Promise<void> {
    const followed = this.followed.get(database);
    if (followed === undefined) return;
    followed.again = followed.reading;
    if (followed.reading) return;
    followed.reading = true;
    do {
      followed.again = false;
      try {
        const store = await database.store();
        const failed = await store.listRuns({ filter: "status = failed", limit: NEWEST });
        if (this.followed.get(database) !== followed) return;
        this.compare(database, followed, failed);
      } catch (thrown) {
        // The status bar tells that the database cannot be read; the next change is looked at again.
        this.log.debug(TraceError.from(thrown).message);
      }
    } while (followed.again);
    followed.reading = false;
  }

  private compare(database: Database, followed: Followed, failed: readonly Run[]): void {
    const { known } = followed;
    followed.known = new Set([...(known ?? []), ...failed.map(({ run_id }) => run_id)]);
    if (known === undefined) return;
    const fresh = failed.filter(({ run_id }) => !known.has(run_id));
    const [newest] = fresh;
    if (newest !== undefined) void this.tell(database, newest, fresh.length);
  }

  private async tell(database: Database, run: Run, count: number): Promise<void> {
    const name = inert(run.pipeline_name);
    const id = inert(shortId(run.run_id));
    const age = formatAge(run.start_time, Date.now() / 1000);
    const show = vscode.l10n.t("Show Failed Span");
    const sentence =
      count === 1
        ? vscode.l10n.t("{0} {1} failed (started {2}).", name, id, age)
        : vscode.l10n.t("{0} runs failed, the last one {1} {2} (started {3}).", count, name, id, age);
    const answer = await vscode.window.showWarningMessage(sentence, show);
    // The panel selects the failure where it began.
    if (answer === show) this.showTrace(database, run.run_id);
  }
}

/** A message makes links of Markdown's form, which a name from a trace must not have. */
function inert(text: string): string {
  return oneLine(text, 60).replaceAll("](", "] (");
}
