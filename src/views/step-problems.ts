import * as vscode from "vscode";
import { shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Definition } from "../steps/definition.ts";
import { Sections } from "./sections.ts";
import type { StepFact, StepFacts } from "./step-facts.ts";
import { rangeOf, type StepFiles, stepDocuments } from "./step-files.ts";
import { stepSettings } from "./step-settings.ts";
import { errorText } from "./step-text.ts";

const SOURCE = "Flujo Lens";
/** Milliseconds in which several changes become one. */
const GATHER = 200;
const SEARCHING = 2_000;
const MESSAGE_LENGTH = 300;

interface Problem {
  readonly diagnostic: vscode.Diagnostic;
  readonly fact: StepFact;
}

interface SourceFile {
  /** Its address as a text. */
  readonly key: string;
  readonly uri: vscode.Uri;
  readonly severity: vscode.DiagnosticSeverity;
  readonly steps: readonly Definition[];
}

/** A problem at each step whose last run failed, until it next succeeds, with what can be done about it. */
export class StepProblems implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("flujoLens.steps");
  private readonly problems = new Map<string, readonly Problem[]>();
  private readonly disposables: vscode.Disposable[];
  private gathering: NodeJS.Timeout | undefined;
  private updates = 0;
  private started = false;
  /** Milliseconds, the longest that this held the thread; waiting for a database does not count. */
  longest = 0;
  private readonly record = (milliseconds: number) => {
    this.longest = Math.max(this.longest, milliseconds);
  };

  constructor(
    private readonly files: StepFiles,
    private readonly facts: StepFacts,
  ) {
    this.disposables = [
      this.collection,
      files.onDidChange(() => this.updateSoon()),
      facts.onDidChange(() => this.updateSoon()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (stepSettings.affectedBy(event)) this.updateSoon();
      }),
      vscode.languages.registerCodeActionsProvider(stepDocuments, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.gathering);
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Problems are looked for from now on. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.updateSoon();
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const problems = this.problems.get(document.uri.toString()) ?? [];
    return problems
      .filter(({ diagnostic }) => diagnostic.range.intersection(range))
      .flatMap(({ diagnostic, fact }) => actionsFor(diagnostic, fact));
  }

  private updateSoon(): void {
    if (!this.started) return;
    this.gathering ??= setTimeout(
      () => {
        this.gathering = undefined;
        void this.update();
      },
      // While the workspace is searched, something is new all the time.
      this.files.searching ? SEARCHING : GATHER,
    );
  }

  private async update(): Promise<void> {
    this.updates += 1;
    const update = this.updates;
    const sections = new Sections(this.record);
    const found = new Map<string, readonly Problem[]>();
    for (const files of await this.filesByFolder(sections)) {
      const steps = files.flatMap((file) => file.steps);
      sections.end();
      const known = await this.facts.of(files[0]!.uri, steps);
      sections.begin();
      for (const file of files) {
        await sections.breathe();
        if (update !== this.updates) return;
        const problems = file.steps.flatMap((step) => this.problemAt(file, step, known.step(step)[0]) ?? []);
        if (problems.length > 0) found.set(file.key, problems);
      }
    }
    for (const file of this.problems.keys())
      if (!found.has(file)) this.collection.delete(vscode.Uri.parse(file));
    for (const [file, problems] of found) {
      this.collection.set(
        vscode.Uri.parse(file),
        problems.map(({ diagnostic }) => diagnostic),
      );
    }
    this.problems.clear();
    for (const [file, problems] of found) this.problems.set(file, problems);
    sections.end();
  }

  /** Files with steps whose problems are wanted; those of one workspace folder are told of by the same databases. */
  private async filesByFolder(sections: Sections): Promise<SourceFile[][]> {
    const folders = new Map<string, SourceFile[]>();
    for (const [key, definitions] of this.files.files) {
      await sections.breathe();
      const uri = vscode.Uri.parse(key);
      const severity = stepSettings.problems(uri);
      const steps = definitions.filter(({ kind }) => kind !== "pipeline");
      if (severity === undefined || steps.length === 0) continue;
      const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() ?? "";
      const files = folders.get(folder) ?? [];
      folders.set(folder, files);
      files.push({ key, uri, severity, steps });
    }
    return [...folders.values()];
  }

  private problemAt(
    { key, severity }: SourceFile,
    step: Definition,
    fact: StepFact | undefined,
  ): Problem | undefined {
    if (fact?.summary.last.span.state !== "failed") return undefined;
    if (!fact.summary.narrowed) {
      const places = this.files.likely(this.files.known(step.name), fact.summary.last.run.pipeline_name);
      if (!places.some((place) => place.file === key)) return undefined;
    }
    const diagnostic = new vscode.Diagnostic(rangeOf(step), messageOf(fact), severity);
    diagnostic.source = SOURCE;
    return { diagnostic, fact };
  }
}

function messageOf({ summary }: StepFact): string {
  const { run, span } = summary.last;
  const name = oneLine(summary.name, 80);
  const id = shortId(run.run_id);
  return span.error
    ? vscode.l10n.t("{0} failed in run {1}: {2}", name, id, errorText(span.error, MESSAGE_LENGTH))
    : vscode.l10n.t("{0} failed in run {1}.", name, id);
}

function actionsFor(diagnostic: vscode.Diagnostic, { database, summary }: StepFact): vscode.CodeAction[] {
  const { run, span } = summary.last;
  const target = { database: database.path, runId: run.run_id, key: span.key };
  const actions = [
    action(diagnostic, vscode.l10n.t("Open Failed Span"), "flujoLens.openSpan", target),
    action(diagnostic, vscode.l10n.t("Copy Error"), "flujoLens.copySpanError", target),
  ];
  actions[0]!.isPreferred = true;
  // A terminal runs what the folder brings along.
  if (vscode.workspace.isTrusted) {
    actions.push(
      action(diagnostic, vscode.l10n.t("Replay Run in Terminal…"), "flujoLens.replayRun", {
        runId: run.run_id,
        database: database.path,
      }),
    );
  }
  return actions;
}

function action(
  diagnostic: vscode.Diagnostic,
  title: string,
  command: string,
  argument: unknown,
): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.diagnostics = [diagnostic];
  made.command = { command, title, arguments: [argument] };
  return made;
}
