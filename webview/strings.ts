/** Every sentence and word of the page, in one place so that it can be translated. */
import { formatCount, formatDuration } from "../src/format/numbers.ts";
import { oneLine } from "../src/format/text.ts";
import type { State } from "../src/protocol/messages.ts";

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const states: Readonly<Record<State, string>> = {
  running: "running",
  completed: "completed",
  failed: "failed",
  paused: "paused",
  cancelled: "cancelled",
  unknown: "unknown status",
};

export const strings = {
  states,

  // Requests
  cancelled: "Cancelled.",
  cancel: "Cancel",
  retry: "Try Again",
  noAnswer: (seconds: number) =>
    `The panel did not answer within ${formatDuration(seconds)}. Try again, or close the panel and open it anew.`,
  strangeAnswer: "The panel's answer could not be read. Close the panel and open it anew.",
  unexpected: (text: string) => `Something unexpected happened: ${text}.`,
  panelSilent: "The panel does not answer. Close it and open it anew.",
  readingTrace: "Reading the trace…",
  readingStatistics: "Computing statistics…",
  readingRuns: "Reading runs…",
  copied: "Copied",

  // Header
  chooseRun: "Choose a run",
  switchRun: (id: string) => `Run ${id}, choose another run`,
  findRun: "Find a run by id or pipeline",
  noRunsFound: "No run matches.",
  newestRuns: (count: number) => `The newest ${formatCount(count)} are listed; search for older ones.`,
  copyRunId: "Copy run id",
  spans: (count: number) => plural(count, "span", "spans"),
  failedSpans: (count: number) => `${formatCount(count)} failed`,
  tokens: (count: number) => plural(count, "token", "tokens"),
  started: (time: string) => `Started ${time}`,
  version: (version: string) => `v${version}`,
  provisional:
    "No spans are written yet: this tree is built from the run's steps and is not counted in statistics.",
  truncated: (shown: number, total: number) =>
    `Only the first ${formatCount(shown)} of ${formatCount(total)} spans are shown.`,
  stale: (time: string) =>
    `This is the state of ${time}: the database is being written too fast to read a newer one. It is asked for again when the file changes.`,
  warnings: (count: number) => `${plural(count, "thing was", "things were")} mended in this trace`,

  // Tabs
  traceTab: "Trace",
  statisticsTab: "Statistics",
  tabs: "Views of the database",

  // Filters
  filters: "Filters",
  search: "Search name, error or id",
  searchHint: "Search names, error types, error messages and span ids ( / )",
  anyStatus: "Any status",
  statusFilter: "Status",
  anyName: "Any name",
  nameFilter: "Name",
  withCount: (label: string, count: number) => `${label} (${formatCount(count)})`,
  minDuration: "Min. duration",
  minDurationHint: "Shortest duration to match, for example 200ms, 2s or 1.5 min",
  minDurationInvalid: "Write a number with a unit: 200ms, 2s or 1.5 min.",
  onlyMatches: "Only matches",
  onlyMatchesHint: "On: show matches and their parents only. Off: show every span and dim the others.",
  matchCount: (matches: number, total: number) => `${formatCount(matches)} of ${formatCount(total)}`,
  resetFilters: "Reset filters",
  expandAll: "Expand all",
  collapseAll: "Collapse all",
  previousFailure: "Previous failure (Shift+F)",
  nextFailure: "Next failure (F)",
  showDetails: "Show details (Enter)",
  hideDetails: "Hide details (Escape)",

  // Waterfall
  waterfall: "Spans of the run",
  nameColumn: "Name",
  selfColumn: "Self",
  selfColumnHint: "Self time: the time in this span and in none of its children",
  durationColumn: "Duration",
  timeline: "Timeline",
  deeper: (levels: number) => `+${formatCount(levels)}`,
  deeperHint: (depth: number) => `At depth ${formatCount(depth)}`,
  atLeast: (duration: string) => `≥ ${duration}`,
  unfinished: "not finished",
  noStart: "no start time",
  noName: "(no name)",
  attempt: (attempt: number) => `attempt ${formatCount(attempt)}`,
  nameWidth: "Width of the name column",
  detailsSize: "Size of the details",
  noSpansTitle: "This run has no spans and no steps yet.",
  allHidden: (total: number) => `The filters hide all ${formatCount(total)} spans.`,
  noRun: "No run is chosen.",

  // Facts of a span
  details: "Details",
  duration: "Duration",
  selfTime: "Self time",
  startedAt: "Started",
  afterStart: (offset: string) => `${offset} into the run`,
  status: "Status",
  cost: "Cost",
  tokensLabel: "Tokens",
  attemptLabel: "Attempt",
  parents: "Parents",
  spanId: "Span id",
  copySpanId: "Copy span id (Ctrl+C)",
  root: "none, this is the top",
  skippedParents: (count: number) => `${formatCount(count)} more`,
  usual: (ratio: string, usual: string) => `${ratio}× its usual ${usual}`,
  asUsual: (usual: string) => `as usual (${usual})`,
  usualHint: (p50: string, p95: string, count: number) =>
    `Half of ${plural(count, "span", "spans")} of this name took at most ${p50}, 95 % at most ${p95}`,
  noErrorText: "The trace has no message for this failure.",
  error: "Error",
  goToCause: "Go to the cause",

  // Values
  input: "Input",
  output: "Output",
  attributes: "Attributes",
  stepRecord: "Step record",
  evaluations: "Evaluations",
  rawResponse: "Raw response",
  step: "Step",
  score: "Score",
  feedback: "Feedback",
  metadata: "Metadata",
  showAll: (length: number) => `Show all ${formatCount(length)} characters`,
  showLess: "Show less",
  tooLong: (length: number) => `${formatCount(length)} characters, too long to show here.`,
  openInEditor: "Open in Editor",
  copyText: (what: string) => `Copy ${what}`,
  noAttributes: "No attributes were written.",
  copyValue: "Copy value",
  copyPath: "Copy path",
  moreEntries: (count: number) => `${formatCount(count)} more`,
  entries: (count: number) => plural(count, "entry", "entries"),
  readingDetails: "Reading the span…",
  nothingSelected: "Choose a span to see its details.",

  // Statistics
  pipelineFilter: "Pipeline",
  anyPipeline: "All pipelines",
  rangeFilter: "Time range",
  ranges: {
    all: "All time",
    hour: "Last hour",
    day: "Last 24 hours",
    week: "Last 7 days",
    month: "Last 30 days",
    custom: "Custom range",
  },
  from: "From",
  to: "To",
  rangeInvalid: "The end lies before the start.",
  rangeStated: (range: string, from: string, to: string) => `${range}: spans started ${from} … ${to}`,
  noSpansInRange: (range: string) => `${range}: no finished spans`,
  runs: "Runs",
  failedRuns: "Failed runs",
  spansLabel: "Spans",
  failedSpansLabel: "Failed spans",
  unfinishedCount: (count: number) => `${formatCount(count)} unfinished`,
  runP50: "Run p50",
  runP95: "Run p95",
  latency: "Latency",
  latencyHint: "Finished spans by duration; each bar covers durations a little longer than the bar before.",
  latencySummary: (total: number, failed: number, from: string, to: string) =>
    `Latency of ${plural(total, "finished span", "finished spans")} between ${from} and ${to}, ${formatCount(failed)} failed`,
  latencyTable: "Counts as a table",
  bucket: (from: string, to: string) => `${from} to ${to}`,
  bucketHint: (range: string, count: number, failed: number) =>
    `${range}: ${plural(count, "span", "spans")}${failed > 0 ? `, ${formatCount(failed)} failed` : ""}`,
  legendFine: "not failed",
  legendFailed: "failed",
  count: "Count",
  durations: "Durations by span name",
  columns: {
    name: "Name",
    count: "Count",
    failed: "Failed",
    rate: "Fail rate",
    avg: "Avg",
    min: "Min",
    p50: "p50",
    p90: "p90",
    p95: "p95",
    p99: "p99",
    max: "Max",
    self: "Self",
    cost: "Cost",
    tokens: "Tokens",
  },
  columnHints: {
    rate: "Failed spans per finished span",
    self: "Sum of self times: where the time really went",
  },
  showNameHint: (name: string) => `Show the spans named ${name} in the Trace tab`,
  allRows: (count: number) => `Show all ${formatCount(count)} rows`,
  pipelines: "Performance by pipeline",
  pipeline: "Pipeline",
  errors: "Error patterns",
  errorsEmpty: "No failed spans here.",
  occurrences: "Count",
  errorColumn: "Error",
  inSpan: "In",
  inName: (name: string) => `in ${name}`,
  lastSeen: "Last",
  openNewest: "Show the newest of these failures in the Trace tab",
  noRunsYet:
    "The database has no finished spans yet. Statistics appear after the first run has written its trace.",
  nothingHere: (pipeline: string, range: string) => `Nothing was found for ${pipeline}, ${range}.`,
  resetStatistics: "Show all pipelines, all time",
} as const;

/** A span's name on one line of at most `max` characters; a nameless one says so. */
export function spanName(name: string, max: number): string {
  return oneLine(name, max) || strings.noName;
}
