import type { Command } from "commander";
import { formatCost, formatCount, formatDuration } from "../../format/numbers.ts";
import { visible } from "../../format/text.ts";
import type { RunDetail, SpanError, Step } from "../../store/model.ts";
import { stateOfRun } from "../../store/status.ts";
import { parseRunId } from "../arguments.ts";
import type { Palette } from "../colour.ts";
import { markOf, painterOf } from "../marks.ts";
import { staleNote } from "../notes.ts";
import type { StartSession } from "../program.ts";
import { runHeading } from "../run-view.ts";
import { runShape } from "../shapes.ts";
import { type Column, tableLines } from "../table.ts";

/** `flujo-lens show RUN`: a run with its steps and its error. */
export function addShowCommand(program: Command, start: StartSession): void {
  program
    .command("show")
    .summary("show a run, its steps and its error")
    .description("Shows a run, its steps and its error.")
    .argument("<run_id>", "run id or a part that only one run has", parseRunId)
    .action(async (runId: string, _options: unknown, command: Command) => {
      const session = start(command);
      await session.withStore(async (store) => {
        const detail = await store.getRunDetail(runId, { signal: session.signal });
        const note = staleNote(detail.snapshot);
        if (note !== undefined) await session.note(note);
        if (session.json) {
          const { run, steps, error } = detail;
          await session.writeJson({ run: runShape(run), steps, error });
          return;
        }
        await session.writeLines(
          runHeading(detail.run, session.palette, session.now()),
          errorLines(detail.error, session.palette),
          [""],
          stepLines(detail, session.palette, session.out.width),
        );
      });
    });
}

function* errorLines(error: SpanError | null, palette: Palette): Generator<string> {
  if (error === null) return;
  yield "";
  yield palette.red(visible(error.type === "unknown" ? "Error" : error.type).replace(/\s+/g, " "));
  const message =
    error.message === "" ? "No error message was recorded." : visible(error.message.replace(/\r\n?/g, "\n"));
  for (const line of message.split("\n")) yield `  ${line}`;
}

function* stepLines({ steps, run }: RunDetail, palette: Palette, width: number): Generator<string> {
  if (steps.length === 0) {
    yield run.span_count > 0
      ? `No steps were recorded for this run; "flujo-lens trace" shows its spans.`
      : "No steps were recorded for this run.";
    return;
  }
  const columns: Column<Step>[] = [
    { title: "#", text: (step) => String(step.step_index), align: "right", paint: () => palette.dim },
    { title: "step", text: (step) => step.step_name || "(no name)", shrinkTo: 12, paint: () => palette.bold },
    {
      title: "status",
      text: (step) => `${markOf(stateOfRun(step.status))} ${step.status}`,
      paint: (step) => painterOf(stateOfRun(step.status), palette),
    },
    {
      title: "duration",
      text: (step) => formatDuration(step.duration_ms === null ? null : step.duration_ms / 1000),
      align: "right",
    },
    { title: "cost", text: (step) => formatCost(step.cost), align: "right" },
    { title: "tokens", text: (step) => formatCount(step.tokens), align: "right" },
    { title: "error", text: (step) => step.error ?? "", shrinkTo: 10, paint: () => palette.red },
  ];
  const hasErrors = steps.some((step) => step.error !== null && step.error !== "");
  yield* tableLines(hasErrors ? columns : columns.slice(0, -1), steps, palette, width);
}
