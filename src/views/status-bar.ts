import * as vscode from "vscode";
import { formatStaleness } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Database, Databases } from "../sources/databases.ts";
import type { Health } from "../sources/health.ts";
import { plainLabel } from "./plain-label.ts";

/** Milliseconds. An age is drawn in seconds, and only while there is one to draw. */
const TICK = 1_000;

/** Tells how fresh the databases on screen are: live, of some age, unreadable, or paused. Hidden when none is on screen. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscription: { dispose(): void };
  private clock: NodeJS.Timeout | undefined;

  constructor(private readonly databases: Databases) {
    this.item = vscode.window.createStatusBarItem("flujoLens.live", vscode.StatusBarAlignment.Right, 50);
    this.item.name = vscode.l10n.t("Flujo Lens");
    this.item.command = "flujoLens.liveStatus";
    this.subscription = databases.onHealth(() => this.draw());
    this.draw();
  }

  dispose(): void {
    clearInterval(this.clock);
    this.subscription.dispose();
    this.item.dispose();
  }

  private draw(): void {
    const shown = this.databases.all.filter((database) => database.held);
    const worst = worstOf(shown);
    clearInterval(this.clock);
    this.clock = undefined;
    if (worst === undefined || worst.kind === "unknown") {
      this.item.hide();
      return;
    }
    const { icon, text, severity } = describe(worst, this.databases.paused);
    this.item.text = `$(${icon}) Flujo: ${text}`;
    this.item.backgroundColor =
      severity === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
    // A string is shown as it is; Markdown would not be.
    const lines = shown.map((database) => sentenceOf(database));
    if (this.databases.paused) lines.unshift(vscode.l10n.t("Live updates are paused."));
    this.item.tooltip = lines.join("\n");
    this.item.accessibilityInformation = {
      label: vscode.l10n.t("Flujo Lens trace database: {0}", text),
      role: "button",
    };
    this.item.show();
    if (worst.kind === "stale") this.clock = setInterval(() => this.draw(), TICK);
  }
}

const ranks: Record<Health["kind"], number> = { unknown: 0, live: 1, stale: 2, partial: 3, unreadable: 4 };

function worstOf(databases: readonly Database[]): Health | undefined {
  return databases
    .map(({ health }) => health)
    .reduce<Health | undefined>(
      (worst, health) => (worst === undefined || ranks[health.kind] > ranks[worst.kind] ? health : worst),
      undefined,
    );
}

function describe(
  health: Exclude<Health, { kind: "unknown" }>,
  paused: boolean,
): { icon: string; text: string; severity?: "warning" } {
  switch (health.kind) {
    case "unreadable":
      return { icon: "warning", text: vscode.l10n.t("unreadable"), severity: "warning" };
    case "partial":
      return { icon: "warning", text: vscode.l10n.t("partial"), severity: "warning" };
    case "stale":
      return { icon: "history", text: vscode.l10n.t("{0} old", ageOf(health.at)) };
    case "live":
      return paused
        ? { icon: "debug-pause", text: vscode.l10n.t("paused") }
        : { icon: "pulse", text: vscode.l10n.t("live") };
  }
}

function sentenceOf({ name, health }: Database): string {
  const label = plainLabel(name, 60);
  switch (health.kind) {
    case "unknown":
      return vscode.l10n.t("{0} has not been read yet.", label);
    case "live":
      return vscode.l10n.t("{0} is shown as it is now.", label);
    case "stale":
      return vscode.l10n.t(
        "{0} is shown as it was {1} ago: {2}",
        label,
        ageOf(health.at),
        oneLine(health.reason, 500),
      );
    case "partial":
    case "unreadable":
      return oneLine(health.reason, 500);
  }
}

/** `at` in seconds since the epoch. */
function ageOf(at: number): string {
  return formatStaleness(at, Date.now() / 1000);
}
