import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";
import type { TracePanels } from "../panel/trace-panels.ts";
import type { Database } from "../sources/databases.ts";
import type { Place } from "../steps/step-index.ts";
import { plainLabel } from "../views/plain-label.ts";
import { stepAtCursor } from "../views/step-editors.ts";
import { rangeOf, type StepFiles } from "../views/step-files.ts";
import type { StepSpansView, WantedSpans } from "../views/step-spans-view.ts";
import { wholeError } from "../views/step-text.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { keyOf } from "./panel.ts";
import type { CommandTable } from "./register.ts";
import type { Rows } from "./rows.ts";

/** A step as a span knows it: its name, the pipeline of the span's run, and the path of the database. */
interface NamedStep {
  readonly name: string;
  readonly database: string;
  readonly pipeline: string;
}

interface Parts {
  readonly files: StepFiles;
  readonly panels: TracePanels;
  readonly rows: Rows;
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
  const parts = { files, panels, rows };
  return {
    "flujoLens.goToStep": async (argument) => {
      const step = await stepOfSpan(parts, argument);
      if (step === undefined) {
        const picked = await pickStep(files, vscode.l10n.t("Go to Step"));
        if (picked !== undefined) await openPlace(picked);
        return;
      }
      const near = files.near(await files.find(step.name), step.database);
      const places = files.likely(near, step.pipeline);
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
      const asked = askedSpans(argument) ?? (await allSpansOf(parts, argument));
      if (asked !== undefined) await list.show(asked.wanted, await databases.near(asked.file));
    },
    "flujoLens.openSpan": async (argument) => {
      const { database, runId, key } = await target(databases, argument);
      panels.showTrace(database, runId, key);
    },
    "flujoLens.copySpanError": async (argument) => {
      const { database, runId, key } = await target(databases, argument);
      if (key === undefined) return;
      const { error } = await (await database.store()).getSpanDetail(runId, key);
      await vscode.env.clipboard.writeText(error === null ? "" : wholeError(error).slice(0, MAX_ERROR));
      vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("Error copied")}`, 2000);
    },
    "flujoLens.clearStepSpans": () => list.clear(),
  };
}

/** The step of the span that a command was called on: a row of the sidebar, a row of a panel, or the selected row. */
async function stepOfSpan({ panels, rows }: Parts, argument: unknown): Promise<NamedStep | undefined> {
  const key = keyOf(argument);
  const panel = panels.active;
  if (key !== undefined && panel?.view.runId !== undefined) {
    const { span, run } = await (await panel.database.store()).getSpanDetail(panel.view.runId, key);
    return { name: span.name, pipeline: run.pipeline_name, database: panel.database.path };
  }
  if (argument === undefined) return undefined;
  const row = rows.span(argument);
  return row && { name: row.span.name, pipeline: row.run.pipeline_name, database: row.database.path };
}

interface AskedSpans {
  readonly wanted: WantedSpans;
  /** Its workspace folder says in which databases. */
  readonly file: vscode.Uri;
}

/** What a link or a CodeLens asks for. */
function askedSpans(argument: unknown): AskedSpans | undefined {
  if (typeof argument !== "object" || argument === null || !("name" in argument && "file" in argument))
    return undefined;
  const { name, file } = argument;
  if (typeof name !== "string" || typeof file !== "string") return undefined;
  const pipelines = "pipelines" in argument && Array.isArray(argument.pipelines) ? argument.pipelines : [];
  return {
    wanted: {
      name,
      pipelines: pipelines.filter((pipeline) => typeof pipeline === "string"),
      failures: "failures" in argument && argument.failures === true,
    },
    file: vscode.Uri.parse(file),
  };
}

/** The step of a span in whatever pipeline, else the one at the cursor, else one that is picked. */
async function allSpansOf(parts: Parts, argument: unknown): Promise<AskedSpans | undefined> {
  const ofSpan = await stepOfSpan(parts, argument);
  if (ofSpan !== undefined) {
    const wanted = { name: ofSpan.name, pipelines: [], failures: false };
    return { wanted, file: vscode.Uri.file(ofSpan.database) };
  }
  const editor = vscode.window.activeTextEditor;
  const atCursor = editor && (await stepAtCursor(parts.files, editor));
  const place = atCursor
    ? { file: editor.document.uri.toString(), definition: atCursor }
    : await pickStep(parts.files, vscode.l10n.t("Find All Spans of a Step"));
  if (place === undefined) return undefined;
  const { name, pipelines } = place.definition;
  return { wanted: { name, pipelines, failures: false }, file: vscode.Uri.parse(place.file) };
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

async function pickStep(files: StepFiles, title: string): Promise<Place | undefined> {
  const searched = files.start().then(() =>
    [...files.files]
      .flatMap(([file, definitions]) =>
        definitions
          .filter(({ kind }) => kind !== "pipeline")
          .map((definition) => ({
            label: plainLabel(definition.name),
            description: `${pathOf(file)}:${definition.line}`,
            place: { file, definition },
          })),
      )
      .sort((a, b) => a.label.localeCompare(b.label)),
  );
  const picked = await vscode.window.showQuickPick(searched, {
    title,
    placeHolder: vscode.l10n.t("Name of a step"),
    matchOnDescription: true,
  });
  return picked?.place;
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
