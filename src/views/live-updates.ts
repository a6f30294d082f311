import * as vscode from "vscode";
import type { Databases } from "../sources/databases.ts";

const SETTING = "flujoLens.liveUpdates";

/** Whether databases are followed while they are shown: the setting says so, and the command pauses it for this window. */
export class LiveUpdates implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(private readonly databases: Databases) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) this.followSetting();
    });
    this.followSetting();
  }

  toggle(): void {
    this.setPaused(!this.databases.paused);
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private followSetting(): void {
    this.setPaused(vscode.workspace.getConfiguration().get<unknown>(SETTING) === false);
  }

  private setPaused(paused: boolean): void {
    this.databases.setPaused(paused);
    void vscode.commands.executeCommand("setContext", "flujoLens.paused", paused);
  }
}
