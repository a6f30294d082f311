import type { Snapshot } from "../engine/reader.ts";
import type {
  Comparison,
  CountedRuns,
  CountedRunsQuery,
  FilterVocabulary,
  Level,
  Matches,
  NamedQuery,
  Outline,
  PackedSqlAnswer,
  PipelineSummary,
  QueryRow,
  ReportPreview,
  ReportQuery,
  Run,
  RunDetail,
  RunQuery,
  SpanList,
  SpanListQuery,
  SpanStatistics,
  SpanStatisticsQuery,
  SqlAnswer,
  SqlVocabulary,
  StatisticsComparison,
  StatisticsGroup,
  StatisticsQuery,
  StatisticsReport,
  StepHistory,
  StepSpans,
  StepSummaries,
  StepSummariesQuery,
  StoreInfo,
} from "./model.ts";
import type { OutlineColumns } from "./outline-columns.ts";
import type { SentDetail } from "./shared-texts.ts";
import type { FlatTrace } from "./spans.ts";
import type { SqlQuestion } from "./sql.ts";
import type { FlatPage } from "./trace-page.ts";

/** What the store's worker answers: the methods of `TraceStore`, with trees as flat rows. */
export interface StoreMethods {
  info: { params: Record<string, never>; result: StoreInfo };
  listRuns: { params: RunQuery; result: Run[] };
  countRuns: { params: RunQuery; result: number };
  getRun: { params: { id: string }; result: Run[] };
  getRunDetail: { params: { id: string }; result: RunDetail };
  getTrace: { params: { id: string }; result: FlatTrace & { snapshot: Snapshot } };
  getTracePage: {
    params: { id: string; from: number; revision?: string };
    result: FlatPage & { snapshot: Snapshot };
  };
  getOutline: { params: { runId: string; limit?: number }; result: Outline };
  getOutlineColumns: { params: { runId: string; limit?: number }; result: OutlineColumns };
  getLevel: { params: { runId: string; parent?: number; limit?: number }; result: Level };
  getSpanDetail: { params: { runId: string; key: number }; result: SentDetail };
  getStepHistory: { params: { runId: string; key: number; runs?: number }; result: StepHistory };
  getStepSummaries: { params: StepSummariesQuery; result: StepSummaries };
  getStepNames: { params: { runs?: number }; result: string[] };
  getStepSpans: {
    params: { name: string; pipelines?: readonly string[]; limit?: number };
    result: StepSpans;
  };
  compareRuns: { params: { a: string; b: string }; result: Comparison };
  getSpans: { params: { id: string; status?: string; name?: string; filter?: string }; result: FlatTrace };
  getMatches: { params: { runId: string; filter: string }; result: Matches };
  getFilterVocabulary: { params: { runId?: string }; result: FilterVocabulary };
  getSpanStatistics: { params: SpanStatisticsQuery; result: SpanStatistics };
  compareStatistics: {
    params: { a: StatisticsQuery; b: StatisticsQuery; groupBy?: StatisticsGroup };
    result: StatisticsComparison;
  };
  getStatisticsReport: { params: ReportQuery; result: StatisticsReport };
  getReportPreview: { params: ReportQuery; result: ReportPreview | null };
  listSpans: { params: SpanListQuery; result: SpanList };
  listCountedRuns: { params: CountedRunsQuery; result: CountedRuns };
  listPipelines: { params: Record<string, never>; result: PipelineSummary[] };
  query: {
    params: { name: NamedQuery; params: Readonly<Record<string, string | number>> };
    result: QueryRow[];
  };
  sql: { params: SqlQuestion; result: SqlAnswer };
  sqlPacked: { params: SqlQuestion; result: PackedSqlAnswer };
  sqlVocabulary: { params: Record<string, never>; result: SqlVocabulary };
}
