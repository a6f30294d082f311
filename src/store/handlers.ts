import type { Reader, Snapshot } from "../engine/reader.ts";
import { Handover } from "../engine/serve.ts";
import { compileColumnFilter } from "./columns/column-filter.ts";
import { estimateSpans } from "./columns/column-keeper.ts";
import { columnRun, columnRuns, columnSpans } from "./columns/column-lists.ts";
import { columnPipelines } from "./columns/column-pipelines.ts";
import { columnReport } from "./columns/column-report.ts";
import { columnStatistics, compareColumns } from "./columns/column-statistics.ts";
import { columnsOf, keeperOf, runFactsOf, shortageOf } from "./columns/session-columns.ts";
import { compareRuns } from "./compare.ts";
import { compareStatistics } from "./comparison.ts";
import { findCountedRuns } from "./counted-runs.ts";
import { filterSpans, readSpanFilter, readVocabulary, type SpanFilter } from "./filtering.ts";
import type { StoreMethods } from "./methods.ts";
import type { ReportQuery, Run, RunDetail, SpanError, SpanStatistics, SpanStatisticsQuery } from "./model.ts";
import { checkQuery, runQuery } from "./named-queries.ts";
import { nearestRank } from "./percentiles.ts";
import { type BareReport, errorPatterns, patternRows, statisticsReport } from "./report.ts";
import { type BarePreview, reportPreview } from "./report-preview.ts";
import { readToldErrors } from "./run-spans.ts";
import { countRuns, listPipelines, listRuns, matchRuns, resolveRun, unknownRun } from "./runs.ts";
import type { StoreSession } from "./session.ts";
import { toSend } from "./shared-texts.ts";
import { spanChooser } from "./span-chooser.ts";
import { mergeErrors } from "./span-error.ts";
import { findSpans, listedSpans } from "./span-list.ts";
import { level, outline, outlineColumns, readSpans, readTrace, rowOf, spanDetail, usualOf } from "./spans.ts";
import { checkSql, packed, runSql } from "./sql.ts";
import { readSqlVocabulary } from "./sql-vocabulary.ts";
import { spanStatistics } from "./statistics.ts";
import { HISTORY_RUNS, stepHistory } from "./step-history.ts";
import { stepNames, stepSpans, stepSummaries } from "./step-summaries.ts";
import { readSteps } from "./steps.ts";
import { changedMeanwhile, readTracePage } from "./trace-page.ts";

type Handlers = {
  [M in keyof StoreMethods]: (
    params: StoreMethods[M]["params"],
  ) => StoreMethods[M]["result"] | Handover<StoreMethods[M]["result"]>;
};

/** Completion offers what the newest runs hold. */
const VOCABULARY_RUNS = 100;
/** Rows of a list when the caller names no limit. */
const PAGE = 100;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** The store's methods over one session: each is one read of one snapshot. */
export function storeHandlers(session: StoreSession, path: string): Handlers {
  const opened = `${process.pid}.${performance.timeOrigin}`;
  const read = <T>(work: (reader: Reader) => T): T => session.read(work).value;
  const dated = <T extends object>(work: (reader: Reader) => T): T & { snapshot: Snapshot } => {
    const { value, snapshot } = session.read(work);
    return { ...value, snapshot };
  };
  return {
    info: () => {
      const { value, snapshot } = session.read(
        (reader) => reader.get<{ runs: number }>("SELECT count(*) AS runs FROM lens_runs")?.runs ?? 0,
      );
      const { size, walSize, access } = session.database.file;
      return { path, layout: session.layout!.name, size, walSize, access, runs: value, snapshot };
    },
    listRuns: (query) => read((reader) => listRuns(reader, query)),
    countRuns: (query) => read((reader) => countRuns(reader, query)),
    getRun: ({ id }) =>
      read((reader) => {
        const runs = matchRuns(reader, id);
        if (runs.length === 0) throw unknownRun(id);
        return runs;
      }),
    getRunDetail: ({ id }) => dated((reader) => runDetail(session, reader, id)),
    getTrace: ({ id }) =>
      dated((reader) => readTrace(reader, session.spansOf(reader, resolveRun(reader, id)))),
    getTracePage: ({ id, from, revision }) =>
      dated((reader) => {
        // Finding a run by a part of its id counts its spans; those who go on reading know the id.
        const spans =
          revision === undefined
            ? session.spansOf(reader, resolveRun(reader, id))
            : session.runSpans(reader, id);
        // Of this worker and this state of the database.
        const now = `${opened}.${session.database.generation}`;
        if (revision !== undefined && revision !== now) throw changedMeanwhile();
        return readTracePage(reader, spans, from, now);
      }),
    getOutline: ({ runId, limit }) =>
      dated((reader) => outline(session.runSpans(reader, runId), limit ?? UNLIMITED)),
    getOutlineColumns: ({ runId, limit }) =>
      handedOver(dated((reader) => outlineColumns(session.runSpans(reader, runId), limit ?? UNLIMITED))),
    getLevel: ({ runId, parent, limit }) =>
      dated((reader) => level(session.runSpans(reader, runId), parent, limit ?? UNLIMITED)),
    getSpanDetail: ({ runId, key }) => {
      const detail = dated((reader) => {
        const spans = session.runSpans(reader, runId);
        const detail = spanDetail(reader, spans, key);
        return {
          ...detail,
          usual: usualOf(session.usual(reader, spans.run).get(detail.span.name), nearestRank),
        };
      });
      return toSend(detail);
    },
    getStepHistory: ({ runId, key, runs }) =>
      dated((reader) => {
        const spans = session.runSpans(reader, runId);
        const row = rowOf(spans, key);
        const history = session.nameHistory(
          reader,
          spans.run,
          spans.rows.names.at(row),
          runs ?? HISTORY_RUNS,
        );
        return stepHistory(spans, row, history);
      }),
    getStepSummaries: (query) => {
      const { value, snapshot } = session.read((reader) =>
        session.derived(`summaries ${JSON.stringify(query)}`, () => stepSummaries(session, reader, query)),
      );
      return { ...value, snapshot };
    },
    getStepNames: ({ runs }) =>
      read((reader) => session.derived(`step names ${runs ?? ""}`, () => stepNames(reader, runs))),
    getStepSpans: ({ name, pipelines, limit }) =>
      dated((reader) => stepSpans(reader, name, pipelines, limit)),
    compareRuns: ({ a, b }) =>
      dated((reader) =>
        compareRuns(
          session.spansOf(reader, resolveRun(reader, a)),
          session.spansOf(reader, resolveRun(reader, b)),
        ),
      ),
    getSpans: ({ id, ...query }) =>
      read((reader) => readSpans(reader, session.spansOf(reader, resolveRun(reader, id)), query)),
    getMatches: ({ runId, filter }) =>
      handedOver(
        dated((reader) => {
          const spans = session.runSpans(reader, runId);
          const checked = readSpanFilter(filter);
          const { keys } = spans.rows;
          const taken = checked ? filterSpans(reader, spans, checked).map((row) => keys[row]!) : keys;
          return { keys: Float64Array.from(taken) };
        }),
      ),
    getFilterVocabulary: ({ runId }) =>
      read((reader) =>
        session.derived(`vocabulary ${runId ?? ""}`, () => {
          if (runId === undefined)
            return readVocabulary(reader, listRuns(reader, { limit: VOCABULARY_RUNS }));
          const spans = session.runSpans(reader, runId);
          return readVocabulary(reader, [spans.run], () => spans);
        }),
      ),
    getSpanStatistics: (query) => {
      const { filter, ...whole } = query;
      const taken = filter === undefined ? undefined : readSpanFilter(filter);
      const { value, snapshot } = session.read((reader) => {
        // Times in a filter count from now, so its answer is not kept.
        if (taken) return filteredStatistics(session, reader, whole, taken);
        return session.derived(`statistics ${queryKey(whole)}`, () => {
          const columns = columnsOf(session, reader);
          return columns ? columnStatistics(columns, whole) : spanStatistics(reader, whole);
        });
      });
      return { ...value, ...shortageOf(session), snapshot };
    },
    getStatisticsReport: (query) => {
      const { value, snapshot } = session.read((reader) =>
        session.derived(`report ${queryKey(query)}`, () => report(session, reader, query)),
      );
      return { ...value, statistics: { ...value.statistics, ...shortageOf(session), snapshot } };
    },
    getReportPreview: (query) => {
      const { value, snapshot } = session.read((reader) => preview(session, reader, query));
      if (value === undefined) return null;
      const { report, runs, of } = value;
      return { report: { ...report, statistics: { ...report.statistics, snapshot } }, runs, of };
    },
    compareStatistics: ({ a, b, groupBy }) =>
      dated((reader) => {
        const columns = columnsOf(session, reader);
        return columns
          ? compareColumns(columns, a, b, groupBy ?? "name")
          : compareStatistics(reader, a, b, groupBy ?? "name");
      }),
    listSpans: ({ offset = 0, limit = PAGE, ...query }) =>
      dated((reader) => {
        const found = keptList(session, "span lists", query, () => {
          const columns = wholeColumns(session, reader);
          return columns ? columnSpans(columns, query) : findSpans(reader, query);
        });
        const items = listedSpans(found.page(reader, offset, limit), (runId) =>
          session.runSpans(reader, runId),
        );
        return { items, total: found.total, reachable: found.reachable };
      }),
    listCountedRuns: ({ offset = 0, limit = PAGE, ...query }) =>
      dated((reader) => {
        const columns = columnsOf(session, reader);
        if (!columns) {
          const found = keptList(session, "run lists", query, () => findCountedRuns(reader, query));
          return { items: found.slice(offset, offset + limit), total: found.length };
        }
        const facts = runFactsOf(session, reader, columns);
        const { indices, total } = keptList(session, "column run lists", query, () =>
          columnRuns(columns, facts, query),
        );
        const page = indices.subarray(offset, offset + limit);
        return { items: Array.from(page, (run) => columnRun(reader, columns, facts, run)), total };
      }),
    listPipelines: () =>
      read((reader) => {
        const columns = keeperOf(session).hasColumns ? columnsOf(session, reader) : undefined;
        return columns
          ? columnPipelines(columns, runFactsOf(session, reader, columns))
          : listPipelines(reader);
      }),
    sql: (question) => {
      const statement = checkSql(question.query);
      return dated((reader) => runSql(reader, statement, question));
    },
    sqlPacked: (question) => {
      const statement = checkSql(question.query);
      return packed(dated((reader) => runSql(reader, statement, question)));
    },
    sqlVocabulary: () => read(readSqlVocabulary),
    query: ({ name, params }) => {
      const checked = checkQuery(name, params);
      return read((reader) => {
        if (checked.name !== "error-patterns")
          return runQuery(reader, checked.name, checked.params, checked.limit);
        return patternRows(session.derived("errors", () => errorPatterns(reader)).slice(0, checked.limit));
      });
    },
  };
}

function filteredStatistics(
  session: StoreSession,
  reader: Reader,
  query: SpanStatisticsQuery,
  filter: SpanFilter,
): Omit<SpanStatistics, "snapshot"> {
  const columns = columnsOf(session, reader);
  const test = columns && compileColumnFilter(columns, filter.expression, filter.now);
  if (columns && test) return columnStatistics(columns, query, test);
  return spanStatistics(reader, query, spanChooser(reader, filter));
}

/** Spans that are read before anybody looks at a preview. */
const READ_AT_ONCE = 300_000;

function preview(session: StoreSession, reader: Reader, query: ReportQuery): BarePreview | undefined {
  if (keeperOf(session).hasColumns || estimateSpans(reader) < READ_AT_ONCE) return undefined;
  return reportPreview(reader, query, Date.now() / 1000);
}

function report(session: StoreSession, reader: Reader, query: ReportQuery): BareReport {
  const now = Date.now() / 1000;
  const columns = wholeColumns(session, reader);
  if (!columns) return statisticsReport(reader, query, now);
  return columnReport(reader, columns, runFactsOf(session, reader, columns), query, now);
}

/** The columns, where they tell the kinds of failures too. */
function wholeColumns(session: StoreSession, reader: Reader) {
  const columns = columnsOf(session, reader);
  return columns?.failures && { ...columns, failures: columns.failures };
}

/** The list on screen is asked for page by page; one asked for before it is not kept. */
function keptList<T>(session: StoreSession, kind: string, query: object, find: () => T): T {
  const kept = session.derived(kind, () => new Map<string, T>());
  const key = queryKey(query);
  const found = kept.get(key) ?? find();
  kept.clear();
  kept.set(key, found);
  return found;
}

function runDetail(session: StoreSession, reader: Reader, id: string): Omit<RunDetail, "snapshot"> {
  const run = resolveRun(reader, id);
  return { run, steps: readSteps(reader, run.run_id), error: runError(session, reader, run) };
}

/** The error of the last failed root, or what the run's own record tells; null when the run did not fail. */
function runError(session: StoreSession, reader: Reader, run: Run): SpanError | null {
  if (run.state !== "failed") return null;
  const spans = session.spansOf(reader, run);
  const failed = Array.from(spans.tree.roots).filter((row) => spans.states[row] === "failed");
  const last = failed.at(-1);
  const error = last === undefined ? undefined : spans.errors.get(last);
  if (error) return error;
  const told = readToldErrors(reader, run.run_id);
  return mergeErrors(told.run, ...told.steps.values());
}

/** An answer of columns that nothing else holds: they cross the thread without a copy. */
function handedOver<T extends object>(answer: T): Handover<T> {
  const arrays = Object.values(answer).flatMap((part) =>
    typeof part !== "object" || part === null || ArrayBuffer.isView(part) ? [part] : Object.values(part),
  );
  return new Handover(
    answer,
    arrays.flatMap((array) => (ArrayBuffer.isView(array) ? [array.buffer as ArrayBuffer] : [])),
  );
}

/** The same text for the same query, whatever the order of its parts. A version of null differs from none given. */
function queryKey(query: object): string {
  return JSON.stringify(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
