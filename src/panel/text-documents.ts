import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";

const SCHEME = "flujo-lens-text";
/** VS Code hands no document of more than 50 MB to extensions; a character takes up to three bytes. */
const MOST_CHARACTERS = 16_000_000;

/** Long values of a trace as read-only documents. A text is kept as long as its document is open. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly disposables: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.disposables = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.texts.clear();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // A window that was loaded again opens its tabs again, but texts are kept nowhere.
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t("This value is no longer kept. Open it from its trace again.")
    );
  }

  /** Shows two texts side by side in VS Code's diff editor. */
  async diff(title: string, left: string, right: string): Promise<void> {
    const [from, to] = [left, right].map((text) => this.keep(title, text, ".txt")) as [
      vscode.Uri,
      vscode.Uri,
    ];
    await vscode.commands.executeCommand("vscode.diff", from, to, oneLine(title, 160), { preview: true });
  }

  /** Opens `text` in an editor tab named `title`. Rejects with `invalid_argument` when it is longer than VS Code can show. */
  async open(title: string, text: string, language: "json" | "plaintext"): Promise<void> {
    if (text.length > MOST_CHARACTERS) {
      throw new TraceError(
        "invalid_argument",
        vscode.l10n.t(
          "This value has {0} characters, more than an editor shows. Copy it instead.",
          text.length,
        ),
      );
    }
    const uri = this.keep(title, text, language === "json" ? ".json" : ".txt");
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  private keep(title: string, text: string, ending: string): vscode.Uri {
    this.count += 1;
    const name =
      oneLine(title, 80)
        .replace(/[/\\:?#]/g, " ")
        .trim() || "value";
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${this.count}/${name}${ending}` });
    this.texts.set(uri.toString(), text);
    return uri;
  }
}
