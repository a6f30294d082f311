import * as vscode from "vscode";
import { formatCost, formatCount, formatDuration, formatTime } from "../format/numbers.ts";
import { inputPreview, timesUsual } from "../format/span-facts.ts";
import { oneLine } from "../format/text.ts";
import type { RunDetail, SpanDetail, SpanError, UsualDuration } from "../store/model.ts";
import { InertMarkdown } from "./inert-markdown.ts";
import { stateName } from "./state-icons.ts";

const MESSAGE_LENGTH = 500;

/** What a span did. A failed one says first why it failed. */
export function spanTooltip(detail: SpanDetail): vscode.MarkdownString {
  const { span } = detail;
  const text = new InertMarkdown();
  if (detail.error !== null) errorLine(text, detail.error).gap();
  const attempt = span.attempt === null ? [] : [vscode.l10n.t("attempt {0}", span.attempt)];
  text.line({ strong: oneLine(span.name) }, ` · ${[stateName(span.state), ...attempt].join(" · ")}`);
  text.line(durationText(span.duration, detail.usual));
  const spent = spentText(span.cost, span.tokens);
  if (spent !== undefined) text.line(spent);
  if (detail.provisional)
    text.line(vscode.l10n.t("Made from the run's steps: its trace is not written yet."));
  if (detail.parents.length > 0) {
    text.line(vscode.l10n.t("in {0}", chain(detail.parents)));
  }
  if (span.state === "failed" && detail.input !== null && detail.input !== "") {
    text.gap().line(vscode.l10n.t("Input"));
    preview(text, detail.input);
  }
  return text.build();
}

/** The facts of a run, and why it failed. */
export function runTooltip({ run, error }: RunDetail): vscode.MarkdownString {
  const text = new InertMarkdown();
  if (error !== null) errorLine(text, error).gap();
  const version = run.pipeline_version === null ? "" : ` ${oneLine(run.pipeline_version, 40)}`;
  text.line({ strong: oneLine(run.pipeline_name) }, `${version} · ${oneLine(run.status, 40)}`);
  text.line(oneLine(run.run_id));
  text.line(`${formatTime(run.start_time)} · ${durationText(run.duration, null)}`);
  const spans =
    run.span_count === 0
      ? vscode.l10n.t("no trace yet")
      : vscode.l10n.t("{0} spans, {1} failed", formatCount(run.span_count), formatCount(run.failed_count));
  text.line(
    [spans, spentText(run.total_cost, run.total_tokens)].filter((part) => part !== undefined).join(" · "),
  );
  return text.build();
}

function errorLine(text: InertMarkdown, error: SpanError): InertMarkdown {
  const message = oneLine(error.message, MESSAGE_LENGTH);
  return text.line({ strong: oneLine(error.type, 100) }, message === "" ? "" : `: ${message}`);
}

/** "613 ms · 3.1x its usual 198 ms". */
function durationText(duration: number | null, usual: UsualDuration | null): string {
  if (duration === null) return vscode.l10n.t("not ended");
  const shown = formatDuration(duration);
  const times = usual === null ? undefined : timesUsual(duration, usual.p50);
  if (usual === null || times === undefined) return shown;
  return vscode.l10n.t("{0} · {1}x its usual {2}", shown, Number(times), formatDuration(usual.p50));
}

function spentText(cost: number | null, tokens: number | null): string | undefined {
  const parts: string[] = [];
  if (cost !== null) parts.push(formatCost(cost));
  if (tokens !== null) parts.push(vscode.l10n.t("{0} tokens", formatCount(tokens)));
  return parts.length > 0 ? parts.join(" · ") : undefined;
}

/** The parents, root first; the middle of a very long chain is left out. */
function chain(parents: readonly string[]): string {
  const shown = parents.length <= 8 ? parents : [...parents.slice(0, 3), "…", ...parents.slice(-4)];
  return shown.map((name) => oneLine(name, 60)).join(" › ");
}

function preview(text: InertMarkdown, input: string): void {
  const { text: shown, language } = inputPreview(input);
  text.code(shown, language);
}
