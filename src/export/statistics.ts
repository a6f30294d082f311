/** Figures of many spans for spreadsheets, reports and programs. */
import { csvLine } from "../format/csv.ts";
import { jsonPieces } from "../format/json-writer.ts";
import { formatCost, formatCount, formatDuration, formatPercent, formatTime } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type {
  DurationStatistics,
  ReportStatistics,
  StatisticsGroup,
  StatisticsReport,
} from "../store/model.ts";
import { escaped, htmlHead } from "./html.ts";
import { inline } from "./markdown.ts";

export const statisticsFormats = ["csv", "markdown", "html", "json"] as const;
export type StatisticsFormat = (typeof statisticsFormats)[number];

export const statisticsEndings: Readonly<Record<StatisticsFormat, string>> = {
  csv: "csv",
  markdown: "md",
  html: "html",
  json: "json",
};

export interface ExportedStatistics {
  readonly statistics: ReportStatistics;
  /** All of the Statistics tab; undefined where only spans were counted. */
  readonly report?: StatisticsReport;
  /** Which spans were counted, in words. */
  readonly scope: readonly string[];
  /** By name when undefined. */
  readonly groupBy?: StatisticsGroup;
}

/** The text of an export, piece by piece. JSON is the report itself, CSV the figures of each name or group in seconds. */
export function* statisticsPieces(exported: ExportedStatistics, format: StatisticsFormat): Generator<string> {
  switch (format) {
    case "json":
      yield* jsonPieces(exported.report ?? exported.statistics);
      return;
    case "csv":
      yield* csvLines(exported);
      return;
    case "markdown":
      yield* markdownLines(exported);
      return;
    case "html":
      yield* htmlPieces(exported);
      return;
  }
}

type GroupRow = readonly [group: string | null, durations: DurationStatistics];

/** Those in which most time went first. */
function rowsOf({ statistics: { groups, durations } }: ExportedStatistics): GroupRow[] {
  const rows = groups?.map((group): GroupRow => [group.group, group]) ?? Object.entries(durations);
  return rows.sort((a, b) => b[1].self_total - a[1].self_total);
}

const FIGURES = [
  "count",
  "failed",
  "avg",
  "min",
  "max",
  "p50",
  "p90",
  "p95",
  "p99",
  "self_total",
  "cost",
  "tokens",
] as const satisfies readonly (keyof DurationStatistics)[];

function* csvLines(exported: ExportedStatistics): Generator<string> {
  yield csvLine([exported.groupBy ?? "name", ...FIGURES]);
  for (const [group, durations] of rowsOf(exported)) {
    yield csvLine([group, ...FIGURES.map((figure) => durations[figure])]);
  }
}

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** The first cell of a row is text, the others are figures, but for `texts` more of them. */
  readonly rows: readonly (readonly string[])[];
  readonly texts?: number;
}

function tablesOf(exported: ExportedStatistics): Table[] {
  const { statistics, report, groupBy = "name" } = exported;
  const tables: Table[] = [
    {
      title: "Durations",
      columns: [
        groupBy.replace("_", " "),
        "count",
        "failed",
        "avg",
        "p50",
        "p95",
        "p99",
        "max",
        "self",
        "cost",
      ],
      rows: rowsOf(exported).map(([group, { count, failed, avg, p50, p95, p99, max, self_total, cost }]) => [
        group ?? "(none)",
        formatCount(count),
        failed === 0 ? "" : formatPercent(failed / count),
        ...[avg, p50, p95, p99, max, self_total].map((seconds) => formatDuration(seconds)),
        formatCost(cost),
      ]),
    },
    {
      title: "Spans by status",
      columns: ["status", "spans"],
      rows: Object.entries(statistics.by_status).map(([status, count]) => [status, formatCount(count)]),
    },
  ];
  if (report === undefined) return tables;
  return [
    ...tables,
    {
      title: "Errors",
      columns: ["error", "message", "in", "last", "times"],
      texts: 3,
      rows: report.errors.map(({ error_type, message, names, last_time, count }) => [
        error_type,
        oneLine(message, 300),
        names.slice(0, 5).join(", "),
        formatTime(last_time),
        formatCount(count),
      ]),
    },
    {
      title: "Pipelines",
      columns: ["pipeline", "runs", "failed", "spans", "p50", "p95", "cost"],
      rows: report.pipelines.map(({ pipeline_name, runs, failed_runs, total_spans, p50, p95, cost }) => [
        pipeline_name,
        formatCount(runs),
        failed_runs === 0 ? "" : formatPercent(failed_runs / runs),
        formatCount(total_spans),
        formatDuration(p50),
        formatDuration(p95),
        formatCost(cost),
      ]),
    },
  ];
}

/** What was counted, and its sums. */
function factsOf({ statistics, report, scope }: ExportedStatistics): string[] {
  const spans = `${formatCount(statistics.total_spans)} finished spans`;
  if (report === undefined) return [...scope, spans];
  const { runs, covered } = report;
  return [
    ...scope,
    `${formatCount(runs.total)} runs, ${formatCount(runs.by_state.failed ?? 0)} failed`,
    spans,
    `p50 ${formatDuration(runs.p50)}, p95 ${formatDuration(runs.p95)} a run`,
    ...(runs.cost === null ? [] : [formatCost(runs.cost)]),
    ...(runs.tokens === null ? [] : [`${formatCount(runs.tokens)} tokens`]),
    ...(covered === null ? [] : [`${formatTime(covered[0])} to ${formatTime(covered[1])}`]),
  ];
}

function* markdownLines(exported: ExportedStatistics): Generator<string> {
  yield "# Statistics\n\n";
  for (const fact of factsOf(exported)) yield `- ${inline(fact)}\n`;
  for (const { title, columns, rows, texts = 0 } of tablesOf(exported)) {
    if (rows.length === 0) continue;
    yield `\n## ${title}\n\n| ${columns.join(" | ")} |\n`;
    yield `|${columns.map((_column, at) => (at > texts ? "---:" : "---")).join("|")}|\n`;
    for (const row of rows) yield `| ${row.map((cell) => inline(cell)).join(" | ")} |\n`;
  }
}

function* htmlPieces(exported: ExportedStatistics): Generator<string> {
  yield htmlHead("Statistics");
  yield `<h1>Statistics</h1>\n<p class="facts">${factsOf(exported).map(escaped).join(" · ")}</p>\n<main>\n`;
  for (const { title, columns, rows, texts = 0 } of tablesOf(exported)) {
    if (rows.length === 0) continue;
    const cell = (tag: string, text: string, at: number) =>
      `<${tag}${at > texts ? ' class="figure"' : ""}>${escaped(text)}</${tag}>`;
    const head = columns.map((column, at) => cell("th", column, at)).join("");
    yield `<h2>${title}</h2>\n<table>\n<tr>${head}</tr>\n`;
    for (const row of rows)
      yield `<tr>${row.map((text, at) => cell("td", oneLine(text, 400), at)).join("")}</tr>\n`;
    yield "</table>\n";
  }
  yield "</main>\n</html>\n";
}
