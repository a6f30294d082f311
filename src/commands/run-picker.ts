import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { formatAge, shortId } from "../format/numbers.ts";
import type { Database } from "../sources/databases.ts";
import type { Run } from "../store/model.ts";
import { plainLabel } from "../views/plain-label.ts";
import { stateIcon, stateName } from "../views/state-icons.ts";

/** A run and the database it is in. */
export interface PickedRun {
  readonly database: Database;
  readonly run: Run;
}

interface RunItem extends vscode.QuickPickItem {
  readonly match: PickedRun;
}

const LIMIT = 100;
/** Milliseconds without a key after which the databases are searched. */
const TYPING = 120;

/** What the list says, and which runs it leaves out. */
export interface RunChoice {
  readonly title?: string;
  /** Only runs of this pipeline. */
  readonly pipeline?: string;
  /** A run that is not offered. */
  readonly without?: string;
}

/** Lets the user choose among the runs of all databases, newest first. Typing searches ids and pipeline names. */
export function pickRun(
  databases: readonly Database[],
  log: vscode.LogOutputChannel,
  choice: RunChoice = {},
): Promise<PickedRun | undefined> {
  return new Promise((resolve) => {
    const picker = vscode.window.createQuickPick<RunItem | vscode.QuickPickItem>();
    let search = new AbortController();
    let typing: NodeJS.Timeout | undefined;
    let chosen: PickedRun | undefined;
    picker.title = choice.title ?? vscode.l10n.t("Show Trace");
    // One of several questions must not be lost to a click beside it.
    picker.ignoreFocusOut = choice.title !== undefined;
    picker.placeholder = vscode.l10n.t("Run id or pipeline");
    picker.matchOnDescription = true;

    const load = async () => {
      search.abort();
      search = new AbortController();
      const { signal } = search;
      picker.busy = true;
      const items = await findRuns(databases, picker.value.trim(), choice, signal, log);
      if (signal.aborted) return;
      picker.items = items;
      picker.busy = false;
    };
    picker.onDidChangeValue(() => {
      clearTimeout(typing);
      typing = setTimeout(() => void load(), TYPING);
    });
    picker.onDidAccept(() => {
      const item = picker.selectedItems[0];
      if (item === undefined || !("match" in item)) return;
      chosen = item.match;
      picker.hide();
    });
    picker.onDidHide(() => {
      clearTimeout(typing);
      search.abort();
      picker.dispose();
      resolve(chosen);
    });
    picker.show();
    void load();
  });
}

async function findRuns(
  databases: readonly Database[],
  search: string,
  choice: RunChoice,
  signal: AbortSignal,
  log: vscode.LogOutputChannel,
): Promise<(RunItem | vscode.QuickPickItem)[]> {
  const now = Date.now() / 1000;
  const query = { limit: LIMIT, pipeline: choice.pipeline, search: search === "" ? undefined : search };
  const failures: vscode.QuickPickItem[] = [];
  const lists = await Promise.all(
    databases.map(async (database): Promise<PickedRun[]> => {
      try {
        const runs = await (await database.store()).listRuns(query, { signal });
        return runs.flatMap((run) => (run.run_id === choice.without ? [] : { database, run }));
      } catch (thrown) {
        const error = TraceError.from(thrown);
        if (!signal.aborted) {
          log.error(`${database.path}: ${error.message}`, error);
          failures.push(sentence(error.message, "warning"));
        }
        return [];
      }
    }),
  );
  const found = lists.flat().sort((a, b) => (b.run.start_time ?? 0) - (a.run.start_time ?? 0));
  const items = found.slice(0, LIMIT).map((picked) => runItem(picked, databases.length > 1, now));
  if (items.length > 0 || failures.length > 0) return [...items, ...failures];
  return [
    sentence(
      search === "" ? vscode.l10n.t("There are no runs yet.") : vscode.l10n.t("No run matches."),
      "info",
    ),
  ];
}

function runItem(picked: PickedRun, several: boolean, now: number): RunItem {
  const { database, run } = picked;
  return {
    label: plainLabel(run.pipeline_name),
    description: plainLabel(
      `${shortId(run.run_id)} · ${stateName(run.state)} · ${formatAge(run.start_time, now)}`,
    ),
    detail: several ? plainLabel(database.path) : undefined,
    iconPath: stateIcon(run.state),
    // The databases have searched already, and in more than what is written here.
    alwaysShow: true,
    match: picked,
  };
}

function sentence(text: string, icon: string): vscode.QuickPickItem {
  return { label: plainLabel(text, 500), iconPath: new vscode.ThemeIcon(icon), alwaysShow: true };
}
