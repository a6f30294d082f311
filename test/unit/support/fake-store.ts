import { TraceError } from "../../../src/engine/errors.ts";
import type { TraceStore } from "../../../src/store/store.ts";

/** A store whose methods are given one by one; calling another one rejects. */
export function fakeStore(methods: Partial<TraceStore> = {}): TraceStore {
  const missing = (name: string) => async () => {
    throw new TraceError("internal", `${name} was not expected.`);
  };
  return {
    path: "/fake.db",
    opened: {
      path: "/fake.db",
      layout: "v3.0",
      size: 2_000_000,
      walSize: 0,
      access: "lazy",
      runs: 1,
      snapshot: { at: 1, stale: false },
    },
    info: missing("info"),
    listRuns: missing("listRuns"),
    countRuns: missing("countRuns"),
    getRun: missing("getRun"),
    getRunDetail: missing("getRunDetail"),
    getTrace: missing("getTrace"),
    getTracePage: missing("getTracePage"),
    getOutline: missing("getOutline"),
    getOutlineColumns: missing("getOutlineColumns"),
    getLevel: missing("getLevel"),
    getSpanDetail: missing("getSpanDetail"),
    getStepHistory: missing("getStepHistory"),
    getStepSummaries: missing("getStepSummaries"),
    getStepNames: missing("getStepNames"),
    getStepSpans: missing("getStepSpans"),
    compareRuns: missing("compareRuns"),
    getSpans: missing("getSpans"),
    getMatches: missing("getMatches"),
    getFilterVocabulary: missing("getFilterVocabulary"),
    getSpanStatistics: missing("getSpanStatistics"),
    compareStatistics: missing("compareStatistics"),
    getStatisticsReport: missing("getStatisticsReport"),
    getReportPreview: missing("getReportPreview"),
    listSpans: missing("listSpans"),
    listCountedRuns: missing("listCountedRuns"),
    listPipelines: missing("listPipelines"),
    query: missing("query"),
    sql: missing("sql"),
    sqlPacked: missing("sqlPacked"),
    getSqlVocabulary: missing("getSqlVocabulary"),
    saveTrace: missing("saveTrace"),
    close: async () => {},
    ...methods,
  };
}
