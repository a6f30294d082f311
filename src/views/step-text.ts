import * as vscode from "vscode";
import { formatAge, formatCost, formatDuration, formatPercent } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { PipelineFigures, SpanError, State, StepSummary } from "../store/model.ts";
import { stateName } from "./state-icons.ts";

/** "p95 2.1 s", "4 % failed", "$0.012": what CodeLens says after the last run. Cost is that of one run on average. */
export function figureParts(figures: StepSummary | PipelineFigures): string[] {
  const parts: string[] = [];
  const count = "spans" in figures ? figures.spans : figures.runs;
  if (figures.p95 !== null) parts.push(vscode.l10n.t("p95 {0}", formatDuration(figures.p95)));
  if (count > 0) parts.push(vscode.l10n.t("{0} failed", formatPercent(figures.failed / count)));
  const cost = costPerRun(figures);
  if (cost !== null) parts.push(formatCost(cost));
  return parts;
}

/** US dollars that one run spends on average; null when nothing tells. */
export function costPerRun({ cost, runs }: { cost: number | null; runs: number }): number | null {
  return cost === null || runs === 0 ? null : cost / runs;
}

/** "✗ failed 3 min ago". */
export function lastText(state: State, time: number | null, now: number): string {
  return `${mark(state)} ${stateName(state)} ${formatAge(time, now)}`;
}

/** "tool_error: Tool 'search' raised KeyError". */
export function errorText(error: SpanError, max: number): string {
  const { type, message } = errorParts(error, max);
  return message === "" ? type : `${type}: ${message}`;
}

/** The same with every line of the message as it is. */
export function wholeError({ type, message }: SpanError): string {
  if (message === "") return type;
  return message.startsWith(`${type}:`) ? message : `${type}: ${message}`;
}

/** An error's type, and its message without the type that many messages begin with. */
export function errorParts(error: SpanError, max: number): { type: string; message: string } {
  const type = oneLine(error.type, 100);
  const message = oneLine(error.message, max);
  return { type, message: message.startsWith(`${type}:`) ? message.slice(type.length + 1).trim() : message };
}

function mark(state: State): string {
  switch (state) {
    case "failed":
      return "✗";
    case "completed":
      return "✓";
    case "running":
      return "●";
    case "paused":
      return "‖";
    case "cancelled":
      return "⊘";
    case "unknown":
      return "?";
  }
}
