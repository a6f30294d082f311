/**
 * What the panel and its page say to each other.
 * The page asks, the panel answers: every request gets exactly one reply or failure. The panel also announces changes.
 */
import type { ErrorValue } from "../engine/errors.ts";
import type { SavedFilter } from "../filter/saved.ts";
import type {
  CountedRuns,
  FilterVocabulary,
  Matches,
  NamedQuery,
  OutlineColumns,
  PackedSqlAnswer,
  PipelineSummary,
  ReportPreview,
  Run,
  SpanDetail,
  SpanList,
  SqlVocabulary,
  State,
  StatisticsGroup,
  StatisticsReport,
  StepHistory,
} from "../store/model.ts";
import type { ArrayPlace, Piece } from "./pieces.ts";

export type { ErrorKind, ErrorValue } from "../engine/errors.ts";
export type * from "../store/model.ts";

/** Requests of the page, by method: what goes in and what comes out. */
export interface PanelMethods {
  outline: { params: { runId: string; limit?: number }; result: OutlineColumns };
  spanDetail: { params: { runId: string; key: number }; result: SpanDetail };
  stepHistory: { params: { runId: string; key: number }; result: StepHistory };
  /** `axis` is what the timeline covers when that is more than from `from` to `to`. */
  statistics: { params: StatisticsQuestion; result: StatisticsReport };
  /** The same of the newest runs, where all of them take a while; null where they don't. */
  statisticsPreview: { params: StatisticsQuestion; result: ReportPreview | null };
  /** The spans that statistics of the same selection count, newest first. */
  spanList: {
    params: Selection & { fingerprint?: string; unfinished?: boolean; offset: number; limit: number };
    result: SpanList;
  };
  /** The runs that statistics of the same selection count, newest first. `atLeast` in seconds. */
  countedRuns: {
    params: Selection & { runStates?: readonly State[]; atLeast?: number; offset: number; limit: number };
    result: CountedRuns;
  };
  pipelines: { params: Record<string, never>; result: PipelineSummary[] };
  /** The newest runs, for the page's run picker. */
  runs: {
    /** `status` is raw text, exact; several mean any of them. */
    params: { search?: string; pipeline?: string; status?: string | string[]; limit?: number };
    result: Run[];
  };
  /** One of the named queries. Bytes arrive as a sentence about them. */
  query: { params: { name: NamedQuery; params: QueryParams }; result: QueryTableRow[] };
  /** The spans of a run that a filter takes. */
  matches: { params: { runId: string; filter: string }; result: Matches };
  /** Keys and values of a run, for the completion of filters. */
  filterVocabulary: { params: { runId: string }; result: FilterVocabulary };
  /** Asks for a name and keeps a filter by it. False when the user changed their mind. */
  saveFilter: { params: { text: string }; result: boolean };
  deleteFilter: { params: { name: string }; result: null };
  /** Puts a filter in front of those used before. */
  rememberFilter: { params: { text: string }; result: null };
  /** Opens the page of help on filters. */
  filterHelp: { params: Record<string, never>; result: null };
  /** Begins to write what can be read of a damaged database to a new one. */
  salvage: { params: Record<string, never>; result: null };
  /** Puts text on the clipboard. */
  copy: { params: { text: string }; result: null };
  /** Asks where to write a table, and writes it. False when the user changed their mind. */
  saveTable: { params: { name: string; text: string; format: "csv" | "json" }; result: boolean };
  /** Begins an export of a run, or of what a filter takes of it: the panel asks for everything else. */
  exportRun: { params: { runId: string; filter?: string }; result: null };
  /** Likewise of the figures that `statistics` gives for the same question. */
  exportStatistics: { params: StatisticsQuestion; result: null };
  /** One statement that only reads. With `plan` the answer is how SQLite would run it. */
  sql: {
    params: { query: string; limit: number; seconds: number; plan: boolean };
    result: PackedSqlAnswer;
  };
  /** The names that a statement can use. */
  sqlVocabulary: { params: Record<string, never>; result: SqlVocabulary };
  /** Puts a statement in front of those run before. */
  rememberSql: { params: { text: string }; result: null };
  forgetSql: { params: { text: string }; result: null };
  /** Opens a long value in an editor tab. `language` is a VS Code language id, "json" or "plaintext". */
  openText: { params: { title: string; text: string; language: "json" | "plaintext" }; result: null };
}

export type PanelMethod = keyof PanelMethods;

export type Request = {
  [M in PanelMethod]: { type: "request"; id: number; method: M; params: PanelMethods[M]["params"] };
}[PanelMethod];

/** From the page to the panel. */
export type PageMessage =
  /** The page's script runs and listens; the panel answers with `show`. */
  | { type: "ready" }
  | Request
  /** The answer to a request is no longer wanted. */
  | { type: "cancel"; id: number }
  /** What the page shows now: for the tab's title and for restoring it. */
  | { type: "shown"; view: View };

export type Tab = "trace" | "statistics" | "query" | "sql";

/** Parameters of a named query; which of them it takes is its own matter. */
export interface QueryParams {
  key?: string;
  value?: string;
  limit?: number;
}

export type QueryTableRow = Readonly<Record<string, string | number | null>>;

/** Seconds since the epoch, inclusive; either end may be open. */
export interface Ends {
  from?: number;
  to?: number;
}

/** Which spans statistics count. */
export interface Selection extends Ends {
  pipelineName?: string;
  /** Null means runs without a version. */
  pipelineVersion?: string | null;
  /** Seconds, inclusive. */
  minDuration?: number;
  maxDuration?: number;
  /** Of these any. */
  names?: readonly string[];
  states?: readonly State[];
  /** Null stands for spans without an error. */
  errorTypes?: readonly (string | null)[];
}

export interface StatisticsQuestion extends Selection {
  axis?: Ends;
  groupBy?: StatisticsGroup;
  utcOffset?: number;
}

/** What a key binding or a menu of VS Code wants from the page. `menu` commands are about what was clicked last. */
export const pageCommands = [
  "focusFilter",
  "nextFailure",
  "previousFailure",
  "refresh",
  "nextTab",
  "previousTab",
  "menuCopySpanId",
  "menuCopyName",
  "menuCopyValue",
  "menuCopyPath",
  "menuCopyRow",
  "menuCopyTable",
  "menuOpenText",
] as const;
export type PageCommand = (typeof pageCommands)[number];

/** What a panel shows. Kept by the page's state, so that it survives a reload of the window. */
export interface View {
  tab: Tab;
  /** Absolute path of the database, as the panel gave it. */
  database: string;
  runId?: string;
  /** Key of the selected span. */
  key?: number;
}

/** From the panel to the page. */
export type PanelMessage =
  /** Show this now. */
  | { type: "show"; view: View; databaseName: string }
  /** `arrays` were taken out of the result and came before it, as pieces. */
  | { type: "reply"; id: number; result: unknown; arrays?: readonly ArrayPlace[] }
  | ({ type: "piece"; id: number } & Piece)
  | { type: "failure"; id: number; error: ErrorValue }
  /** 0 to 1. */
  | { type: "progress"; id: number; fraction: number }
  | { type: "command"; command: PageCommand }
  /** Filters that were kept; sent at the start and whenever they change. `recent` has the newest first. */
  | { type: "filters"; saved: readonly SavedFilter[]; recent: readonly string[] }
  /** Statements that were run; sent at the start and whenever they change, the newest first. */
  | { type: "sqlHistory"; recent: readonly string[] }
  /** Spans of these names belong to the step at the cursor of an editor; none when the list is empty. */
  | { type: "highlight"; names: readonly string[] }
  /** The database is damaged, and what is shown is what could be read; no sentence when it is not. Sent at the start, too. */
  | { type: "damage"; sentence?: string }
  /** The database changed: what is on screen should be asked for again, without losing selection or scroll. */
  | { type: "changed" };
