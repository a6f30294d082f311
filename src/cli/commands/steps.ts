import path from "node:path";
import type { Command } from "commander";
import { formatCost, formatCount, formatDuration, formatPercent, shortId } from "../../format/numbers.ts";
import type { Definition } from "../../steps/definition.ts";
import { languageOf } from "../../steps/language.ts";
import { readDefinitions } from "../../steps/read.ts";
import type { StepSummary } from "../../store/model.ts";
import type { StartSession } from "../program.ts";
import type { Session } from "../session.ts";
import { sourceFiles } from "../source-files.ts";
import { type Column, tableLines } from "../table.ts";

interface Row {
  readonly step: Definition;
  readonly file: string;
  readonly summary: StepSummary | undefined;
}

/** `flujo-lens steps [FOLDER]`: where the steps of pipelines are defined, and how they did. */
export function addStepsCommand(program: Command, start: StartSession): void {
  program
    .command("steps")
    .summary("where steps are defined in Python and YAML files")
    .description(
      "Lists the steps that the Python and YAML files of a folder define, with the place where each name is written. " +
        "Names that are built while the program runs are left out. With --db, also how the steps did: " +
        "the last span, and over all finished spans the percentiles in seconds, the share of failures and the sum of costs; " +
        "over the runs of the pipeline that the step stands in, or of all where the file or the database does not name it.",
    )
    .argument("[folder]", "folder to look through", ".")
    .action(async (folder: string, _options: unknown, command: Command) => {
      const session = start(command);
      const found = await findSteps(path.resolve(session.cwd, folder), session.signal);
      if (!session.namesDatabase) return print(session, found, false);
      await session.withStore(async (store) => {
        const wanted = found.map(({ step: { name, pipelines } }) => ({ name, pipelines }));
        const { steps } = await store.getStepSummaries({ steps: wanted }, { signal: session.signal });
        await print(
          session,
          found.map((row, index) => ({ ...row, summary: steps[index] })),
          true,
        );
      });
    });
}

async function findSteps(folder: string, signal: AbortSignal): Promise<Row[]> {
  const found: Row[] = [];
  for await (const file of sourceFiles(folder, (name) => languageOf(name) !== undefined)) {
    signal.throwIfAborted();
    for (const step of readDefinitions(languageOf(file.path)!, await file.read())) {
      if (step.kind !== "pipeline") found.push({ step, file: file.path, summary: undefined });
    }
  }
  return found;
}

async function print(session: Session, rows: readonly Row[], withFigures: boolean): Promise<void> {
  if (session.json) {
    await session.writeJson(
      rows.map((row) => (withFigures ? { ...place(row), ...figures(row.summary) } : place(row))),
    );
  } else if (rows.length === 0) {
    await session.writeLines(["No steps were found."]);
  } else {
    const columns = withFigures ? [...placeColumns, ...figureColumns] : placeColumns;
    await session.writeLines(tableLines(columns, rows, session.palette, session.out.width));
  }
}

function place({ step, file }: Row) {
  return { name: step.name, kind: step.kind, file, line: step.line, column: step.column };
}

/** Nulls for a step that never ran. */
function figures(summary: StepSummary | undefined) {
  return {
    last_status: summary?.last.span.status ?? null,
    last_run: summary?.last.run.run_id ?? null,
    runs: summary?.runs ?? 0,
    p50: summary?.p50 ?? null,
    p95: summary?.p95 ?? null,
    failure_rate: failureRate(summary) ?? null,
    cost: summary?.cost ?? null,
  };
}

function failureRate(summary: StepSummary | undefined): number | undefined {
  return summary === undefined || summary.spans === 0 ? undefined : summary.failed / summary.spans;
}

const placeColumns: readonly Column<Row>[] = [
  { title: "step", text: ({ step }) => step.name, shrinkTo: 16 },
  { title: "kind", text: ({ step }) => step.kind, optional: true },
  { title: "place", text: ({ step, file }) => `${file}:${step.line}:${step.column}` },
];

const figureColumns: readonly Column<Row>[] = [
  { title: "last", text: ({ summary }) => summary?.last.span.status ?? "–" },
  { title: "run", text: ({ summary }) => (summary ? shortId(summary.last.run.run_id) : "–"), optional: true },
  { title: "runs", text: ({ summary }) => formatCount(summary?.runs ?? 0), align: "right" },
  { title: "p50", text: ({ summary }) => formatDuration(summary?.p50), align: "right" },
  { title: "p95", text: ({ summary }) => formatDuration(summary?.p95), align: "right" },
  { title: "failed", text: ({ summary }) => formatPercent(failureRate(summary)), align: "right" },
  { title: "cost", text: ({ summary }) => formatCost(summary?.cost), align: "right", optional: true },
];
