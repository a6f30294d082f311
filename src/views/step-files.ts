import { readFile, stat } from "node:fs/promises";
import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { Definition } from "../steps/definition.ts";
import { languageOf, type SourceLanguage } from "../steps/language.ts";
import { type Place, StepIndex } from "../steps/step-index.ts";
import { Sections } from "./sections.ts";

/** Documents that steps may be written in. */
export const stepDocuments: vscode.DocumentSelector = [
  { scheme: "file", language: "python" },
  { scheme: "file", language: "yaml" },
];

const PATTERN = "**/*.{py,yaml,yml}";
const SKIPPED = "**/{node_modules,site-packages,.venv,venv,env,.git,__pycache__,build,dist,.tox,.nox}/**";
const SKIPPED_PATH =
  /[/\\](?:node_modules|site-packages|\.?venv|env|\.git|__pycache__|build|dist|\.tox|\.nox)[/\\]/;
/** What is looked at in the background, at most: files, and bytes of one file. */
const MAX_FILES = 5_000;
const MAX_SIZE = 1_000_000;
/** Milliseconds after the last key. */
const TYPING = 400;

/** A document in which somebody types. */
interface Typing {
  timer: NodeJS.Timeout | undefined;
  readonly rests: Promise<void>;
  readonly rest: () => void;
}

interface Parsed {
  readonly version: number;
  readonly definitions: Promise<readonly Definition[]>;
}

/** Which steps the files of the workspace define. Does nothing before it is asked, and never holds the thread for long. */
export class StepFiles implements vscode.Disposable {
  private readonly index = new StepIndex();
  private readonly parsed = new WeakMap<vscode.TextDocument, Parsed>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when some file defines other steps than before. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private readonly typing = new Map<vscode.TextDocument, Typing>();
  private readonly waiting = new Set<string>();
  private search: Promise<void> | undefined;
  private rereading = false;
  private disposed = false;
  /** Milliseconds, the longest that the reading of sources held the thread. */
  longest = 0;
  private readonly record = (milliseconds: number) => {
    this.longest = Math.max(this.longest, milliseconds);
  };
  /** Whether the workspace is being looked through. */
  searching = false;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.disposables.push(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.parsed.has(document)) this.readAfterTyping(document);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.search !== undefined) void this.searchAgain();
      }),
    );
  }

  dispose(): void {
    this.disposed = true;
    for (const { timer } of this.typing.values()) clearTimeout(timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** The definitions in a document as it is now; while somebody types in it, as it is when they rest. */
  in(document: vscode.TextDocument): Promise<readonly Definition[]> {
    const known = this.parsed.get(document);
    if (known?.version === document.version) return known.definitions;
    const typing = this.typing.get(document);
    if (typing) return typing.rests.then(() => this.in(document));
    const definitions = this.parse(document);
    this.parsed.set(document, { version: document.version, definitions });
    return definitions;
  }

  /** Starts to look through the workspace, once. */
  start(): Promise<void> {
    this.search ??= this.searchAll()
      .catch((thrown: unknown) => {
        this.search = undefined;
        this.log.warn(`The workspace could not be searched for steps: ${TraceError.from(thrown).message}`);
      })
      .finally(() => {
        this.searching = false;
      });
    return this.search;
  }

  /** Where steps of this name are defined, in the files that have been looked at so far. */
  known(name: string): readonly Place[] {
    return this.index.find(name);
  }

  /** As {@link known}, after the whole workspace was looked through. */
  async find(name: string): Promise<readonly Place[]> {
    await this.start();
    return this.index.find(name);
  }

  /** Files, as texts of their addresses, with what each defines. */
  get files(): readonly (readonly [file: string, definitions: readonly Definition[]])[] {
    return this.index.files.map((file) => [file, this.index.in(file)]);
  }

  /** Of several places those that stand in the pipeline; all of them when none does. */
  likely(places: readonly Place[], pipeline: string): readonly Place[] {
    const fitting = places.filter(({ definition }) => definition.pipelines.includes(pipeline));
    return fitting.length > 0 ? fitting : places;
  }

  /** Of several places those in the workspace folder of a database; all of them when none is. */
  near(places: readonly Place[], database: string): readonly Place[] {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(database));
    const fitting = places.filter(
      ({ file }) => folder && vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(file)) === folder,
    );
    return fitting.length > 0 ? fitting : places;
  }

  private async parse(document: vscode.TextDocument): Promise<readonly Definition[]> {
    const language = languageOfDocument(document);
    if (language === undefined) return [];
    const { version } = document;
    // A closed or changed document needs no answer to its end.
    const stopped = () => document.isClosed || document.version !== version;
    const { readInSlices } = await parsers();
    const sections = new Sections(this.record);
    const found = await readInSlices(language, document.getText(), () => sections.pause(), stopped);
    sections.end();
    if (found === undefined) return document.isClosed ? [] : this.in(document);
    if (document.uri.scheme === "file") this.set(document.uri.toString(), found);
    return found;
  }

  private set(file: string, definitions: readonly Definition[]): void {
    if (this.index.set(file, definitions) && !this.disposed) this.changed.fire();
  }

  private readAfterTyping(document: vscode.TextDocument): void {
    const typing = this.typing.get(document) ?? newTyping();
    this.typing.set(document, typing);
    clearTimeout(typing.timer);
    typing.timer = setTimeout(() => {
      this.typing.delete(document);
      typing.rest();
      if (!document.isClosed) void this.in(document);
    }, TYPING);
  }

  private searchAgain(): Promise<void> {
    for (const file of this.index.files) this.index.set(file, []);
    this.search = undefined;
    return this.start();
  }

  private async searchAll(): Promise<void> {
    this.watch();
    this.searching = true;
    const began = performance.now();
    const found = await vscode.workspace.findFiles(PATTERN, SKIPPED, MAX_FILES);
    for (const uri of found) {
      if (this.disposed) return;
      if (uri.scheme === "file") await this.readFile(uri);
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.log.info(
      `Steps: ${found.length} files searched in ${seconds} s, longest section ${this.longest.toFixed(1)} ms.`,
    );
  }

  /** Watches for files that come, change and go, from the first search on. */
  private watch(): void {
    if (this.disposables.some((one) => "onDidCreate" in one)) return;
    const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    const again = (uri: vscode.Uri) => {
      if (SKIPPED_PATH.test(uri.path)) return;
      this.waiting.add(uri.toString());
      void this.readWaiting();
    };
    this.disposables.push(
      watcher,
      watcher.onDidCreate(again),
      watcher.onDidChange(again),
      watcher.onDidDelete((uri) => this.set(uri.toString(), [])),
    );
  }

  private async readWaiting(): Promise<void> {
    if (this.rereading) return;
    this.rereading = true;
    for (const file of this.waiting) {
      this.waiting.delete(file);
      await this.readFile(vscode.Uri.parse(file));
    }
    this.rereading = false;
  }

  private async readFile(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
    if (open) {
      await this.in(open);
      return;
    }
    const language = languageOf(uri.path);
    if (language === undefined) return;
    const size = await stat(uri.fsPath).then(
      (facts) => (facts.isFile() ? facts.size : Number.POSITIVE_INFINITY),
      () => Number.POSITIVE_INFINITY,
    );
    const text = size > MAX_SIZE ? "" : await readFile(uri.fsPath, "utf8").catch(() => "");
    const { readInSlices } = await parsers();
    const sections = new Sections(this.record);
    const clean = text.startsWith("\uFEFF") ? text.slice(1) : text;
    const found = await readInSlices(language, clean, () => sections.pause());
    this.set(key, found ?? []);
    await sections.pause();
  }
}

/** The parsers take a third of the time in which the extension loads, and databases open without them. */
function parsers(): Promise<typeof import("../steps/read.ts")> {
  return import("../steps/read.ts");
}

function newTyping(): Typing {
  let rest = () => {};
  const rests = new Promise<void>((resolve) => {
    rest = resolve;
  });
  return { timer: undefined, rests, rest };
}

export function languageOfDocument({ languageId }: vscode.TextDocument): SourceLanguage | undefined {
  return languageId === "python" || languageId === "yaml" ? languageId : undefined;
}

/** Where a definition's name is written. */
export function rangeOf({ line, column, at }: Definition): vscode.Range {
  return new vscode.Range(line - 1, column - 1, line - 1, column - 1 + (at.to - at.from));
}
