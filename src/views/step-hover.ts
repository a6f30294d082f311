import * as vscode from "vscode";
import { formatCost, formatCount, formatDuration, formatPercent, shortId } from "../format/numbers.ts";
import { clip, oneLine } from "../format/text.ts";
import type { SpanDetail, StepSummary } from "../store/model.ts";
import { InertMarkdown } from "./inert-markdown.ts";
import { RECENT_RUNS, type StepFact, type StepFacts } from "./step-facts.ts";
import { rangeOf, type StepFiles } from "./step-files.ts";
import { stepSettings } from "./step-settings.ts";
import { costPerRun, errorParts, lastText } from "./step-text.ts";

const MESSAGE_LENGTH = 400;
const PREVIEW_LENGTH = 600;
/** Pipelines that are named, at most. */
const MAX_PIPELINES = 5;
/** Databases that one hover tells of. */
const MAX_DATABASES = 3;

/** What is told when the mouse lies on the name of a step. */
export class StepHover implements vscode.HoverProvider {
  constructor(
    private readonly files: StepFiles,
    private readonly facts: StepFacts,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!stepSettings.hover(document.uri)) return undefined;
    const offset = document.offsetAt(position);
    const definitions = await this.files.in(document);
    const definition = definitions.find(
      ({ at, kind }) => kind !== "pipeline" && offset >= at.from && offset <= at.to,
    );
    if (!definition || token.isCancellationRequested) return undefined;
    const facts = (await this.facts.of(document.uri, [definition])).step(definition);
    if (facts.length === 0 || token.isCancellationRequested) return undefined;
    const { name, pipelines } = definition;
    const contents: vscode.MarkdownString[] = [];
    for (const fact of facts.slice(0, MAX_DATABASES)) {
      const { state, key } = fact.summary.last.span;
      const detail = state === "failed" ? await detailOf(fact, fact.summary.last.run.run_id, key) : undefined;
      if (token.isCancellationRequested) return undefined;
      contents.push(
        text(fact, detail, facts.length > 1),
        links(fact, { name, pipelines, file: document.uri.toString() }),
      );
    }
    return new vscode.Hover(contents, rangeOf(definition));
  }
}

/** Without it the hover still tells the rest. */
async function detailOf({ database }: StepFact, runId: string, key: number): Promise<SpanDetail | undefined> {
  try {
    return await (await database.store()).getSpanDetail(runId, key);
  } catch {
    return undefined;
  }
}

function text(
  { database, summary }: StepFact,
  detail: SpanDetail | undefined,
  several: boolean,
): vscode.MarkdownString {
  const { run, span } = summary.last;
  const time = span.start_time ?? run.start_time;
  const markdown = new InertMarkdown();
  const attempt =
    span.attempt !== null && (span.attempt > 1 || span.state === "failed")
      ? ` · ${vscode.l10n.t("attempt {0}", span.attempt)}`
      : "";
  markdown.line(
    { strong: lastText(span.state, time, Date.now() / 1000) },
    ` · ${formatDuration(span.duration)}${attempt}`,
  );
  markdown.line(
    `${oneLine(run.pipeline_name, 80)} · ${shortId(run.run_id)}${several ? ` · ${oneLine(database.name, 80)}` : ""}`,
  );
  const error = detail?.error ?? span.error;
  if (error) {
    const { type, message } = errorParts(error, MESSAGE_LENGTH);
    markdown.gap().line({ strong: type }, message === "" ? "" : `: ${message}`);
    if (detail?.input)
      markdown.code(clip(detail.input, PREVIEW_LENGTH), /^\s*[[{]/.test(detail.input) ? "json" : "plaintext");
  }
  const parts = [
    vscode.l10n.t("p50 {0}", formatDuration(summary.p50)),
    vscode.l10n.t("p95 {0}", formatDuration(summary.p95)),
    ...(summary.spans > 0
      ? [vscode.l10n.t("{0} failed", formatPercent(summary.failed / summary.spans))]
      : []),
  ];
  const cost = costPerRun(summary);
  if (cost !== null) parts.push(vscode.l10n.t("{0} a run", formatCost(cost)));
  markdown.gap().line(parts.join(" · "));
  for (const sentence of scopeOf(summary)) markdown.line(sentence);
  return markdown.build();
}

/** Which spans were counted. */
function scopeOf({ spans, runs, pipelines, narrowed }: StepSummary): string[] {
  const names = pipelines.slice(0, MAX_PIPELINES).map((name) => oneLine(name, 40));
  if (pipelines.length > names.length) names.push("…");
  const counted = [formatCount(spans), formatCount(runs), RECENT_RUNS] as const;
  if (narrowed)
    return [vscode.l10n.t("{0} spans in {1} runs, of the newest {2} of {3}", ...counted, names.join(", "))];
  const sentence = vscode.l10n.t("{0} spans in {1} runs, of the newest {2} of each pipeline", ...counted);
  if (pipelines.length < 2) return [sentence];
  return [
    sentence,
    vscode.l10n.t(
      "{0} pipelines taken together ({1}), because this file does not tell which one the step stands in",
      formatCount(pipelines.length),
      names.join(", "),
    ),
  ];
}

/** The only Markdown that may run commands: three of them, with fixed labels. Nothing of a trace stands in it as text. */
function links(
  { database, summary }: StepFact,
  spans: { name: string; pipelines: readonly string[]; file: string },
): vscode.MarkdownString {
  const { run, span } = summary.last;
  const target = { database: database.path, runId: run.run_id, key: span.key };
  const parts = [
    link(vscode.l10n.t("Open Span"), "flujoLens.openSpan", target),
    link(vscode.l10n.t("All Spans"), "flujoLens.findStepSpans", spans),
  ];
  if (summary.failed > 0) {
    const failures = { ...spans, failures: true };
    parts.push(link(vscode.l10n.t("Failures"), "flujoLens.findStepSpans", failures));
  }
  const markdown = new vscode.MarkdownString(parts.join(" | "));
  markdown.isTrusted = { enabledCommands: ["flujoLens.openSpan", "flujoLens.findStepSpans"] };
  return markdown;
}

function link(label: string, command: string, argument: unknown): string {
  // Parentheses and quotes, which this encoding leaves alone, would end the address early.
  const query = encodeURIComponent(JSON.stringify([argument])).replace(
    /[!'()*~]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `[${label}](command:${command}?${query})`;
}
