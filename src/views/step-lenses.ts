import * as vscode from "vscode";
import type { Definition } from "../steps/definition.ts";
import type { State } from "../store/model.ts";
import { plainLabel } from "./plain-label.ts";
import type { PipelineFact, StepFact, StepFacts } from "./step-facts.ts";
import type { StepFiles } from "./step-files.ts";
import { stepSettings } from "./step-settings.ts";
import { figureParts, lastText } from "./step-text.ts";

/** The last run and the figures above each step and pipeline. A click opens the failed span, or the list of all. */
export class StepLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly files: StepFiles,
    private readonly facts: StepFacts,
  ) {
    this.disposables = [
      this.changed,
      facts.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (stepSettings.affectedBy(event)) this.changed.fire();
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Ages grow: what stands there is written anew. */
  redraw(): void {
    this.changed.fire();
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    const mode = stepSettings.codeLens(document.uri);
    if (mode === "off") return [];
    const definitions = await this.files.in(document);
    if (definitions.length === 0 || token.isCancellationRequested) return [];
    const facts = await this.facts.of(document.uri, definitions);
    if (token.isCancellationRequested) return [];
    const now = Date.now() / 1000;
    const lines = new Map<number, number>();
    const placed = definitions.map((definition) => {
      const range = lensRange(document, definition);
      lines.set(range.start.line, (lines.get(range.start.line) ?? 0) + 1);
      return { definition, range };
    });
    return placed.flatMap(({ definition, range }) => {
      const { kind, name } = definition;
      const command =
        kind === "pipeline"
          ? pipelineCommand(facts.pipeline(definition)[0], mode === "failures", now)
          : stepCommand(
              document,
              definition,
              this.own(document, facts.step(definition)[0]),
              mode === "failures",
              now,
            );
      if (!command) return [];
      // Several on one line need their names to be told apart.
      const title =
        lines.get(range.start.line)! > 1 ? `${plainLabel(name, 60)}: ${command.title}` : command.title;
      return [new vscode.CodeLens(range, { ...command, title })];
    });
  }

  /** The fact, unless the step's pipeline is not known and a step of that name in another file stands in that of the last run. */
  private own(document: vscode.TextDocument, fact: StepFact | undefined): StepFact | undefined {
    if (fact === undefined || fact.summary.narrowed) return fact;
    const { run, span } = fact.summary.last;
    const known = this.files.known(span.name);
    const file = document.uri.toString();
    const here =
      known.length === 0 || this.files.likely(known, run.pipeline_name).some((place) => place.file === file);
    return here ? fact : undefined;
  }
}

function lensRange(document: vscode.TextDocument, { whole, kind, at }: Definition): vscode.Range {
  const position = document.positionAt(kind === "pipeline" ? at.from : whole.from);
  return new vscode.Range(position, position);
}

function stepCommand(
  { uri }: vscode.TextDocument,
  { name, pipelines }: Definition,
  fact: StepFact | undefined,
  onlyFailures: boolean,
  now: number,
): vscode.Command | undefined {
  if (!fact) return undefined;
  const { run, span } = fact.summary.last;
  if (onlyFailures && span.state !== "failed") return undefined;
  const title = titleOf(span.state, span.start_time ?? run.start_time, fact.summary, now);
  if (span.state === "failed") {
    return {
      command: "flujoLens.openSpan",
      title,
      tooltip: vscode.l10n.t("Open the failed span"),
      arguments: [{ database: fact.database.path, runId: run.run_id, key: span.key }],
    };
  }
  return {
    command: "flujoLens.findStepSpans",
    title,
    tooltip: vscode.l10n.t("Find all spans of this step"),
    arguments: [{ name, pipelines, file: uri.toString() }],
  };
}

function pipelineCommand(
  fact: PipelineFact | undefined,
  onlyFailures: boolean,
  now: number,
): vscode.Command | undefined {
  if (!fact) return undefined;
  const { last } = fact.figures;
  if (onlyFailures && last.state !== "failed") return undefined;
  return {
    command: "flujoLens.openSpan",
    title: titleOf(last.state, last.start_time, fact.figures, now),
    tooltip: vscode.l10n.t("Open the last run"),
    arguments: [{ database: fact.database.path, runId: last.run_id }],
  };
}

function titleOf(
  state: State,
  time: number | null,
  figures: StepFact["summary"] | PipelineFact["figures"],
  now: number,
): string {
  return [lastText(state, time, now), ...figureParts(figures)].join(" · ");
}
