import {
  formatAge,
  formatCost,
  formatCount,
  formatDuration,
  formatTime,
  shortId,
} from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Run } from "../store/model.ts";
import type { Palette } from "./colour.ts";
import { markOf, painterOf } from "./marks.ts";
import { type Column, tableLines } from "./table.ts";

/** From here on a terminal has room for whole run ids. */
const WIDE = 132;

/** A table of runs. */
export function runLines(runs: readonly Run[], palette: Palette, width: number): Generator<string> {
  const id = (run: Run) => (width >= WIDE ? run.run_id : shortId(run.run_id));
  const columns: Column<Run>[] = [
    {
      title: "status",
      text: (run) => `${markOf(run.state)} ${run.status}`,
      paint: (run) => painterOf(run.state, palette),
    },
    { title: "run", text: id, paint: () => palette.cyan },
    {
      title: "pipeline",
      text: (run) => run.pipeline_name || "(no name)",
      shrinkTo: 12,
      paint: () => palette.bold,
    },
    { title: "started", text: (run) => formatTime(run.start_time) },
    { title: "duration", text: (run) => formatDuration(run.duration), align: "right" },
    { title: "spans", text: (run) => formatCount(run.span_count), align: "right", optional: true },
    {
      title: "failed",
      text: (run) => (run.failed_count === 0 ? "" : formatCount(run.failed_count)),
      align: "right",
      paint: () => palette.red,
    },
    { title: "cost", text: (run) => formatCost(run.total_cost), align: "right" },
  ];
  return tableLines(columns, runs, palette, width);
}

/** A run's title and its facts, in two lines. */
export function runHeading(run: Run, palette: Palette, now: number): string[] {
  const state = painterOf(run.state, palette);
  const name = oneLine(run.pipeline_name, 120) || "(no name)";
  const version = run.pipeline_version === null ? "" : palette.dim(` ${oneLine(run.pipeline_version, 40)}`);
  const facts = [
    startFact(run, now),
    run.duration === null ? "" : formatDuration(run.duration),
    run.total_cost === null ? "" : formatCost(run.total_cost),
    run.total_tokens === null ? "" : `${formatCount(run.total_tokens)} tokens`,
    spanFact(run, palette),
  ];
  return [
    `${state(markOf(run.state))} ${palette.bold(name)}${version}  ${state(oneLine(run.status, 40))}`,
    `  ${[palette.cyan(oneLine(run.run_id, 200)), ...facts.filter((fact) => fact !== "")].join(" · ")}`,
  ];
}

/** The start, and how long ago it was while that says more than the date does. */
function startFact({ start_time }: Run, now: number): string {
  if (start_time === null) return "start unknown";
  const age = formatAge(start_time, now);
  const time = formatTime(start_time);
  return time.startsWith(age) ? time : `${time} (${age})`;
}

function spanFact(run: Run, palette: Palette): string {
  const spans = `${formatCount(run.span_count)} ${run.span_count === 1 ? "span" : "spans"}`;
  return run.failed_count === 0
    ? spans
    : `${spans}, ${palette.red(`${formatCount(run.failed_count)} failed`)}`;
}
