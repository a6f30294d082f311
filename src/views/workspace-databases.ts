import { realpath } from "node:fs/promises";
import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { Origin } from "../sources/address.ts";
import { listSources } from "../sources/catalog.ts";
import type { Database, Databases } from "../sources/databases.ts";
import { defaultNames } from "../sources/discovery.ts";
import { mayOpen } from "../sources/trust.ts";

/** What the window has to show for one source. */
export type DatabaseEntry =
  | { readonly kind: "database"; readonly database: Database; readonly origin: Origin }
  | { readonly kind: "problem"; readonly sentence: string }
  /** Outside an untrusted workspace, and not allowed by the user so far. */
  | { readonly kind: "withheld"; readonly path: string; readonly sentence: string };

const OPENED_KEY = "flujoLens.openedDatabases";
const ALLOWED_KEY = "flujoLens.allowedDatabases";
const MAX_PROJECTS = 20;

/** The databases of this window: found, named in the settings or opened by hand, and allowed to be read. */
export class WorkspaceDatabases implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when the list of databases may have become another one. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private listing: Promise<DatabaseEntry[]> | undefined;
  private projects: readonly string[] = [];
  private search: Promise<void> | undefined;
  private listings = 0;

  constructor(
    private readonly databases: Databases,
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const refresh = () => this.refresh();
    this.disposables.push(
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidGrantWorkspaceTrust(refresh),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("flujoLens.databases")) this.refresh();
      }),
    );
    for (const pattern of ["**/flujo.toml", `**/${defaultNames[0]}`]) {
      // A database that is written is watched by whoever shows it; here only its coming and going counts.
      const watcher = vscode.workspace.createFileSystemWatcher(
        pattern,
        false,
        !pattern.endsWith(".toml"),
        false,
      );
      this.disposables.push(
        watcher,
        watcher.onDidCreate(refresh),
        watcher.onDidChange(refresh),
        watcher.onDidDelete(refresh),
      );
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /**
   * All entries that are known, searched for once until {@link refresh}. Projects deeper in the workspace come later,
   * with a change, because looking through a large workspace takes long. Never rejects for a single bad source.
   */
  entries(): Promise<DatabaseEntry[]> {
    if (this.listing === undefined) {
      const listing = this.list();
      this.listing = listing;
      listing.catch(() => {
        if (this.listing === listing) this.listing = undefined;
      });
    }
    return this.listing;
  }

  /** Searches again. */
  refresh(): void {
    this.search = undefined;
    this.relist();
  }

  /** Only the databases that may be read, those of deeper projects included. */
  async available(): Promise<Database[]> {
    await this.searchProjects();
    const entries = await this.entries();
    return entries.flatMap((entry) => (entry.kind === "database" ? [entry.database] : []));
  }

  /** Of those that may be read the ones in the workspace folder of a file; all when it has none. */
  async near(file: vscode.Uri): Promise<readonly Database[]> {
    const all = await this.available();
    const folder = vscode.workspace.getWorkspaceFolder(file);
    const near = all.filter(
      ({ path }) => folder && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) === folder,
    );
    return near.length > 0 ? near : all;
  }

  /** The database at `path` if the window shows it. */
  async find(path: string): Promise<Database | undefined> {
    return (await this.available()).find((database) => database.path === path);
  }

  /** Adds a file that the user picked, and remembers it for this workspace. */
  async add(path: string): Promise<void> {
    const opened = this.opened();
    if (!opened.includes(path)) await this.memory.update(OPENED_KEY, [...opened, path]);
    this.refresh();
  }

  /** Forgets a file that was picked. */
  async remove(path: string): Promise<void> {
    await this.memory.update(
      OPENED_KEY,
      this.opened().filter((known) => known !== path),
    );
    this.refresh();
  }

  /** Asks whether a withheld file may be opened, and remembers a yes for this workspace. */
  async ask(path: string): Promise<void> {
    const open = vscode.l10n.t("Open");
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t("Open a trace database outside this workspace?"),
      {
        modal: true,
        detail: vscode.l10n.t(
          "This folder is not trusted, and it names {0}, which lies outside of it. The file would only be read.",
          path,
        ),
      },
      open,
    );
    if (answer !== open) return;
    await this.memory.update(ALLOWED_KEY, [...this.allowed(), path]);
    this.refresh();
  }

  private relist(): void {
    this.listing = undefined;
    this.changed.fire();
  }

  private searchProjects(): Promise<void> {
    this.search ??= projectFolders().then(
      (found) => {
        if (found.join("\n") === this.projects.join("\n")) return;
        this.projects = found;
        this.relist();
      },
      (thrown: unknown) => {
        this.search = undefined;
        this.log.warn(
          `The workspace could not be searched for flujo.toml: ${TraceError.from(thrown).message}`,
        );
      },
    );
    return this.search;
  }

  private opened(): readonly string[] {
    return textsOf(this.memory.get(OPENED_KEY));
  }

  private allowed(): readonly string[] {
    return textsOf(this.memory.get(ALLOWED_KEY));
  }

  private async list(): Promise<DatabaseEntry[]> {
    this.listings += 1;
    const listing = this.listings;
    void this.searchProjects();
    const folders = (vscode.workspace.workspaceFolders ?? [])
      .filter((folder) => folder.uri.scheme === "file")
      .map((folder) => ({ name: folder.name, path: folder.uri.fsPath }));
    const setting = vscode.workspace.getConfiguration("flujoLens").get<unknown>("databases");
    const sources = await listSources({
      folders,
      projects: this.projects,
      setting: Array.isArray(setting) ? setting : [],
      opened: this.opened(),
      environment: process.env,
    });
    const rights = {
      trusted: vscode.workspace.isTrusted,
      folders: folders.map((folder) => folder.path),
      allowed: this.allowed(),
    };
    const entries: DatabaseEntry[] = [];
    for (const source of sources) {
      if (source.kind !== "file") {
        this.log.warn(source.sentence);
        entries.push({ kind: "problem", sentence: source.sentence });
      } else if (await mayOpen(source, rights, realpath)) {
        entries.push({ kind: "database", database: this.databases.get(source.path), origin: source.origin });
      } else {
        const sentence = vscode.l10n.t(
          "{0} lies outside this untrusted workspace. Select to open it.",
          source.path,
        );
        entries.push({ kind: "withheld", path: source.path, sentence });
      }
    }
    // A later listing knows better what is still needed.
    if (listing !== this.listings) return entries;
    const kept = entries.flatMap((entry) => (entry.kind === "database" ? [entry.database.path] : []));
    this.log.info(kept.length > 0 ? `Trace databases: ${kept.join(", ")}` : "No trace database was found.");
    await this.databases.retain(new Set(kept));
    return entries;
  }
}

async function projectFolders(): Promise<string[]> {
  const found = await vscode.workspace.findFiles(
    "**/flujo.toml",
    "**/{node_modules,site-packages,.venv,venv,.git}/**",
    MAX_PROJECTS,
  );
  return found
    .filter((uri) => uri.scheme === "file")
    .map((uri) => vscode.Uri.joinPath(uri, "..").fsPath)
    .sort();
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
