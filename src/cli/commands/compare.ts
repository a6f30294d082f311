import type { Command } from "commander";
import { formatCost, formatDuration } from "../../format/numbers.ts";
import { oneLine } from "../../format/text.ts";
import type { Change, ComparedStep, Comparison, OutlineSpan } from "../../store/model.ts";
import { parseRunId } from "../arguments.ts";
import type { Palette } from "../colour.ts";
import { staleNote } from "../notes.ts";
import type { StartSession } from "../program.ts";
import { runShape } from "../shapes.ts";
import { type Column, tableLines } from "../table.ts";

/** `flujo-lens compare RUN_A RUN_B`: two runs beside each other, step by step. */
export function addCompareCommand(program: Command, start: StartSession): void {
  program
    .command("compare")
    .summary("two runs beside each other, step by step")
    .description(
      "Aligns two runs by the paths of their steps and tells what was added or removed, what newly fails or is fixed, and " +
        "what is slower or faster by at least a fifth. Paths are the names from the root, joined by /; the second of several " +
        "siblings of one name is name[2].",
    )
    .argument("<run_a>", "run id or part of it", parseRunId)
    .argument("<run_b>", "run id or part of it", parseRunId)
    .action(async (a: string, b: string, _options: unknown, command: Command) => {
      const session = start(command);
      await session.withStore(async (store) => {
        const comparison = await store.compareRuns(a, b, { signal: session.signal });
        const stale = staleNote(comparison.snapshot);
        if (stale !== undefined) await session.note(stale);
        if (comparison.a.pipeline_name !== comparison.b.pipeline_name) {
          await session.note(
            `These are runs of two pipelines: ${comparison.a.pipeline_name} and ${comparison.b.pipeline_name}.`,
          );
        }
        if (session.json) await session.writeJson(shape(comparison));
        else {
          const columns = columnsFor(session.palette);
          await session.writeLines(
            heading(comparison),
            tableLines(columns, comparison.steps, session.palette, session.out.width),
          );
        }
      });
    });
}

function shape({ a, b, steps }: Comparison) {
  return {
    a: runShape(a),
    b: runShape(b),
    steps: steps.map((step) => ({
      path: step.path,
      change: step.change,
      a: side(step.a),
      b: side(step.b),
    })),
  };
}

function side(span: OutlineSpan | null) {
  return (
    span && {
      span_id: span.span_id,
      status: span.status,
      duration: span.duration,
      cost: span.cost,
      tokens: span.tokens,
    }
  );
}

function heading({ a, b }: Comparison): string[] {
  const line = (letter: string, run: Comparison["a"]) =>
    `${letter}  ${oneLine(run.run_id)} · ${oneLine(run.pipeline_name)} · ${oneLine(run.status)} · ${formatDuration(run.duration)}`;
  return [line("a", a), line("b", b), ""];
}

function columnsFor(palette: Palette): Column<ComparedStep>[] {
  const paint: Partial<Record<Change, Palette["red"]>> = {
    failing: palette.red,
    fixed: palette.green,
    slower: palette.yellow,
  };
  return [
    {
      title: "change",
      text: ({ change }) => (change === "same" ? "" : change),
      paint: ({ change }) => paint[change],
    },
    { title: "step", text: ({ path }) => path, shrinkTo: 24 },
    { title: "a", text: ({ a }) => formatDuration(a?.duration), align: "right" },
    { title: "b", text: ({ b }) => formatDuration(b?.duration), align: "right" },
    { title: "cost a", text: ({ a }) => formatCost(a?.cost), align: "right", optional: true },
    { title: "cost b", text: ({ b }) => formatCost(b?.cost), align: "right", optional: true },
  ];
}
