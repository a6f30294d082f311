import type { Command } from "commander";
import { formatDuration, formatTime } from "../../format/numbers.ts";
import { oneLine } from "../../format/text.ts";
import type { Span } from "../../store/model.ts";
import { stateOfSpan } from "../../store/status.ts";
import { parseFilterFor, parseRunId } from "../arguments.ts";
import type { Palette } from "../colour.ts";
import { markOf, painterOf } from "../marks.ts";
import type { StartSession } from "../program.ts";
import { shaped, spanShape } from "../shapes.ts";
import { type Column, tableLines } from "../table.ts";

interface SpansOptions {
  readonly status?: string;
  readonly name?: string;
  readonly filter?: string;
}

/** `flujo-lens spans RUN`: the spans of a run as a list. */
export function addSpansCommand(program: Command, start: StartSession): void {
  program
    .command("spans")
    .summary("list the spans of a run")
    .description("Lists the spans of a run in order of start.")
    .argument("<run_id>", "run id or a part that only one run has", parseRunId)
    .option("--status <status>", "only spans with this status, as flujo writes it")
    .option("--name <name>", "only spans with this name")
    .option(
      "--filter <expression>",
      "only spans that it takes: 'status = failed and duration > 2s'",
      parseFilterFor("spans"),
    )
    .action(async (runId: string, options: SpansOptions, command: Command) => {
      const session = start(command);
      await session.withStore(async (store) => {
        const spans = await store.getSpans(runId, options, { signal: session.signal });
        if (session.json) await session.writeJson(shaped(spans, spanShape));
        else if (spans.length === 0) await session.writeLines([whyEmpty(runId, options)]);
        else await session.writeLines(spanLines(spans, session.palette, session.out.width));
      });
    });
}

function whyEmpty(runId: string, { status, name, filter }: SpansOptions): string {
  const filters = [
    status === undefined ? "" : `the status "${oneLine(status, 100)}"`,
    name === undefined ? "" : `the name "${oneLine(name, 100)}"`,
    filter === undefined ? "" : `what the filter "${oneLine(filter, 100)}" asks for`,
  ].filter((filter) => filter !== "");
  if (filters.length > 0) return `No span of this run has ${filters.join(" and ")}.`;
  return `This run has no spans: flujo writes them when a run ends. "flujo-lens show ${oneLine(runId, 100)}" lists its steps.`;
}

function spanLines(spans: readonly Span[], palette: Palette, width: number): Generator<string> {
  const state = (span: Span) => stateOfSpan(span.status, span.end_time !== null);
  const columns: Column<Span>[] = [
    {
      title: "status",
      text: (span) => `${markOf(state(span))} ${span.status}`,
      paint: (span) => painterOf(state(span), palette),
    },
    { title: "name", text: (span) => span.name || "(no name)", shrinkTo: 12, paint: () => palette.bold },
    { title: "duration", text: (span) => formatDuration(durationOf(span)), align: "right" },
    { title: "started", text: (span) => formatTime(span.start_time) },
    { title: "span", text: (span) => span.span_id, shrinkTo: 8, paint: () => palette.cyan },
    { title: "parent", text: (span) => span.parent_span_id ?? "", shrinkTo: 8, paint: () => palette.dim },
  ];
  return tableLines(columns, spans, palette, width);
}

function durationOf({ start_time, end_time }: Span): number | null {
  return start_time === null || end_time === null ? null : end_time - start_time;
}
