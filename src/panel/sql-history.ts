import * as vscode from "vscode";

const KEY = "flujoLens.recentSql";
const MOST = 50;
/** UTF-16 units; a longer statement is not kept. */
const LONGEST = 20_000;

/** The statements that were run in this workspace, newest first, each once. */
export class SqlHistory implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private statements: readonly string[];

  constructor(private readonly here: vscode.Memento) {
    const kept = here.get<unknown>(KEY);
    this.statements = Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, MOST) : [];
  }

  get recent(): readonly string[] {
    return this.statements;
  }

  async remember(text: string): Promise<void> {
    const statement = text.trim();
    if (statement === "" || statement.length > LONGEST || this.statements[0] === statement) return;
    await this.set([statement, ...this.statements.filter((one) => one !== statement)].slice(0, MOST));
  }

  async forget(text: string): Promise<void> {
    await this.set(this.statements.filter((one) => one !== text));
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async set(statements: readonly string[]): Promise<void> {
    this.statements = statements;
    this.changed.fire();
    await this.here.update(KEY, statements);
  }
}
