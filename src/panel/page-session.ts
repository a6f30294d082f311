import { TraceError } from "../engine/errors.ts";
import type {
  PanelMessage,
  PanelMethods,
  QueryTableRow,
  Request,
  Selection,
  StatisticsQuestion,
  View,
} from "../protocol/messages.ts";
import { type ArrayPlace, type TakenApart, takeApart } from "../protocol/pieces.ts";
import { bytesText } from "../store/bytes-text.ts";
import type { QueryRow, ReportQuery, StatisticsQuery, TimeRange } from "../store/model.ts";
import type { TraceStore } from "../store/store.ts";
import { readMessage } from "./validate.ts";

/** What a page may cause outside of itself. */
export interface PageHost {
  store(): Promise<TraceStore>;
  /** Resolves when the message has arrived, or cannot any more. */
  post(message: PanelMessage): PromiseLike<unknown>;
  copy(text: string): Promise<void>;
  openText(document: PanelMethods["openText"]["params"]): Promise<void>;
  /** Asks for a place and writes the table there; false when none was chosen. */
  saveTable(table: PanelMethods["saveTable"]["params"]): Promise<boolean>;
  /** Begin exports, which ask the user and tell what went wrong by themselves. */
  exportRun(run: PanelMethods["exportRun"]["params"]): void;
  exportStatistics(query: ReportQuery): void;
  rememberSql(text: string): Promise<void>;
  forgetSql(text: string): Promise<void>;
  /** Asks for a name and keeps the filter; false when none was given. */
  saveFilter(text: string): Promise<boolean>;
  deleteFilter(name: string): Promise<void>;
  rememberFilter(text: string): Promise<void>;
  filterHelp(): Promise<void>;
  salvage(): Promise<void>;
  /** The page's script has started, for the first time or again. */
  ready(): void;
  shown(view: View): void;
  warn(sentence: string): void;
}

/** Runs listed for the page's picker when it names no limit. */
const DEFAULT_RUNS = 100;
/** Pieces of an answer that are on their way at a time. */
const PIECES_UNDER_WAY = 8;
/** Milliseconds of the host's thread that are taken at a time. */
const TURN = 10;
/** Rows of a query when the page names no limit: what a page can hold. */
const MOST_ROWS = 100_000;

/** The panel's end of the conversation: answers every request exactly once, and stops what is no longer wanted. */
export class PageSession {
  private readonly calls = new Map<number, AbortController>();

  constructor(private readonly host: PageHost) {}

  receive(raw: unknown): void {
    const inbound = readMessage(raw);
    switch (inbound.kind) {
      case "message":
        break;
      case "bad_request": {
        this.host.warn(`The page sent a request that is not understood: ${inbound.reason}`);
        const error = new TraceError(
          "invalid_argument",
          `This request is not understood: ${inbound.reason}.`,
        );
        void this.host.post({ type: "failure", id: inbound.id, error: error.toValue() });
        return;
      }
      case "bad_message":
        this.host.warn(`The page sent a message that is not understood: ${inbound.reason}`);
        return;
    }
    const { message } = inbound;
    switch (message.type) {
      case "ready":
        // A page that starts again counts its requests from the beginning: answers to the old ones would be mistaken.
        this.abandon();
        this.host.ready();
        return;
      case "request":
        void this.answer(message);
        return;
      case "cancel":
        this.calls.get(message.id)?.abort();
        return;
      case "shown":
        this.host.shown(message.view);
        return;
    }
  }

  /** Stops everything under way, and answers none of it: nobody listens any more. */
  abandon(): void {
    const calls = [...this.calls.values()];
    this.calls.clear();
    for (const call of calls) call.abort();
  }

  private async answer(request: Request): Promise<void> {
    const { id } = request;
    if (this.calls.has(id)) {
      this.host.warn(`The page sent request ${id} twice; the second one was dropped.`);
      return;
    }
    const call = new AbortController();
    this.calls.set(id, call);
    const reply = await this.reply(request, call).catch((thrown: unknown): PanelMessage => {
      const error = TraceError.from(thrown);
      if (error.kind === "internal") this.host.warn(error.message);
      return { type: "failure", id, error: error.toValue() };
    });
    if (this.calls.get(id) !== call) return;
    this.calls.delete(id);
    void this.host.post(reply);
  }

  private async reply(request: Request, call: AbortController): Promise<PanelMessage> {
    const { id } = request;
    const { rest, pieces } = takeApart(await this.perform(request, call));
    if (pieces === undefined) return { type: "reply", id, result: rest };
    const arrays = await this.sendPieces(id, pieces, call.signal);
    return { type: "reply", id, result: rest, arrays };
  }

  /** A piece at a time, so that other work of the host gets its turn, and no faster than they arrive. */
  private async sendPieces(
    id: number,
    pieces: NonNullable<TakenApart["pieces"]>,
    signal: AbortSignal,
  ): Promise<readonly ArrayPlace[]> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    const underWay: PromiseLike<unknown>[] = [];
    let turn = performance.now() + TURN;
    for (;;) {
      const { value, done } = pieces.next();
      if (signal.aborted) throw new TraceError("cancelled", "The request was cancelled.");
      if (done) return value;
      if (value !== undefined) underWay.push(this.host.post({ type: "piece", id, ...value }));
      if (underWay.length >= PIECES_UNDER_WAY) await Promise.race([underWay.shift(), aborted]);
      // What has arrived already is waited for without a pause.
      if (performance.now() < turn) continue;
      await new Promise((resolve) => setTimeout(resolve, 1));
      turn = performance.now() + TURN;
    }
  }

  private async perform(request: Request, call: AbortController): Promise<unknown> {
    const { id } = request;
    const options = {
      signal: call.signal,
      onProgress: (fraction: number) => {
        if (this.calls.get(id) === call) void this.host.post({ type: "progress", id, fraction });
      },
    };
    switch (request.method) {
      case "copy":
        await this.host.copy(request.params.text);
        return null;
      case "openText":
        await this.host.openText(request.params);
        return null;
      case "saveTable":
        return this.host.saveTable(request.params);
      case "exportRun":
        this.host.exportRun(request.params);
        return null;
      case "exportStatistics":
        this.host.exportStatistics(reportQuery(request.params));
        return null;
      case "rememberSql":
        await this.host.rememberSql(request.params.text);
        return null;
      case "forgetSql":
        await this.host.forgetSql(request.params.text);
        return null;
      case "saveFilter":
        return this.host.saveFilter(request.params.text);
      case "deleteFilter":
        await this.host.deleteFilter(request.params.name);
        return null;
      case "rememberFilter":
        await this.host.rememberFilter(request.params.text);
        return null;
      case "filterHelp":
        await this.host.filterHelp();
        return null;
      case "salvage":
        await this.host.salvage();
        return null;
    }
    const store = await this.host.store();
    switch (request.method) {
      case "outline": {
        const { runId, limit } = request.params;
        return store.getOutlineColumns(runId, { limit }, options);
      }
      case "matches":
        return store.getMatches(request.params.runId, request.params.filter, options);
      case "filterVocabulary":
        return store.getFilterVocabulary(request.params.runId, options);
      case "spanDetail":
        return store.getSpanDetail(request.params.runId, request.params.key, options);
      case "stepHistory":
        return store.getStepHistory(request.params.runId, request.params.key, {}, options);
      case "statistics":
        return store.getStatisticsReport(reportQuery(request.params), options);
      case "statisticsPreview":
        return store.getReportPreview(reportQuery(request.params), options);
      case "spanList": {
        const { fingerprint, unfinished, offset, limit, ...selection } = request.params;
        return store.listSpans({ ...queryOf(selection), fingerprint, unfinished, offset, limit }, options);
      }
      case "countedRuns": {
        const { runStates, atLeast, offset, limit, ...selection } = request.params;
        return store.listCountedRuns({ ...queryOf(selection), runStates, atLeast, offset, limit }, options);
      }
      case "pipelines":
        return store.listPipelines(options);
      case "runs":
        return store.listRuns({ ...request.params, limit: request.params.limit ?? DEFAULT_RUNS }, options);
      case "sql": {
        const { query, ...limits } = request.params;
        return whileTold(limits.seconds, options.onProgress, () => store.sqlPacked(query, limits, options));
      }
      case "sqlVocabulary":
        return store.getSqlVocabulary(options);
      case "query": {
        const { name, params } = request.params;
        const limit = params.limit ?? MOST_ROWS;
        return (await store.query(name, { ...params, limit }, options)).map(tableRow);
      }
    }
  }
}

/** Tells every half second which part of `seconds` has passed: nothing else is known of how far a statement is. */
async function whileTold<T>(
  seconds: number,
  tell: (fraction: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const telling = setInterval(() => tell(Math.min(1, (performance.now() - began) / 1000 / seconds)), 500);
  try {
    return await work();
  } finally {
    clearInterval(telling);
  }
}

function reportQuery({ axis, groupBy, utcOffset, ...selection }: StatisticsQuestion): ReportQuery {
  const range = axis && ([axis.from, axis.to] as const);
  return { ...queryOf(selection), axis: range, groupBy, utcOffset };
}

function queryOf({ from, to, minDuration, maxDuration, ...rest }: Selection): StatisticsQuery {
  return { ...rest, timeRange: rangeOf(from, to), durationRange: rangeOf(minDuration, maxDuration) };
}

function rangeOf(from: number | undefined, to: number | undefined): TimeRange | undefined {
  return from === undefined && to === undefined ? undefined : [from, to];
}

/** A row with bytes as text: a message to a page would turn them into something else. */
function tableRow(row: QueryRow): QueryTableRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? bytesText(value) : value,
    ]),
  );
}
