import * as vscode from "vscode";
import { findMistake } from "../filter/check.ts";
import { type Suggestion, suggestAt, type Vocabulary } from "../filter/suggest.ts";
import type { FilterError } from "../filter/syntax.ts";
import type { FilterMemory } from "../views/filter-memory.ts";
import { plainLabel } from "../views/plain-label.ts";

/** What it takes to write a filter of runs. */
export interface ExpressionInput {
  /** The filter to begin with. */
  readonly text: string;
  readonly memory: FilterMemory;
  /** The data's words; asked for once, while the person reads. */
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly help: () => unknown;
}

interface Item extends vscode.QuickPickItem {
  /** What Enter makes of it; nothing for a sentence. */
  readonly does?:
    | { readonly kind: "apply"; readonly text: string }
    | { readonly kind: "insert"; readonly suggestion: Suggestion };
  /** Name of the saved filter that it stands for. */
  readonly saved?: string;
}

/** Lets the user write a filter of runs, with completion, or take one that was kept; undefined when they changed their mind. */
export function askExpression(input: ExpressionInput): Promise<string | undefined> {
  const { memory } = input;
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<Item>();
    const save = {
      iconPath: new vscode.ThemeIcon("star-empty"),
      tooltip: vscode.l10n.t("Save This Filter…"),
    };
    const help = { iconPath: new vscode.ThemeIcon("question"), tooltip: vscode.l10n.t("Help on Filters") };
    let words: Vocabulary = { attributes: [], values: {} };
    let chosen: string | undefined;
    /** True while the name of a filter is asked for, which hides the list. */
    let away = false;
    const show = () => {
      pick.items = itemsFor(pick.value, words, memory);
      // VS Code would take the item that resembles the text most; Enter is for the filter as it is written.
      pick.activeItems = pick.items.slice(0, 1);
    };
    const saveFilter = async () => {
      if (mistakeIn(pick.value) !== undefined || pick.value.trim() === "") return;
      away = true;
      await memory.askAndSave(pick.value);
      away = false;
      show();
      pick.show();
    };
    pick.title = vscode.l10n.t("Show Runs That a Filter Takes");
    pick.placeholder = "duration > 2s and error_type in (timeout, rate_limit) and start > -24h";
    pick.value = input.text;
    pick.buttons = [save, help];
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      const does = pick.activeItems[0]?.does;
      if (does?.kind === "insert") {
        const { place, insert } = does.suggestion;
        pick.value = pick.value.slice(0, place.from) + insert + pick.value.slice(place.to);
        show();
      } else if (does?.kind === "apply") {
        chosen = does.text;
        pick.hide();
      }
    });
    pick.onDidTriggerButton((button) => {
      if (button === save) void saveFilter();
      else input.help();
    });
    pick.onDidTriggerItemButton(({ item: { saved } }) => {
      if (saved !== undefined) void memory.remove(saved).then(show);
    });
    pick.onDidHide(() => {
      if (away) return;
      pick.dispose();
      resolve(chosen);
    });
    show();
    pick.show();
    void input.vocabulary().then((found) => {
      words = found;
      // An empty line shows what was kept, and needs no words.
      if (pick.value !== "") show();
    });
  });
}

function mistakeIn(text: string): FilterError | undefined {
  return findMistake(text, "runs", Date.now() / 1000);
}

/** The filter as it is written comes first, then what could stand at its end, then what was kept. */
function itemsFor(text: string, words: Vocabulary, memory: FilterMemory): Item[] {
  const written = text.trim();
  const suggestions = suggestAt(text, text.length, words, "runs").map((suggestion) => insertItem(suggestion));
  const saved = memory.saved.map(({ name, text: filter }) => savedItem(name, filter));
  const recent = memory.recent.map((filter) => recentItem(filter));
  const kept = [...heading(vscode.l10n.t("saved"), saved), ...heading(vscode.l10n.t("used before"), recent)];
  const next = heading(vscode.l10n.t("how it can go on"), suggestions);
  return [firstItem(text), ...(written === "" ? [...kept, ...next] : [...next, ...kept])];
}

function firstItem(text: string): Item {
  const mistake = mistakeIn(text);
  if (mistake === undefined) {
    return {
      label: text.trim() === "" ? vscode.l10n.t("Show All Runs") : vscode.l10n.t("Show the Runs It Takes"),
      iconPath: new vscode.ThemeIcon("filter"),
      alwaysShow: true,
      does: { kind: "apply", text: text.trim() },
    };
  }
  const { from } = mistake.place;
  return {
    label: plainLabel(vscode.l10n.t(mistake.text, ...mistake.values)),
    // The mark stands under the place of the mistake as far as one line can show it.
    detail: plainLabel(`${text.slice(Math.max(0, from - 40), from)}▸${text.slice(from, from + 40)}`),
    description: vscode.l10n.t("at character {0}", from + 1),
    iconPath: new vscode.ThemeIcon("error", new vscode.ThemeColor("errorForeground")),
    alwaysShow: true,
  };
}

function insertItem(suggestion: Suggestion): Item {
  return {
    label: plainLabel(suggestion.label),
    description: suggestion.help === "" ? "" : vscode.l10n.t(suggestion.help),
    alwaysShow: true,
    does: { kind: "insert", suggestion },
  };
}

function savedItem(name: string, text: string): Item {
  return {
    label: plainLabel(name),
    description: plainLabel(text),
    iconPath: new vscode.ThemeIcon("star-full"),
    buttons: [{ iconPath: new vscode.ThemeIcon("trash"), tooltip: vscode.l10n.t("Delete") }],
    alwaysShow: true,
    saved: name,
    does: { kind: "apply", text },
  };
}

function recentItem(text: string): Item {
  return {
    label: plainLabel(text),
    iconPath: new vscode.ThemeIcon("history"),
    alwaysShow: true,
    does: { kind: "apply", text },
  };
}

function heading(label: string, items: Item[]): Item[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
