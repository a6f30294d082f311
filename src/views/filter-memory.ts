import * as vscode from "vscode";
import { recentFrom, type SavedFilter, savedFrom, withRecent, withSaved } from "../filter/saved.ts";

const SAVED_KEY = "flujoLens.savedFilters";
const RECENT_KEY = "flujoLens.recentFilters";

/** Filters that were named, kept for every workspace, and those used last, kept for this one. The same in all faces. */
export class FilterMemory implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private named: readonly SavedFilter[];
  private used: readonly string[];

  constructor(
    private readonly everywhere: vscode.Memento,
    private readonly here: vscode.Memento,
  ) {
    this.named = savedFrom(everywhere.get(SAVED_KEY));
    this.used = recentFrom(here.get(RECENT_KEY));
  }

  get saved(): readonly SavedFilter[] {
    return this.named;
  }

  /** Newest first. */
  get recent(): readonly string[] {
    return this.used;
  }

  /** Keeps a filter by a name; one of the same name gives way. */
  async save(name: string, text: string): Promise<void> {
    // Another window may have saved meanwhile.
    await this.setSaved(withSaved(savedFrom(this.everywhere.get(SAVED_KEY)), name, text));
  }

  async remove(name: string): Promise<void> {
    await this.setSaved(savedFrom(this.everywhere.get(SAVED_KEY)).filter((known) => known.name !== name));
  }

  /** Puts a filter that was used in front. */
  async remember(text: string): Promise<void> {
    const wanted = text.trim();
    if (wanted === "" || this.used[0] === wanted) return;
    this.used = withRecent(this.used, wanted);
    this.changed.fire();
    await this.here.update(RECENT_KEY, this.used);
  }

  /** Asks for a name and keeps the filter; false when the user changed their mind. */
  async askAndSave(text: string): Promise<boolean> {
    const known = this.named.find((one) => one.text === text.trim());
    const name = await vscode.window.showInputBox({
      title: vscode.l10n.t("Save Filter"),
      prompt: vscode.l10n.t("A name for this filter. An older filter of the same name is replaced."),
      placeHolder: text.trim(),
      value: known?.name,
      validateInput: (typed) => (typed.trim() === "" ? vscode.l10n.t("Write a name.") : undefined),
    });
    if (name === undefined || name.trim() === "") return false;
    await this.save(name.trim(), text.trim());
    return true;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async setSaved(saved: readonly SavedFilter[]): Promise<void> {
    this.named = saved;
    this.changed.fire();
    await this.everywhere.update(SAVED_KEY, saved);
  }
}
