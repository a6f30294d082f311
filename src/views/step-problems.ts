import * as vscode from "vscode";
import { shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { StepFact, StepFacts } from "./step-facts.ts";
import { rangeOf, type StepFiles, stepDocuments } from "./step-files.ts";
import { stepSettings } from "./step-settings.ts";
import { errorText } from "./step-text.ts";

const SOURCE = "Flujo Lens";
/** Milliseconds in which several changes become one. */
const GATHER = 200;
const MESSAGE_LENGTH = 300;

interface Problem {
  readonly diagnostic: vscode.Diagnostic;
  readonly fact: StepFact;
}

/** A problem at each step whose last run failed, until it next succeeds, with what can be done about it. */
export class StepProblems implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("flujoLens.steps");
  private readonly problems = new Map<string, readonly Problem[]>();
  private readonly disposables: vscode.Disposable[];
  private gathering: NodeJS.Timeout | undefined;
  private updates = 0;
  private started = false;

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
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      void this.update();
    }, GATHER);
  }

  private async update(): Promise<void> {
    this.updates += 1;
    const update = this.updates;
    const found = new Map<string, readonly Problem[]>();
    for (const [file, definitions] of this.files.files) {
      const uri = vscode.Uri.parse(file);
      const severity = stepSettings.problems(uri);
      const steps = definitions.filter(({ kind }) => kind !== "pipeline");
      if (severity === undefined || steps.length === 0) continue;
      const known = await this.facts.of(uri, steps);
      if (update !== this.updates) return;
      const problems = steps.flatMap((step): Problem[] => {
        const fact = known.step(step)[0];
        if (fact?.summary.last.span.state !== "failed") return [];
        const places = this.files.likely(this.files.known(step.name), fact.summary.last.run.pipeline_name);
        if (!fact.summary.narrowed && !places.some((place) => place.file === file)) return [];
        const diagnostic = new vscode.Diagnostic(rangeOf(step), messageOf(fact), severity);
        diagnostic.source = SOURCE;
        return [{ diagnostic, fact }];
      });
      if (problems.length > 0) found.set(file, problems);
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
