import * as vscode from "vscode";
import type { Definition } from "../steps/definition.ts";
import { definitionAt } from "../steps/step-index.ts";
import type { StepFacts } from "./step-facts.ts";
import { languageOfDocument, type StepFiles } from "./step-files.ts";
import type { StepLenses } from "./step-lenses.ts";
import type { StepProblems } from "./step-problems.ts";
import { stepSettings } from "./step-settings.ts";

/** Milliseconds that the cursor rests before anything follows it. */
const REST = 150;
/** Milliseconds after which ages are written anew. */
const MINUTE = 60_000;

/** Begins the work beside the source when a file with steps is looked at, lets it rest otherwise, and follows the cursor. */
export class StepEditors implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[];
  private resting: NodeJS.Timeout | undefined;
  private marked: string | undefined;
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly files: StepFiles,
    private readonly facts: StepFacts,
    private readonly problems: StepProblems,
    private readonly lenses: StepLenses,
    /** Shows which spans belong to the step at the cursor; undefined for none. */
    private readonly highlight: (name: string | undefined) => void,
  ) {
    const look = () => void this.look();
    this.disposables = [
      vscode.window.onDidChangeVisibleTextEditors(look),
      vscode.window.onDidChangeActiveTextEditor(() => this.follow()),
      vscode.window.onDidChangeTextEditorSelection(() => this.follow()),
      files.onDidChange(look),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!stepSettings.affectedBy(event)) return;
        look();
        this.follow();
      }),
    ];
    look();
  }

  dispose(): void {
    clearTimeout(this.resting);
    clearInterval(this.clock);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async look(): Promise<void> {
    const documents = vscode.window.visibleTextEditors
      .map(({ document }) => document)
      .filter((document) => document.uri.scheme === "file" && languageOfDocument(document) !== undefined);
    let wanted = false;
    for (const document of documents) {
      wanted ||= stepSettings.any(document.uri) && (await this.files.in(document)).length > 0;
    }
    this.facts.setActive(wanted);
    clearInterval(this.clock);
    if (!wanted) return;
    this.clock = setInterval(() => this.lenses.redraw(), MINUTE);
    this.problems.start();
    void this.files.start();
  }

  private follow(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.showStep(), REST);
  }

  private async showStep(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    // A panel in front takes the keyboard, not the highlight.
    if (!editor) return;
    const { uri } = editor.document;
    const highlights = stepSettings.highlight(uri);
    const name =
      highlights || stepSettings.any(uri) ? (await stepAtCursor(this.files, editor))?.name : undefined;
    if (editor !== vscode.window.activeTextEditor) return;
    void vscode.commands.executeCommand("setContext", "flujoLens.stepAtCursor", name !== undefined);
    const marked = highlights ? name : undefined;
    if (marked === this.marked) return;
    this.marked = marked;
    this.highlight(marked);
  }
}

/** The step that the cursor is in. */
export async function stepAtCursor(
  files: StepFiles,
  editor: vscode.TextEditor,
): Promise<Definition | undefined> {
  if (languageOfDocument(editor.document) === undefined) return undefined;
  const steps = (await files.in(editor.document)).filter(({ kind }) => kind !== "pipeline");
  return definitionAt(steps, editor.document.offsetAt(editor.selection.active));
}
