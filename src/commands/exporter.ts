import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { collectRuns, type ExportPick } from "../export/collect.ts";
import { type ExportFormat, exportFormats, exportPieces, extensions } from "../export/formats.ts";
import { redactRuns, redactTexts } from "../export/redaction.ts";
import {
  type StatisticsFormat,
  statisticsEndings,
  statisticsFormats,
  statisticsPieces,
} from "../export/statistics.ts";
import { formatCount, formatDuration, formatTime } from "../format/numbers.ts";
import type { TextDocuments } from "../panel/text-documents.ts";
import type { PanelExports } from "../panel/trace-panel.ts";
import type { Database } from "../sources/databases.ts";
import type { ReportQuery, RunQuery } from "../store/model.ts";
import { stateName } from "../views/state-icons.ts";
import { askKeys, fileName, type ReadyExport, reviewAndSave } from "./export-dialogs.ts";
import { withLateProgress } from "./progress.ts";
import { showFailure } from "./register.ts";

/** A run in a database, with what of it leaves: all, or spans with what is below them, or those that a filter takes. */
export interface RunToExport {
  readonly database: Database;
  readonly runId: string;
  readonly spanIds?: readonly string[];
  readonly filter?: string;
}

/** Exports with a look at what leaves before it leaves; for commands and for the panel. */
export class Exporter {
  constructor(private readonly documents: TextDocuments) {}

  /** Some runs, or parts of them. */
  async runs(wanted: readonly RunToExport[]): Promise<void> {
    await this.export(() =>
      Promise.all(
        wanted.map(
          async ({ database, runId, spanIds, filter }): Promise<ExportPick> => ({
            store: await database.store(),
            runId,
            selection: { spanIds, filter },
          }),
        ),
      ),
    );
  }

  /** Every run that a query takes. */
  async found(database: Database, query: RunQuery): Promise<void> {
    await this.export(async (signal) => {
      const store = await database.store();
      const runs = await store.listRuns(query, { signal });
      return runs.map(({ run_id }) => ({ store, runId: run_id, selection: {} }));
    });
  }

  /** The figures of the Statistics tab. */
  async statistics(database: Database, query: ReportQuery): Promise<void> {
    const told: Readonly<Record<StatisticsFormat, readonly [label: string, description: string]>> = {
      csv: ["CSV", vscode.l10n.t("a line a name or group, for spreadsheets")],
      markdown: ["Markdown", vscode.l10n.t("figures, durations, errors and pipelines as tables")],
      html: ["HTML", vscode.l10n.t("a page that stands alone")],
      json: ["JSON", vscode.l10n.t("every figure of the tab, for programs")],
    };
    const format = await pick(statisticsFormats, told, vscode.l10n.t("Export Statistics As"));
    if (format === undefined) return;
    const store = await database.store();
    const report = await withLateProgress(vscode.l10n.t("Computing statistics"), (signal) =>
      store.getStatisticsReport(query, { signal }),
    );
    const scope = scopeOf(query);
    const clean = redactTexts({ statistics: report.statistics, report, scope, groupBy: query.groupBy });
    const total = formatCount(report.statistics.total_spans);
    await this.review({
      told: vscode.l10n.t("Figures of {0} spans will leave, and the messages of their errors.", total),
      report: clean.report,
      pieces: () => statisticsPieces(clean.value, format),
      name: fileName(`statistics-${database.name}`.replace(/\.\w+$/, ""), "statistics"),
      ending: statisticsEndings[format],
      kind: format.toUpperCase(),
    });
  }

  private async export(picks: (signal: AbortSignal) => Promise<ExportPick[]>): Promise<void> {
    const format = await pickFormat();
    if (format === undefined) return;
    const keys = await askKeys();
    if (keys === undefined) return;
    const { runs, report } = await withLateProgress(vscode.l10n.t("Reading the trace"), async (signal) =>
      redactRuns(await collectRuns(await picks(signal), { signal }), { keys }),
    );
    if (runs.length === 0) {
      throw new TraceError(
        "not_found",
        vscode.l10n.t("The filter takes nothing: there is nothing to export."),
      );
    }
    const spans = runs.reduce((sum, one) => sum + one.spans.length, 0);
    const [{ run }] = runs as readonly [(typeof runs)[number]];
    await this.review({
      told: toldOf(runs.length, spans),
      report,
      pieces: () => exportPieces(runs, format),
      name: runs.length === 1 ? fileName(`${run.pipeline_name}-${run.run_id}`, "run") : `${runs.length}-runs`,
      ending: extensions[format],
      kind: format.toUpperCase(),
    });
  }

  private review(ready: ReadyExport): Promise<void> {
    return reviewAndSave(ready, this.documents);
  }
}

/** How the pages of panels begin exports: nobody waits for them. */
export function panelExports(exporter: Exporter, log: vscode.LogOutputChannel): PanelExports {
  const begin = (work: Promise<void>) =>
    void work.catch((thrown: unknown) => showFailure(TraceError.from(thrown), log, "export"));
  return {
    run: (database, run) => begin(exporter.runs([{ database, ...run }])),
    statistics: (database, query) => begin(exporter.statistics(database, query)),
  };
}

/** Which spans a question counts, in words. */
function scopeOf(query: ReportQuery): string[] {
  const { pipelineName, pipelineVersion, timeRange, durationRange, names, states, errorTypes } = query;
  const [from, to] = timeRange ?? [];
  const [least, most] = durationRange ?? [];
  const facts = [
    pipelineName === undefined ? undefined : vscode.l10n.t("pipeline {0}", pipelineName),
    pipelineVersion === undefined
      ? undefined
      : vscode.l10n.t("version {0}", pipelineVersion ?? vscode.l10n.t("none")),
    from === undefined ? undefined : vscode.l10n.t("started from {0}", formatTime(from)),
    to === undefined ? undefined : vscode.l10n.t("started until {0}", formatTime(to)),
    least === undefined ? undefined : vscode.l10n.t("at least {0}", formatDuration(least)),
    most === undefined ? undefined : vscode.l10n.t("at most {0}", formatDuration(most)),
    names && vscode.l10n.t("name {0}", names.join(", ")),
    states && vscode.l10n.t("status {0}", states.map(stateName).join(", ")),
    errorTypes &&
      vscode.l10n.t("error {0}", errorTypes.map((type) => type ?? vscode.l10n.t("none")).join(", ")),
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? [vscode.l10n.t("all spans")] : facts;
}

function toldOf(runs: number, spans: number): string {
  if (runs > 1)
    return vscode.l10n.t("{0} runs with {1} spans will leave.", formatCount(runs), formatCount(spans));
  return spans === 1
    ? vscode.l10n.t("One span will leave.")
    : vscode.l10n.t("{0} spans will leave.", formatCount(spans));
}

function pickFormat(): Promise<ExportFormat | undefined> {
  const told: Readonly<Record<ExportFormat, readonly [label: string, description: string]>> = {
    json: ["JSON", vscode.l10n.t("flujo's own tree; opens again with Flujo Lens")],
    otlp: ["OTLP JSON", vscode.l10n.t("for OpenTelemetry collectors and backends")],
    chrome: [vscode.l10n.t("Chrome trace events"), vscode.l10n.t("opens in Perfetto and speedscope")],
    csv: ["CSV", vscode.l10n.t("a line a span, for spreadsheets")],
    markdown: ["Markdown", vscode.l10n.t("facts, failures and the tree, for a bug report")],
    html: ["HTML", vscode.l10n.t("a page that stands alone")],
  };
  return pick(exportFormats, told, vscode.l10n.t("Export As"));
}

async function pick<F extends string>(
  formats: readonly F[],
  told: Readonly<Record<F, readonly [label: string, description: string]>>,
  title: string,
): Promise<F | undefined> {
  const picked = await vscode.window.showQuickPick(
    formats.map((format) => ({ format, label: told[format][0], description: told[format][1] })),
    { title },
  );
  return picked?.format;
}
