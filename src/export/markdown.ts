import { formatCost, formatCount, formatDuration, formatPercent } from "../format/numbers.ts";
import { oneLine, visible } from "../format/text.ts";
import { walk } from "../format/walk.ts";
import type { SpanNode } from "../store/model.ts";
import { stateOfRun } from "../store/status.ts";
import { durationOf, type ExportedRun, errorOf } from "./exported.ts";

/** Rows of the tree, and failures told in full: a bug report that nobody can read to its end helps nobody. */
const MOST_ROWS = 200;
const MOST_FAILURES = 10;
const MAX_INDENT = 30;
/** UTF-16 units of one text. */
const MOST_TEXT = 4000;

/** Runs for a bug report: facts, failures, the tree of each. Text of the trace stays text in every reader of Markdown. */
export function* markdownLines(runs: readonly ExportedRun[]): Generator<string> {
  for (const [at, exported] of runs.entries()) {
    if (at > 0) yield "\n---\n\n";
    yield* runLines(exported);
  }
}

function* runLines(exported: ExportedRun): Generator<string> {
  const { run, spans, selected } = exported;
  yield `# ${inline(run.pipeline_name)}: ${inline(run.status)}\n\n`;
  yield "| | |\n|---|---|\n";
  const failed = spans.filter((span) => stateOfRun(span.status) === "failed");
  const facts: readonly (readonly [string, string])[] = [
    ["Run", inline(run.run_id)],
    ["Version", inline(run.pipeline_version ?? "–")],
    ["Started", run.start_time === null ? "–" : new Date(run.start_time * 1000).toISOString()],
    ["Duration", formatDuration(run.duration)],
    [
      "Spans",
      `${formatCount(spans.length)}, ${formatCount(failed.length)} failed${selected ? " (a selection)" : ""}`,
    ],
    ["Cost", formatCost(run.total_cost)],
    ["Tokens", formatCount(run.total_tokens)],
  ];
  for (const [name, value] of facts) yield `| ${name} | ${value} |\n`;
  yield* failures(failed);
  yield "\n## Spans\n\n";
  yield* fenced(treeText(exported));
}

function* failures(failed: readonly SpanNode[]): Generator<string> {
  if (failed.length === 0) return;
  yield "\n## Failures\n";
  // A failed parent repeats its child's failure.
  const deepest = failed.filter((span) =>
    span.children.every((child) => stateOfRun(child.status) !== "failed"),
  );
  for (const span of deepest.slice(0, MOST_FAILURES)) {
    const error = errorOf(span)!;
    yield `\n### ${inline(span.name)}: ${inline(error.type)}\n\n`;
    yield* fenced(cut(error.message || "No error message was recorded."));
    const input = typeof span.attributes === "string" ? undefined : span.attributes.step_input;
    if (input !== undefined) {
      yield "\nInput:\n\n";
      yield* fenced(cut(typeof input === "string" ? input : JSON.stringify(input, undefined, 2)));
    }
  }
  const more = deepest.length - MOST_FAILURES;
  if (more > 0) yield `\n${formatCount(more)} more spans failed.\n`;
}

function treeText({ run, roots, spans }: ExportedRun): string {
  const lines: string[] = [];
  for (const { node, depth } of walk(roots)) {
    if (lines.length === MOST_ROWS) break;
    const duration = durationOf(node);
    const share =
      duration !== undefined && run.duration ? ` (${formatPercent(duration / run.duration)})` : "";
    const state = stateOfRun(node.status);
    const mark = state === "completed" ? "" : ` ${oneLine(node.status, 40)}`;
    lines.push(
      `${"  ".repeat(Math.min(depth, MAX_INDENT))}${oneLine(node.name, 100)}  ${formatDuration(duration)}${share}${mark}`,
    );
  }
  const more = spans.length - lines.length;
  if (more > 0) lines.push(`… ${formatCount(more)} more spans`);
  return lines.join("\n");
}

/** A code block whose fence is longer than any in the text, so that nothing in it can end it. */
function* fenced(text: string): Generator<string> {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  yield `${fence}text\n${visible(text)}\n${fence}\n`;
}

/**
 * One line in which nothing means anything to Markdown or HTML, tables included. Underscores inside words stay: they mean
 * nothing there, and names are full of them.
 */
export function inline(text: string): string {
  return oneLine(text, 300).replace(
    /[&<>@|$]|:(?=\/\/)|(?<=\bwww)\.|[\\`*[\]!~#]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/giu,
    (char) => (/[&<>@|$:.]/.test(char) ? `&#${char.charCodeAt(0)};` : `\\${char}`),
  );
}

function cut(text: string): string {
  return text.length > MOST_TEXT
    ? `${text.slice(0, MOST_TEXT)}\n… (${formatCount(text.length - MOST_TEXT)} more characters)`
    : text;
}
