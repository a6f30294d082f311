import * as vscode from "vscode";
import { shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { TextDocuments } from "../panel/text-documents.ts";
import type { ComparedStep, SpanDetail } from "../store/model.ts";
import type { TraceStore } from "../store/store.ts";
import type { ComparedRow, CompareView } from "../views/compare-view.ts";
import { plainLabel } from "../views/plain-label.ts";
import { wholeError } from "../views/step-text.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { withLateProgress } from "./progress.ts";
import type { CommandTable } from "./register.ts";
import type { Rows } from "./rows.ts";
import { type PickedRun, pickRun } from "./run-picker.ts";

/** Two runs beside each other, and a pair of their spans in VS Code's own diff editor. */
export function compareCommands(
  view: CompareView,
  documents: TextDocuments,
  databases: WorkspaceDatabases,
  rows: Rows,
  log: vscode.LogOutputChannel,
): CommandTable {
  return {
    "flujoLens.compareRuns": async (argument) => {
      const row = argument === undefined ? undefined : rows.run(argument);
      const available = await databases.available();
      const first: PickedRun | undefined =
        row ?? (await pickRun(available, log, { title: vscode.l10n.t("Compare Runs: the First One") }));
      if (first === undefined) return;
      const second = await pickRun([first.database], log, {
        title: vscode.l10n.t("Compare {0} With", shortId(first.run.run_id)),
        pipeline: first.run.pipeline_name,
        without: first.run.run_id,
      });
      if (second === undefined) return;
      const store = await first.database.store();
      // The older one stands on the left, whichever was chosen first.
      const [a, b] = [first.run, second.run].sort(
        (one, other) => (one.start_time ?? 0) - (other.start_time ?? 0),
      ) as [PickedRun["run"], PickedRun["run"]];
      const comparison = await withLateProgress(vscode.l10n.t("Comparing two runs"), (signal) =>
        store.compareRuns(a.run_id, b.run_id, { signal }),
      );
      await view.show(first.database, comparison);
    },
    "flujoLens.compareSpans": async (argument) => {
      if (isComparedRow(argument)) await showPair(argument, documents);
    },
    "flujoLens.clearComparison": () => view.clear(),
  };
}

async function showPair(
  { database, comparison, step }: ComparedRow,
  documents: TextDocuments,
): Promise<void> {
  const store = await database.store();
  const [left, right] = await Promise.all([
    partsOf(store, comparison.a.run_id, step.a),
    partsOf(store, comparison.b.run_id, step.b),
  ]);
  const names = [...new Set([...left.keys(), ...right.keys()])];
  if (names.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Neither span has an input, an output or attributes."),
    );
    return;
  }
  const items = names.map((name) => {
    const same = left.get(name) === right.get(name);
    return { label: name, description: same ? vscode.l10n.t("same") : vscode.l10n.t("differs"), same, name };
  });
  items.sort((a, b) => Number(a.same) - Number(b.same));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Compare {0}", plainLabel(step.path, 100)),
    placeHolder: vscode.l10n.t("What to show side by side"),
  });
  if (picked === undefined) return;
  const title = `${oneLine(step.path, 80)} · ${picked.name} (${shortId(comparison.a.run_id)} ↔ ${shortId(comparison.b.run_id)})`;
  await documents.diff(title, left.get(picked.name) ?? "", right.get(picked.name) ?? "");
}

/** The texts of a span by what they are; those that it has. */
async function partsOf(
  store: TraceStore,
  runId: string,
  span: ComparedStep["a"],
): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  if (span === null) return parts;
  const detail = await store.getSpanDetail(runId, span.key);
  const add = (name: string, text: string | null | undefined) => {
    if (text !== null && text !== undefined && text !== "") parts.set(name, readable(text));
  };
  add(vscode.l10n.t("Input"), detail.input);
  add(vscode.l10n.t("Output"), detail.output);
  add(vscode.l10n.t("Prompt"), promptOf(detail));
  add(vscode.l10n.t("Attributes"), detail.attributes_text);
  add(vscode.l10n.t("Error"), detail.error && wholeError(detail.error));
  return parts;
}

/** Whatever attributes are called prompts, one after the other. */
function promptOf({ attributes }: SpanDetail): string | undefined {
  if (typeof attributes === "string") return undefined;
  const found = Object.entries(attributes).filter(
    ([key]) => /prompt|messages/i.test(key) && !/token/i.test(key),
  );
  if (found.length === 0) return undefined;
  return found
    .map(
      ([key, value]) => `${key}:\n${typeof value === "string" ? value : JSON.stringify(value, undefined, 2)}`,
    )
    .join("\n\n");
}

/** JSON with a line for each value and keys in order, so that a difference stands on its own line. */
function readable(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const sorted =
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    return JSON.stringify(sorted, undefined, 2);
  } catch {
    return text;
  }
}

function isComparedRow(argument: unknown): argument is ComparedRow {
  return (
    typeof argument === "object" &&
    argument !== null &&
    "kind" in argument &&
    argument.kind === "comparedStep"
  );
}
