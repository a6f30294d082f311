import { jsonPieces } from "../format/json-writer.ts";
import { formatCost, formatCount, formatDuration, formatTime } from "../format/numbers.ts";
import { oneLine, visible } from "../format/text.ts";
import { walk } from "../format/walk.ts";
import type { SpanNode } from "../store/model.ts";
import { stateOfRun } from "../store/status.ts";
import { durationOf, type ExportedRun, errorOf } from "./exported.ts";

const MAX_INDENT = 24;
/** UTF-16 units of one span's attributes. */
const MOST_TEXT = 20_000;

/**
 * A page that stands alone: no script, nothing fetched, text of the trace only as text. A row for each span with its bar on
 * the run's time; opened, it tells error and attributes.
 */
export function* htmlPieces(runs: readonly ExportedRun[]): Generator<string> {
  const [first] = runs;
  const title =
    runs.length === 1
      ? `${oneLine(first!.run.pipeline_name, 100)} ${oneLine(first!.run.run_id, 60)}`
      : `${formatCount(runs.length)} runs`;
  yield htmlHead(title);
  for (const exported of runs) yield* runPieces(exported);
  yield "</html>\n";
}

/** The head of a page that runs nothing and fetches nothing. */
export function htmlHead(title: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
`;
}

function* runPieces({ run, roots, spans, selected }: ExportedRun): Generator<string> {
  const state = stateOfRun(run.status);
  const failed = spans.filter((span) => stateOfRun(span.status) === "failed").length;
  yield `<h1><span class="${state}">${escaped(oneLine(run.status, 60))}</span> ${escaped(oneLine(run.pipeline_name, 100))}</h1>
<p class="facts">${[
    escaped(oneLine(run.run_id, 100)),
    run.pipeline_version === null ? "" : `version ${escaped(oneLine(run.pipeline_version, 60))}`,
    escaped(formatTime(run.start_time)),
    formatDuration(run.duration),
    `${formatCount(spans.length)} spans${selected ? " (a selection)" : ""}, ${formatCount(failed)} failed`,
    run.total_cost === null ? "" : formatCost(run.total_cost),
    run.total_tokens === null ? "" : `${formatCount(run.total_tokens)} tokens`,
  ]
    .filter((fact) => fact !== "")
    .join(" · ")}</p>
<main>
`;
  const scale = timeScale(spans);
  for (const { node, depth } of walk(roots)) yield row(node, depth, scale);
  yield "</main>\n";
}

interface Scale {
  readonly from: number;
  readonly to: number;
}

function timeScale(spans: readonly SpanNode[]): Scale {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { start_time, end_time } of spans) {
    if (start_time === null) continue;
    from = Math.min(from, start_time);
    to = Math.max(to, end_time ?? start_time);
  }
  return from < to ? { from, to } : { from: 0, to: Number.POSITIVE_INFINITY };
}

function row(span: SpanNode, depth: number, { from, to }: Scale): string {
  const state = stateOfRun(span.status);
  const error = errorOf(span);
  const duration = durationOf(span);
  const percent = (seconds: number) => Math.min(100, Math.max(0, (seconds / (to - from)) * 100)).toFixed(3);
  const bar =
    span.start_time === null
      ? ""
      : `<i class="${state}" style="left:${percent(span.start_time - from)}%;width:${percent(duration ?? 0)}%"></i>`;
  const mark =
    state === "completed" ? "" : ` <small class="${state}">${escaped(oneLine(span.status, 40))}</small>`;
  const reason = error
    ? `<p class="failed"><b>${escaped(oneLine(error.type, 200))}</b></p><pre>${escaped(cut(error.message))}</pre>`
    : "";
  return `<details${error && span.children.length === 0 ? " open" : ""}><summary><span class="name" style="padding-left:${Math.min(depth, MAX_INDENT)}em">${escaped(oneLine(span.name, 120))}${mark}</span><span class="duration">${formatDuration(duration)}</span><span class="time">${bar}</span></summary>${reason}<pre>${escaped(cut(attributesText(span)))}</pre></details>
`;
}

function attributesText(span: SpanNode): string {
  if (typeof span.attributes === "string") return span.attributes;
  return Object.entries(span.attributes)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : [...jsonPieces(value)].join("")}`)
    .join("\n");
}

function cut(text: string): string {
  const more = text.length - MOST_TEXT;
  return visible(more > 0 ? `${text.slice(0, MOST_TEXT)}\n… (${formatCount(more)} more characters)` : text);
}

export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --line: #8884; --ok: #3b78c4; --bad: #c72e2e; --wait: #a06a00 }
@media (prefers-color-scheme: dark) { :root { --ok: #5a9be0; --bad: #f2786d; --wait: #d9a62e } }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em }
h1 { font-size: 1.3em; margin: 0 }
main + h1 { margin-top: 2em }
h2 { font-size: 1.1em; margin: 1.5em 0 .3em }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .2em .6em; text-align: left; overflow-wrap: anywhere }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums }
.facts { opacity: .8 }
details { border-bottom: 1px solid var(--line) }
summary { display: grid; grid-template-columns: minmax(12em, 2fr) 6em 3fr; gap: 1em; padding: .15em 0; cursor: pointer }
summary:focus-visible { outline: 2px solid var(--ok) }
.name { overflow-wrap: anywhere }
.duration { text-align: right; font-variant-numeric: tabular-nums }
.time { position: relative; min-height: 1em }
.time i { position: absolute; top: .25em; bottom: .25em; min-width: 2px; background: var(--ok); border-radius: 2px }
.time i.failed { background: repeating-linear-gradient(135deg, var(--bad) 0 5px, transparent 5px 7px), var(--bad) }
.time i.running, .time i.paused, .time i.cancelled { background: var(--wait) }
h1 .failed, small.failed, p.failed { color: var(--bad) }
.running, .paused, .cancelled { color: var(--wait) }
pre { margin: .3em 0 .8em 1em; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px }
p { margin: .3em 0 0 1em }
.facts { margin-left: 0 }
@media (max-width: 700px) { summary { grid-template-columns: 1fr 6em } .time { grid-column: 1 / -1 } }
`;
