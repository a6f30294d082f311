import * as vscode from "vscode";
import type { View } from "../protocol/messages.ts";
import { readKeptView } from "./validate.ts";

const KEY = "flujoLens.openPanels";
/** As VS Code calls tabs of webviews to extensions. */
const PREFIX = "mainThreadWebview-";

/** What is known of an open panel. */
export interface KnownPanel {
  /** As its tab is labelled. */
  readonly title: string;
  readonly view: View;
}

/** A tab of a panel that nobody answers any more. */
export interface LostPanel {
  readonly tab: vscode.Tab;
  readonly view: View;
}

/**
 * Which panels this window has open, for the day its extension host crashes: VS Code starts another one, keeps the tabs with
 * what they last showed, and restores panels only when the whole window is loaded again.
 */
export class PanelMemory {
  private readonly before: readonly KnownPanel[];

  constructor(
    private readonly panelType: string,
    private readonly here: vscode.Memento,
  ) {
    this.before = readKnown(here.get<unknown>(KEY));
  }

  keep(panels: readonly KnownPanel[]): void {
    void this.here.update(KEY, { session: vscode.env.sessionId, panels });
  }

  /** The tabs that an earlier extension host of this same window left behind; those in front of their group last. */
  lost(): LostPanel[] {
    const waiting = [...this.before];
    const lost: LostPanel[] = [];
    for (const tab of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
      const { input } = tab;
      if (!(input instanceof vscode.TabInputWebview) || input.viewType !== PREFIX + this.panelType) continue;
      const at = waiting.findIndex(({ title }) => title === tab.label);
      if (at >= 0) lost.push({ tab, view: waiting.splice(at, 1)[0]!.view });
    }
    return lost.sort((a, b) => Number(a.tab.isActive) - Number(b.tab.isActive));
  }
}

/** The panels of this session; those of another one are VS Code's to restore. */
function readKnown(kept: unknown): KnownPanel[] {
  if (typeof kept !== "object" || kept === null || !("session" in kept) || !("panels" in kept)) return [];
  if (kept.session !== vscode.env.sessionId || !Array.isArray(kept.panels)) return [];
  return kept.panels.flatMap((panel: unknown) => {
    const view = readKeptView(panel);
    if (view === undefined || typeof panel !== "object" || panel === null || !("title" in panel)) return [];
    return typeof panel.title === "string" ? [{ title: panel.title, view }] : [];
  });
}
