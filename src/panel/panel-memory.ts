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
  private waiting: KnownPanel[];

  constructor(
    private readonly panelType: string,
    private readonly here: vscode.Memento,
  ) {
    this.waiting = readKnown(here.get<unknown>(KEY));
  }

  /** Remembers what is open, and what is still lost. */
  keep(open: readonly KnownPanel[]): void {
    const panels = [...open, ...this.waiting];
    void this.here.update(KEY, { session: vscode.env.sessionId, panels });
  }

  /** Says that VS Code restores the panels of before by itself. */
  forget(): void {
    this.waiting = [];
  }

  /**
   * The tabs in front of their groups that look like those of before.
   * @param served Whether a panel of this extension host is what a group shows.
   */
  inFront(served: (group: vscode.ViewColumn) => boolean): LostPanel[] {
    return vscode.window.tabGroups.all.flatMap(({ activeTab: tab, viewColumn }) => {
      if (!(tab?.input instanceof vscode.TabInputWebview) || served(viewColumn)) return [];
      if (tab.input.viewType !== PREFIX + this.panelType) return [];
      const known = this.waiting.find(({ title }) => title === tab.label);
      return known === undefined ? [] : [{ tab, view: known.view }];
    });
  }

  found({ view }: LostPanel): void {
    this.waiting = this.waiting.filter((panel) => panel.view !== view);
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
