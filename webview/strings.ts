/**
 * Every sentence and word of the page, in one place so that it can be translated: each is English in `t("…")`, with
 * `{0}`, `{1}`, … where values go, or in `plural(count, "{0} span", "{0} spans")`.
 */
import { formatCount, formatDuration } from "../src/format/numbers.ts";
import { oneLine } from "../src/format/text.ts";
import type { State } from "../src/protocol/messages.ts";
import { t } from "./translate.ts";

/** `one` and `many` hold the count as `{0}`. */
function plural(count: number, one: string, many: string): string {
  return t(count === 1 ? one : many, formatCount(count));
}

const states: Readonly<Record<State, string>> = {
  running: t("running"),
  completed: t("completed"),
  failed: t("failed"),
  paused: t("paused"),
  cancelled: t("cancelled"),
  unknown: t("unknown status"),
};

export const strings = {
  states,

  // Requests
  cancelled: t("Cancelled."),
  cancel: t("Cancel"),
  retry: t("Try Again"),
  noAnswer: (seconds: number) =>
    t(
      "The panel did not answer within {0}. Try again, or close the panel and open it anew.",
      formatDuration(seconds),
    ),
  strangeAnswer: t("The panel's answer could not be read. Close the panel and open it anew."),
  unexpected: (text: string) => t("Something unexpected happened: {0}.", text),
  panelSilent: t("The panel does not answer. Close it and open it anew."),
  readingTrace: t("Reading the trace…"),
  readingStatistics: t("Computing statistics…"),
  readingRuns: t("Reading runs…"),
  copied: t("Copied"),

  // Header
  chooseRun: t("Choose a run"),
  switchRun: (id: string) => t("Run {0}, choose another run", id),
  findRun: t("Find a run by id or pipeline"),
  noRunsFound: t("No run matches."),
  newestRuns: (count: number) => t("The newest {0} are listed; search for older ones.", formatCount(count)),
  copyRunId: t("Copy run id"),
  narrowRuns: t("Narrow the list"),
  onlyFailed: t("Failed only"),
  onlyPipeline: (name: string) => t("Only {0}", name),
  olderRun: (pipeline: string) => t("Older run of {0}", pipeline),
  newerRun: (pipeline: string) => t("Newer run of {0}", pipeline),
  oldestRun: t("This is the oldest run of its pipeline."),
  newestRun: t("This is the newest run of its pipeline."),
  beyondNeighbours: (count: number) =>
    t(
      "Only the newest {0} runs of the pipeline are walked; choose another from the list.",
      formatCount(count),
    ),
  spans: (count: number) => plural(count, "{0} span", "{0} spans"),
  failedSpans: (count: number) => t("{0} failed", formatCount(count)),
  tokens: (count: number) => plural(count, "{0} token", "{0} tokens"),
  started: (time: string) => t("Started {0}", time),
  version: (version: string) => `v${version}`,
  provisional: t(
    "No spans are written yet: this tree is built from the run's steps and is not counted in statistics.",
  ),
  truncated: (shown: number, total: number) =>
    t("Only the first {0} of {1} spans are shown.", formatCount(shown), formatCount(total)),
  stale: (time: string) =>
    t(
      "This is the state of {0}: the database is being written too fast to read a newer one. It is asked for again when the file changes.",
      time,
    ),
  warnings: (count: number) =>
    plural(count, "{0} thing was mended in this trace", "{0} things were mended in this trace"),

  // Tabs
  traceTab: t("Trace"),
  statisticsTab: t("Statistics"),
  queryTab: t("Query"),
  tabs: t("Views of the database"),

  // Filters
  filters: t("Filters"),
  filterBox: t("Filter spans"),
  filterPlaceholder: t("Filter: text, or a condition such as status = failed and duration > 2s"),
  filterHint: t("Filter spans ( / ). Ctrl+Space completes, the up arrow brings back what was used before."),
  filterOffers: t("Completions and kept filters"),
  /** A mistake in a filter, or a word about a key or an operator: English comes from the filter language. */
  ofFilter: (text: string, values: readonly (string | number)[] = []) => t(text, ...values),
  savedFilter: t("Saved filter"),
  recentFilter: t("Recent filter"),
  keptFilters: t("Saved and recent filters"),
  noKeptFilters: t("No filter was saved or used yet."),
  saveFilter: t("Save this filter…"),
  deleteSaved: t("Delete (Delete key)"),
  filterHelp: t("Help on filters"),
  filterMode: t("What the filter does"),
  filterModes: { only: t("Only matches"), highlight: t("Highlight matches"), out: t("Hide matches") },
  filterModeHints: {
    only: t("Shows the matches, and the parents that lead to them."),
    highlight: t("Shows every span, and dims those that do not match."),
    out: t("Hides the matches. One with other spans below it stays, dimmed."),
  },
  filterStatus: t("Status"),
  onlyStatus: (status: string) => t("Only spans that are {0}; again: all", status),
  withCount: (label: string, count: number) => `${label} (${formatCount(count)})`,
  matching: t("Filtering…"),
  matchCount: (matches: number, total: number) => t("{0} of {1}", formatCount(matches), formatCount(total)),
  resetFilters: t("Reset filters"),
  expandAll: t("Expand all"),
  collapseAll: t("Collapse all"),
  previousFailure: t("Previous failure (Shift+F)"),
  nextFailure: t("Next failure (F)"),
  showDetails: t("Show details (Enter)"),
  hideDetails: t("Hide details (Escape)"),

  // Waterfall
  waterfall: t("Spans of the run"),
  nameColumn: t("Name"),
  selfColumn: t("Self"),
  selfColumnHint: t("Self time: the time in this span and in none of its children"),
  durationColumn: t("Duration"),
  timeline: t("Timeline"),
  deeper: (levels: number) => `+${formatCount(levels)}`,
  deeperHint: (depth: number) => t("At depth {0}", formatCount(depth)),
  atLeast: (duration: string) => `≥ ${duration}`,
  unfinished: t("not finished"),
  noStart: t("no start time"),
  noName: t("(no name)"),
  attempt: (attempt: number) => t("attempt {0}", formatCount(attempt)),
  nameWidth: t("Width of the name column"),
  detailsSize: t("Size of the details"),
  noSpansTitle: t("This run has no spans and no steps yet."),
  allHidden: (total: number) => t("The filters hide all {0} spans.", formatCount(total)),
  noRun: t("No run is chosen."),

  gap: (duration: string) => t("{0} idle", duration),
  groupCount: (count: number) => `× ${formatCount(count)}`,
  onCriticalPath: (duration: string) => t("{0} on the critical path", duration),
  criticalPathLabel: t("On critical path"),
  usualLabel: t("Usually"),
  showFlame: t("Show as a flame graph (V)"),
  showWaterfall: t("Show as a waterfall (V)"),
  criticalPath: t("Mark the critical path: what the run waited for, from its end back (C)"),
  groupNamesakes: t("Fold siblings of the same name (G)"),
  zoomIn: t("Zoom in (+)"),
  zoomOut: t("Zoom out (-)"),
  fitRun: t("Show the whole run (0)"),
  fitSpan: t("Zoom to the selected span (Z)"),
  nextSlow: t("Next slow span (S): one of the ten with the most self time"),
  nextMatch: t("Next match (N)"),
  previousMatch: t("Previous match (Shift+N)"),
  cheatSheet: t("Keys and marks (?)"),
  cheatSheetTitle: t("Keys and marks"),
  close: t("Close"),
  minimapWhole: (length: string) => t("The whole run of {0} is on screen", length),
  minimapPart: (from: string, to: string, length: string) =>
    t("{0} to {1} of the run's {2} are on screen", from, to, length),
  minimapHint: t("Drag to zoom, drag the part on screen to move it, double-click for the whole run"),
  cheatSections: [
    {
      title: t("Rows"),
      lines: [
        { keys: "↑ / ↓ / Home / End", action: t("Walk the rows") },
        { keys: "← / →", action: t("Close and open, to the parent and the first child") },
        { keys: "X / Shift+X", action: t("Open and close the whole subtree") },
        { keys: "1 / … / 9", action: t("Show so many levels") },
        { keys: "G", action: t("Fold siblings of the same name") },
        { keys: "Enter", action: t("Show the details") },
        { keys: "Escape", action: t("Hide the details") },
      ],
    },
    {
      title: t("Find"),
      lines: [
        { keys: "F / Shift+F", action: t("Next and previous failure") },
        { keys: "S / Shift+S", action: t("Next and previous slow span") },
        { keys: "N / Shift+N", action: t("Next and previous match of the filter") },
        { keys: "/", action: t("Filter the spans") },
      ],
    },
    {
      title: t("Time"),
      lines: [
        { keys: "+ / -", action: t("Zoom in and out") },
        { keys: "Shift+← / Shift+→", action: t("Move in time") },
        { keys: "0", action: t("Show the whole run") },
        { keys: "Z", action: t("Zoom to the selected span") },
        { keys: "V", action: t("Waterfall or flame graph") },
        { keys: "C", action: t("Mark the critical path") },
      ],
    },
    {
      title: t("Mouse"),
      lines: [
        { keys: "Ctrl+Wheel", action: t("Zoom around the mouse") },
        { keys: "Shift+Wheel", action: t("Move in time") },
        { keys: "Drag", action: t("Move in time and along the rows") },
        { keys: "Shift+Drag", action: t("Zoom to what is marked; also in the ruler and the minimap") },
        { keys: "Double-click", action: t("On a bar: zoom to it. On a name: open or close it") },
      ],
    },
  ],
  panelKeysTitle: t("Panel"),
  legendTitle: t("Marks"),
  legend: [
    { mark: "failed", meaning: t("Failed, and nothing below it failed: where to look first") },
    { mark: "carried", meaning: t("Failed because something below it failed") },
    { mark: "idle", meaning: t("Low stretch: time in which none of the span's children ran") },
    {
      mark: "critical",
      meaning: t(
        "Critical path: going back from the end, what the run waited for. Only a shorter stretch of it makes the run shorter",
      ),
    },
    { mark: "match", meaning: t("Matches the filter") },
    { mark: "open", meaning: t("Not finished") },
  ],

  // Facts of a span
  details: t("Details"),
  duration: t("Duration"),
  selfTime: t("Self time"),
  startedAt: t("Started"),
  afterStart: (offset: string) => t("{0} into the run", offset),
  status: t("Status"),
  cost: t("Cost"),
  tokensLabel: t("Tokens"),
  attemptLabel: t("Attempt"),
  parents: t("Parents"),
  spanId: t("Span id"),
  copySpanId: t("Copy span id (Ctrl+C)"),
  root: t("none, this is the top"),
  skippedParents: (count: number) => t("{0} more", formatCount(count)),
  usual: (ratio: string, usual: string) => t("{0}× its usual {1}", ratio, usual),
  asUsual: (usual: string) => t("as usual ({0})", usual),
  usualHint: (p50: string, p95: string, count: number) =>
    t(
      "Half of {0} of this name took at most {1}, 95 % at most {2}",
      plural(count, "{0} span", "{0} spans"),
      p50,
      p95,
    ),
  noErrorText: t("The trace has no message for this failure."),
  error: t("Error"),
  goToCause: t("Go to the cause"),

  // Values
  input: t("Input"),
  output: t("Output"),
  attributes: t("Attributes"),
  stepRecord: t("Step record"),
  rawResponse: t("Raw response"),
  step: t("Step"),
  score: t("Score"),
  feedback: t("Feedback"),
  metadata: t("Metadata"),
  showAll: (length: number) => t("Show all {0} characters", formatCount(length)),
  showLess: t("Show less"),
  tooLong: (length: number) => t("{0} characters, too long to show here.", formatCount(length)),
  openInEditor: t("Open in Editor"),
  copyText: (what: string) => t("Copy {0}", what),
  noAttributes: t("No attributes were written."),
  copyValue: t("Copy value"),
  copyPath: t("Copy path"),
  showMoreEntries: (next: number, rest: number) =>
    t("Show {0} more of {1}", formatCount(next), formatCount(rest)),
  manyRows: (count: number) =>
    t("The first {0} rows are shown. Search for others, or open the value in an editor.", formatCount(count)),
  searchIn: (what: string) => t("Search {0}", what),
  hits: (count: number) => plural(count, "{0} match", "{0} matches"),
  hitsAtLeast: (count: number) => t("{0} or more, too large to search whole", formatCount(count)),
  nothingFoundYet: (text: string) =>
    t(
      "The part that was searched does not contain “{0}”. Open the value in an editor to search all of it.",
      oneLine(text, 60),
    ),
  nothingFound: (text: string) => t("Nothing contains “{0}”.", oneLine(text, 60)),
  inText: (entries: string) => t("{0} in a text", entries),
  entries: (count: number) => plural(count, "{0} entry", "{0} entries"),
  readingDetails: t("Reading the span…"),
  nothingSelected: t("Choose a span to see its details."),

  // Past of a step
  readingHistory: t("Looking at other runs…"),
  lookingBack: t("Did it happen before? Looking…"),
  happenedBefore: t("Happened before:"),
  timesBefore: (times: number, runs: number) =>
    times === 1
      ? t("once in the newest {0},", plural(runs, "{0} run", "{0} runs"))
      : t("{0} times in the newest {1},", formatCount(times), plural(runs, "{0} run", "{0} runs")),
  lastBefore: (age: string) => t("last {0}", age),
  firstTime: t("First time:"),
  notBefore: (runs: number) => t("no older run among the newest {0} has this error.", formatCount(runs)),
  olderThanAll: (runs: number) =>
    t("This run is older than the {0} that were looked at.", plural(runs, "{0} run", "{0} runs")),
  sinceThen: (times: number) => t(times === 1 ? "Once more since." : "{0} more since.", formatCount(times)),
  lastGood: t("Last completed"),
  ageInRun: (age: string, run: string) => t("{0} in {1}", age, run),
  openRunOf: (run: string, time: string) =>
    t(time === "" ? "Show this span in {0}" : "Show this span in {0}, {1}", run, time),
  thisOne: (duration: string) => t("this one {0}", duration),
  failedOf: (failed: number, count: number) =>
    t("{0} of {1} failed", formatCount(failed), formatCount(count)),
  slowerThan: (slower: number, of: number) =>
    t("slower than {0} of {1} other completed ones", formatCount(slower), formatCount(of)),
  lookedAt: (count: number, runs: number, complete: boolean) =>
    t(
      complete ? "{0} in the newest {1}" : "{0} in the newest {1}: looking further takes too long",
      plural(count, "{0} span", "{0} spans"),
      plural(runs, "{0} run", "{0} runs"),
    ),
  otherRuns: (count: number) => t("In other runs ({0})", formatCount(count)),
  sameError: t("same error"),
  showOccurrences: (listed: number, total: number) =>
    t(listed === total ? "Show all {0}" : "Show {0} of {1}", formatCount(listed), formatCount(total)),
  occurrencesCut: (listed: number, total: number) =>
    t("{0} of {1} are listed: failures and the newest.", formatCount(listed), formatCount(total)),
  sameNameHere: t("Of its name here"),
  placeOf: (position: number, total: number) => t("{0} of {1}", formatCount(position), formatCount(total)),
  previousAttempt: t("Previous attempt"),
  nextAttempt: t("Next attempt"),
  previousSame: t("Previous of the same name"),
  nextSame: t("Next of the same name"),

  // Conversations
  modelSection: t("Model"),
  model: t("Model"),
  tokensIn: (count: number) => t("{0} in", formatCount(count)),
  tokensOut: (count: number) => t("{0} out", formatCount(count)),
  tokensTotal: (count: number) => t("{0} in all", formatCount(count)),
  cachedTokens: (count: number) => t("{0} from the cache", formatCount(count)),
  reasoningTokens: (count: number) => t("{0} for reasoning", formatCount(count)),
  prompt: (count: number) => (count === 1 ? t("Prompt") : t("Prompt ({0} messages)", formatCount(count))),
  response: t("Response"),
  promptTemplate: t("Prompt template"),
  template: t("Template"),
  variables: t("Variables"),
  roles: {
    system: t("System"),
    developer: t("Developer"),
    user: t("User"),
    assistant: t("Assistant"),
    tool: t("Tool"),
  },
  messageOf: (role: string, place: number) => t("{0}, message {1}", role, formatCount(place)),
  emptyMessage: t("An empty message."),
  moreMessages: (count: number) => plural(count, "{0} message between", "{0} messages between"),
  reasoning: t("Reasoning"),
  callsTool: t("calls"),
  toolCall: t("Tool call"),
  toolResult: t("Result"),
  toolArguments: t("Arguments"),
  argumentsOf: (tool: string) => t("Arguments of {0}", tool),
  schemaOf: (tool: string) => t("Schema of {0}", tool),
  toolsOffered: (count: number) => t("Tools offered ({0})", formatCount(count)),
  retrieved: (count: number) => t("Retrieved documents ({0})", formatCount(count)),
  document: t("Document"),
  scored: (score: string) => t("score {0}", score),
  eventsSection: (count: number) => t("Events ({0})", formatCount(count)),
  restInAttributes: (count: number) => t("{0} more stand among the attributes.", formatCount(count)),
  asStored: t("As stored"),
  evaluationCount: (count: number) =>
    count === 1 ? t("Evaluation") : t("Evaluations ({0})", formatCount(count)),

  // Statistics
  pipelineFilter: t("Pipeline"),
  anyPipeline: t("All pipelines"),
  rangeFilter: t("Time range"),
  ranges: {
    all: t("All time"),
    hour: t("Last hour"),
    day: t("Last 24 hours"),
    week: t("Last 7 days"),
    month: t("Last 30 days"),
    custom: t("Custom range"),
  },
  from: t("From"),
  to: t("To"),
  rangeInvalid: t("The end lies before the start."),
  rangeStated: (range: string, from: string, to: string) =>
    t("{0}: spans started {1} … {2}", range, from, to),
  noSpansInRange: (range: string) => t("{0}: no finished spans", range),
  runs: t("Runs"),
  failedRuns: t("Failed runs"),
  spansLabel: t("Spans"),
  failedSpansLabel: t("Failed spans"),
  unfinishedCount: (count: number) => t("{0} unfinished", formatCount(count)),
  runP50: t("Run p50"),
  runP95: t("Run p95"),
  latency: t("Latency"),
  latencyHint: t(
    "Finished spans by duration; each bar covers durations a little longer than the bar before.",
  ),
  latencySummary: (total: number, failed: number, from: string, to: string) =>
    t(
      "Latency of {0} between {1} and {2}, {3} failed",
      plural(total, "{0} finished span", "{0} finished spans"),
      from,
      to,
      formatCount(failed),
    ),
  latencyTable: t("Counts as a table"),
  bucket: (from: string, to: string) => t("{0} to {1}", from, to),
  bucketHint: (range: string, count: number, failed: number) =>
    t(
      failed > 0 ? "{0}: {1}, {2} failed" : "{0}: {1}",
      range,
      plural(count, "{0} span", "{0} spans"),
      formatCount(failed),
    ),
  legendFine: t("not failed"),
  legendFailed: t("failed"),
  count: t("Count"),
  durations: t("Durations by span name"),
  columns: {
    name: t("Name"),
    count: t("Count"),
    failed: t("Failed"),
    rate: t("Fail rate"),
    avg: t("Avg"),
    min: t("Min"),
    p50: t("p50"),
    p90: t("p90"),
    p95: t("p95"),
    p99: t("p99"),
    max: t("Max"),
    self: t("Self"),
    cost: t("Cost"),
    tokens: t("Tokens"),
  },
  columnHints: {
    rate: t("Failed spans per finished span"),
    self: t("Sum of self times: where the time really went"),
  },
  showNameHint: (name: string) => t("Show the spans named {0} in the Trace tab", name),
  allRows: (count: number) => t("Show all {0} rows", formatCount(count)),
  pipelines: t("Performance by pipeline"),
  pipeline: t("Pipeline"),
  errors: t("Error patterns"),
  errorsEmpty: t("No failed spans here."),
  occurrences: t("Count"),
  errorColumn: t("Error"),
  inSpan: t("In"),
  inName: (name: string) => t("in {0}", name),
  lastSeen: t("Last"),
  openNewest: t("Show the newest of these failures in the Trace tab"),
  noRunsYet: t(
    "The database has no finished spans yet. Statistics appear after the first run has written its trace.",
  ),
  nothingHere: (pipeline: string, range: string) => t("Nothing was found for {0}, {1}.", pipeline, range),
  resetStatistics: t("Show all pipelines, all time"),

  // Query
  query: t("Query"),
  queryAbout: {
    failedSpans: t("Every failed span, newest first."),
    durationByName: t("How long finished spans of each name take on average, slowest first."),
    spansByAttribute: t("Spans that carry an attribute with a certain value."),
    pipelinePerformance: t(
      "Finished spans of each pipeline: how many, how long on average, how many failed.",
    ),
    errorPatterns: t("Failures that look alike, most frequent first."),
  },
  queryKey: t("Attribute"),
  queryKeyHint: t("Key of the attribute, for example error_type"),
  queryKeyInvalid: t("Write the key of an attribute."),
  queryValue: t("Value"),
  queryValueHint: t("Value of the attribute as text, for example timeout"),
  queryLimit: t("Limit"),
  queryLimitHint: t("At most so many rows"),
  queryLimitInvalid: (most: number) => t("Write a whole number from 1 to {0}.", formatCount(most)),
  run: t("Run"),
  runHint: t("Run the query (Ctrl+Enter)"),
  runningQuery: t("Running the query…"),
  queryNotRun: t("Choose a query and run it: the rows appear here."),
  queryNoRows: t("The query found no rows."),
  queryRows: (count: number, seconds: string) =>
    t(count === 1 ? "{0} row in {1}" : "{0} rows in {1}", formatCount(count), seconds),
  queryLimited: (count: number, seconds: string) =>
    t("the first {0} rows in {1}, there may be more", formatCount(count), seconds),
  queryOutdated: t("The database has changed since: run it again for newer rows."),
  queryTable: (name: string) => t("Rows of {0}", name),
  copyTable: t("Copy All"),
  copyTableHint: t("Copy all rows as tab-separated values"),
  saveCsv: t("Save as CSV…"),
  saved: t("Saved"),
  sortBy: (column: string) => t("Sort by {0}", column),
  widthOf: (column: string) => t("Width of {0}", column),

  /** Keys that VS Code hands to the page, with what they do: lines of the cheat sheet. */
  panelKeys: [
    { keys: "Ctrl+F", action: t("Filter the spans; find text in the other tabs") },
    { keys: "F8", action: t("Next failure") },
    { keys: "Shift+F8", action: t("Previous failure") },
    { keys: "Alt+Page Down", action: t("Next tab") },
    { keys: "Alt+Page Up", action: t("Previous tab") },
    { keys: "Ctrl+Alt+R", action: t("Read the database again") },
    { keys: "Ctrl+Enter", action: t("Run the query, in the Query tab") },
    { keys: "Ctrl+C", action: t("Copy the cell, value or span id under the cursor") },
    { keys: "Ctrl+Shift+C", action: t("Copy the row, in a table of rows") },
    { keys: "/", action: t("Search the attributes, from their tree") },
    { keys: "Ctrl+Shift+C", action: t("Copy the path of the attribute under the cursor") },
    { keys: "Shift+F10", action: t("Menu of the row, value or cell under the cursor") },
  ],
} as const;

/** A span's name on one line of at most `max` characters; a nameless one says so. */
export function spanName(name: string, max: number): string {
  return oneLine(name, max) || strings.noName;
}
