import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";
import type { TracePanels } from "../panel/trace-panels.ts";
import type { Database } from "../sources/databases.ts";
import type { Place } from "../steps/step-index.ts";
import { plainLabel } from "../views/plain-label.ts";
import { stepAtCursor } from "../views/step-editors.ts";
import { rangeOf, type StepFiles } from "../views/step-files.ts";
import type { StepSpansView } from "../views/step-spans-view.ts";
import { errorText } from "../views/step-text.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { keyOf } from "./panel.ts";
import type { CommandTable } from "./register.ts";
import type { Rows } from "./rows.ts";

/** A step as a span knows it: its name, and the pipeline of the span's run. */
interface NamedStep {
  readonly name: string;
  readonly pipeline: string | undefined;
}

const MAX_ERROR = 100_000;

/** From spans to the source of their step, and from there to its spans. */
export function stepCommands(
  files: StepFiles,
  list: StepSpansView,
  databases: WorkspaceDatabases,
  panels: TracePanels,
  rows: Rows,
): CommandTable {
  const parts = { files, databases, panels, rows };
  return {
    "flujoLens.goToStep": async (argument) => {
      const step =
        (await stepOfSpan(parts, argument)) ?? (await pickStep(files, vscode.l10n.t("Go to Step")));
      if (step === undefined) return;
      const places = files.likely(await files.find(step.name), step.pipeline);
      if (places.length === 0) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t(
            'No file of this workspace defines a step named "{0}"; its name may be built when the pipeline runs.',
            oneLine(step.name, 80),
          ),
        );
        return;
      }
      const place = places.length === 1 ? places[0] : await pickPlace(step.name, places);
      if (place !== undefined) await openPlace(place);
    },
    "flujoLens.findStepSpans": async (argument) => {
      const wanted = wantedSpans(argument);
      const editor = vscode.window.activeTextEditor;
      const name =
        wanted?.name ??
        (await stepOfSpan(parts, argument))?.name ??
        (editor && (await stepAtCursor(files, editor))) ??
        (await pickStep(files, vscode.l10n.t("Find All Spans of a Step")))?.name;
      if (name !== undefined) await list.show(name, wanted?.failures ?? false, await databases.available());
    },
    "flujoLens.openSpan": async (argument) => {
      const { database, runId, key } = await target(databases, argument);
      panels.showTrace(database, runId, key);
    },
    "flujoLens.copySpanError": async (argument) => {
      const { database, runId, key } = await target(databases, argument);
      if (key === undefined) return;
      const { error } = await (await database.store()).getSpanDetail(runId, key);
      await vscode.env.clipboard.writeText(
        error === null
          ? ""
          : error.message === ""
            ? errorText(error, 0)
            : `${error.type}: ${error.message}`.slice(0, MAX_ERROR),
      );
      vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("Error copied")}`, 2000);
    },
    "flujoLens.clearStepSpans": () => list.clear(),
  };
}

/** The step of the span that a command was called on: a row of the sidebar, a row of a panel, or the selected row. */
async function stepOfSpan(
  { panels, rows }: { panels: TracePanels; rows: Rows },
  argument: unknown,
): Promise<NamedStep | undefined> {
  const key = keyOf(argument);
  const panel = panels.active;
  if (key !== undefined && panel?.view.runId !== undefined) {
    const { span, run } = await (await panel.database.store()).getSpanDetail(panel.view.runId, key);
    return { name: span.name, pipeline: run.pipeline_name };
  }
  if (argument === undefined) return undefined;
  const row = rows.span(argument);
  return row && { name: row.span.name, pipeline: row.run.pipeline_name };
}

function wantedSpans(argument: unknown): { name: string; failures: boolean } | undefined {
  if (typeof argument !== "object" || argument === null || !("name" in argument)) return undefined;
  if (typeof argument.name !== "string") return undefined;
  return { name: argument.name, failures: "failures" in argument && argument.failures === true };
}

async function target(
  databases: WorkspaceDatabases,
  argument: unknown,
): Promise<{ database: Database; runId: string; key: number | undefined }> {
  if (typeof argument === "object" && argument !== null && "database" in argument && "runId" in argument) {
    const { database: path, runId } = argument;
    // Only what the window shows already is opened by a link.
    const database = typeof path === "string" ? await databases.find(path) : undefined;
    if (database && typeof runId === "string") return { database, runId, key: keyOf(argument) };
  }
  throw new TraceError(
    "not_found",
    vscode.l10n.t("The trace database of this span is no longer open; open it again."),
  );
}

async function pickStep(files: StepFiles, title: string): Promise<NamedStep | undefined> {
  const searched = files.start().then(() =>
    [...files.files]
      .flatMap(([file, definitions]) =>
        definitions
          .filter(({ kind }) => kind !== "pipeline")
          .map((definition) => ({
            label: plainLabel(definition.name),
            description: `${pathOf(file)}:${definition.line}`,
            name: definition.name,
          })),
      )
      .sort((a, b) => a.label.localeCompare(b.label)),
  );
  const picked = await vscode.window.showQuickPick(searched, {
    title,
    placeHolder: vscode.l10n.t("Name of a step"),
    matchOnDescription: true,
  });
  return picked && { name: picked.name, pipeline: undefined };
}

async function pickPlace(name: string, places: readonly Place[]): Promise<Place | undefined> {
  const picked = await vscode.window.showQuickPick(
    places.map((place) => ({
      label: `${pathOf(place.file)}:${place.definition.line}`,
      description: place.definition.kind,
      place,
    })),
    { title: vscode.l10n.t("{0} Steps Are Named {1}", places.length, plainLabel(name, 60)) },
  );
  return picked?.place;
}

async function openPlace({ file, definition }: Place): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.parse(file), { selection: rangeOf(definition) });
}

function pathOf(file: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(file));
}
