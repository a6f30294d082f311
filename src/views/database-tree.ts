import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { formatCount, formatTime } from "../format/numbers.ts";
import type { Database } from "../sources/databases.ts";
import type { Run } from "../store/model.ts";
import { byDay, type Day, dayOf } from "./days.ts";
import { DrawnLevel } from "./drawn-level.ts";
import type {
  DatabaseNode,
  GroupNode,
  NoticeNode,
  RunContainer,
  RunNode,
  RunsNode,
  SpanContainer,
  SpanNode,
} from "./nodes.ts";
import { isFiltering, isFilteringWithin, toQuery } from "./run-filter.ts";
import { RunPages } from "./run-pages.ts";
import { runsText } from "./tree-items.ts";
import type { ViewSettings } from "./view-settings.ts";

/** Children of one span that are listed at first, and that are added at a time. */
export const SPAN_PAGE = 200;
/** Children of one span that are listed at most: VS Code asks for every row by itself, and for all of them at each change. */
const MAX_LEVEL = 1_000;
/** Levels of spans that are listed in the tree: further in, a side bar of usual width shows no more names. */
const MAX_DEPTH = 20;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The rows of one database, read level by level and kept until they are invalidated. */
export class DatabaseTree {
  readonly node: DatabaseNode;
  /** What the last reading knew of the whole database. */
  facts: { readonly runs: number; readonly stale: boolean; readonly at: number } | undefined;
  /** How many runs the filter takes; undefined without a filter, and until they are counted. */
  private matching: number | undefined;
  /** The row of every run and span, the same object as long as it is listed: VS Code is told of changes by it. */
  private readonly rows = new Map<string, Mutable<RunNode> | Mutable<SpanNode>>();
  private readonly lastRows = new Map<string, RunsNode[]>();
  /** What was handed to VS Code last, by the row it is below. */
  private readonly drawn = new Map<string, DrawnLevel>();
  /** Rows that were folded, each with the number of {@link refresh}es until then. */
  private readonly folded = new Map<string, number>();
  private refreshes = 0;
  private readonly levels = new Map<string, Promise<RunsNode[]>>();
  private readonly pages = new Map<string, RunPages>();
  /** How many spans are listed below a row, where that is more than a page. */
  private readonly spanRooms = new Map<string, number>();
  private readonly days = new Map<string, Day>();
  private calls = new AbortController();

  constructor(
    readonly database: Database,
    removable: boolean,
    private readonly settings: ViewSettings,
    private readonly log: vscode.LogOutputChannel,
    /** Called when {@link describe} has something new to say some time after the rows. */
    private readonly factsChanged: () => void = () => {},
  ) {
    this.node = { kind: "database", id: `database:${database.path}`, database, removable };
  }

  /** The rows below a row of this database. Failures become a row with their sentence. */
  children(node: RunsNode): Promise<RunsNode[]> {
    let level = this.levels.get(node.id);
    if (level === undefined) {
      const { signal } = this.calls;
      level = this.read(node).then(
        (rows) => {
          if (!signal.aborted) this.lastRows.set(node.id, rows);
          return rows;
        },
        // Whoever gave up asks again, or is gone.
        (thrown: unknown) => (signal.aborted ? [] : this.failureRows(node, thrown)),
      );
      this.levels.set(node.id, level);
      void level.then((rows) => {
        if (!signal.aborted) this.drawn.set(node.id, new DrawnLevel(node, rows));
      });
    }
    return level;
  }

  /**
   * Reads again what is listed, and gives the rows to be drawn again: those whose own facts changed, and those below
   * which other rows stand now. Nothing moves and nothing flickers where nothing changed.
   */
  async refresh(): Promise<RunsNode[]> {
    const { signal } = this.calls;
    const before = new Map(this.drawn);
    this.refreshes += 1;
    for (const pages of this.pages.values()) pages.invalidate();
    this.levels.clear();
    const changed: RunsNode[] = [];
    const queue: RunsNode[] = [this.node];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      const drawn = before.get(node.id);
      if (drawn === undefined) continue;
      const rows = await this.children(node);
      if (signal.aborted) return [];
      changed.push(...drawn.differences(rows));
      queue.push(...rows);
    }
    this.forgetRows();
    return changed;
  }

  /** The rows below this one are no longer on screen: nothing is read for them any more. */
  fold(node: RunsNode): void {
    this.folded.set(node.id, this.refreshes);
    this.drawn.delete(node.id);
    this.levels.delete(node.id);
  }

  /** Whether the rows below this one, on screen again, may not be what they were when they were folded. */
  unfold(node: RunsNode): boolean {
    const at = this.folded.get(node.id);
    this.folded.delete(node.id);
    return at !== undefined && at !== this.refreshes;
  }

  /** All rows that are listed. */
  listed(): RunsNode[] {
    return [...this.drawn.values()].flatMap(({ rows }) => rows);
  }

  /** Adds a page of runs or spans. Rejects with a `TraceError`. */
  async loadMore(container: RunContainer | SpanContainer): Promise<void> {
    if (container.kind === "run" || container.kind === "span")
      this.spanRooms.set(container.id, this.spanRoom(container) + SPAN_PAGE);
    else await this.pagesOf(container).loadMore();
    this.levels.delete(container.id);
  }

  /** Gives up what is being read, and starts with the first pages again: the question has changed. */
  reset(): void {
    this.calls.abort();
    this.calls = new AbortController();
    this.levels.clear();
    this.pages.clear();
    this.spanRooms.clear();
    this.days.clear();
    this.rows.clear();
    this.drawn.clear();
    this.lastRows.clear();
    this.matching = undefined;
  }

  /** "300 runs", or "59 of 300 runs" under a filter; undefined until the database was read. */
  describe(): string | undefined {
    if (this.facts === undefined) return undefined;
    const all = runsText(this.facts.runs);
    const count =
      this.matching === undefined ? all : vscode.l10n.t("{0} of {1}", formatCount(this.matching), all);
    if (this.database.damage !== undefined) return vscode.l10n.t("{0} · partial", count);
    return this.facts.stale ? vscode.l10n.t("{0} · as of {1}", count, formatTime(this.facts.at)) : count;
  }

  private forgetRows(): void {
    const listed = new Set(this.listed().map(({ id }) => id));
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id);
  }

  private async read(node: RunsNode): Promise<RunsNode[]> {
    switch (node.kind) {
      case "database":
        return this.readDatabase(node);
      case "group":
        return node.by === "pipeline" ? this.readRuns(node, node.count) : this.readDay(node);
      case "run":
      case "span":
        return this.readSpans(node);
      case "moreRuns":
      case "moreSpans":
      case "notice":
        return [];
    }
  }

  private async readDatabase(node: DatabaseNode): Promise<RunsNode[]> {
    const store = await this.database.store();
    const info = await store.info({ signal: this.calls.signal });
    const facts = { runs: info.runs, ...info.snapshot };
    const damage = this.damageRows(node);
    if (info.runs === 0) {
      this.facts = facts;
      return [
        ...damage,
        notice(node, vscode.l10n.t("No runs yet. They appear here when a pipeline has run.")),
      ];
    }
    const rows = await this.readGrouping(node, info.runs);
    // Not before: rows that stay because these could not be read are as old as the facts before.
    this.facts = facts;
    if (isFiltering(this.settings.filter)) void this.countMatching();
    else this.matching = undefined;
    return [
      ...damage,
      ...(rows.length > 0 ? rows : [notice(node, vscode.l10n.t("No run matches the filter."))]),
    ];
  }

  /** One row that says what of the database could not be read. */
  private damageRows(node: DatabaseNode): RunsNode[] {
    const { damage } = this.database;
    if (damage === undefined) return [];
    const id = `${node.id}:damage`;
    return [{ ...notice(node, damage.sentence), id, severity: "error", damaged: this.database }];
  }

  /** Not waited for: with a filter of the language every run has to be looked at. */
  private async countMatching(): Promise<void> {
    const { signal } = this.calls;
    try {
      const store = await this.database.store();
      const matching = await store.countRuns(toQuery(this.settings.filter), { signal });
      if (signal.aborted || matching === this.matching) return;
      this.matching = matching;
      this.factsChanged();
    } catch (thrown) {
      // The rows say what is wrong with the database.
      if (!signal.aborted) this.log.warn(`${this.database.path}: ${TraceError.from(thrown).message}`);
    }
  }

  private readGrouping(node: DatabaseNode, total: number): Promise<RunsNode[]> {
    switch (this.settings.grouping) {
      case "none":
        return this.readRuns(node, isFiltering(this.settings.filter) ? undefined : total);
      case "pipeline":
        return this.readPipelines(node);
      case "day":
        return this.readDays(node, isFiltering(this.settings.filter) ? undefined : total);
    }
  }

  private async readRuns(container: RunContainer, total: number | undefined): Promise<RunsNode[]> {
    const { runs, more } = await this.pagesOf(container).load();
    const rows: RunsNode[] = runs.map((run) => this.runNode(run, container));
    if (more) rows.push(moreRuns(container, total === undefined ? undefined : total - runs.length));
    return rows;
  }

  private async readPipelines(node: DatabaseNode): Promise<RunsNode[]> {
    const store = await this.database.store();
    const { filter } = this.settings;
    const pipelines = (await store.listPipelines({ signal: this.calls.signal })).filter(
      ({ pipeline_name }) => filter.pipeline === undefined || filter.pipeline === pipeline_name,
    );
    const filtering = isFilteringWithin(filter);
    const groups = pipelines.map(
      ({ pipeline_name, runs }): GroupNode => ({
        kind: "group",
        id: `${node.id}:pipeline:${pipeline_name}`,
        parent: node,
        by: "pipeline",
        label: pipeline_name,
        count: filtering ? undefined : runs,
      }),
    );
    if (!filtering) return groups;
    // A group in which nothing matches would be a row that opens onto nothing.
    const matching = await Promise.all(groups.map((group) => this.pagesOf(group).load()));
    return groups.filter((_group, index) => matching[index]!.runs.length > 0);
  }

  private async readDays(node: DatabaseNode, total: number | undefined): Promise<RunsNode[]> {
    const { runs, more } = await this.pagesOf(node).load();
    const days = byDay(runs);
    this.days.clear();
    const rows: RunsNode[] = days.map((day, index): GroupNode => {
      const id = `${node.id}:day:${day.date}`;
      this.days.set(id, day);
      // The last day may go on in the next page.
      const count = more && index === days.length - 1 ? undefined : day.runs.length;
      return { kind: "group", id, parent: node, by: "day", label: dayLabel(day.date), count };
    });
    if (more) rows.push(moreRuns(node, total === undefined ? undefined : total - runs.length));
    return rows;
  }

  private async readDay(node: GroupNode): Promise<RunsNode[]> {
    return (this.days.get(node.id)?.runs ?? []).map((run) => this.runNode(run, node));
  }

  private spanRoom(node: SpanContainer): number {
    return this.spanRooms.get(node.id) ?? SPAN_PAGE;
  }

  private async readSpans(node: SpanContainer): Promise<RunsNode[]> {
    const { run, database } = node;
    const parent = node.kind === "span" ? node.span.key : undefined;
    const more = { kind: "moreSpans", id: `${node.id}:more`, parent: node, database, run } as const;
    if (node.kind === "span" && node.span.depth + 1 >= MAX_DEPTH)
      return [{ ...more, left: undefined, loads: false }];
    const store = await this.database.store();
    const limit = this.spanRoom(node);
    const level = await store.getLevel(run.run_id, { parent, limit }, { signal: this.calls.signal });
    const rows: RunsNode[] = level.items.map(
      (span): SpanNode =>
        this.keep({
          kind: "span",
          id: `span:${database.path}:${run.run_id}:${span.key}`,
          parent: node,
          database,
          run,
          span,
          provisional: level.provisional,
        }),
    );
    const left = level.total - level.items.length;
    if (left > 0) rows.push({ ...more, left, loads: limit < MAX_LEVEL });
    if (rows.length === 0) rows.push(notice(node, vscode.l10n.t("No spans were written for this run.")));
    return rows;
  }

  private runNode(run: Run, parent: RunContainer): RunNode {
    return this.keep({
      kind: "run",
      id: `run:${this.database.path}:${run.run_id}`,
      parent,
      database: this.database,
      run,
    });
  }

  /** The row that bears this id, with the new facts. */
  private keep<N extends RunNode | SpanNode>(node: N): N {
    const known = this.rows.get(node.id);
    if (known !== undefined) return Object.assign(known, node) as unknown as N;
    this.rows.set(node.id, node);
    return node;
  }

  private pagesOf(container: RunContainer): RunPages {
    const known = this.pages.get(container.id);
    if (known !== undefined) return known;
    const query = toQuery(this.settings.filter);
    if (container.kind === "group" && container.by === "pipeline") query.pipeline = container.label;
    const pages = new RunPages(async (limit, after) => {
      const store = await this.database.store();
      return store.listRuns({ ...query, limit, after }, { signal: this.calls.signal });
    });
    this.pages.set(container.id, pages);
    return pages;
  }

  private failureRows(node: RunsNode, thrown: unknown): RunsNode[] {
    const error = TraceError.from(thrown);
    const before = this.lastRows.get(node.id);
    if (error.kind === "busy" && before !== undefined) {
      // A writer that leaves no gap for reading: the rows of a moment ago serve better than none, if they say so.
      this.log.warn(`${this.database.path}: ${error.message}`);
      if (this.facts !== undefined) this.facts = { ...this.facts, stale: true };
      return before;
    }
    this.log.error(`${this.database.path}: ${error.message}`, error);
    return [{ ...notice(node, error.message), severity: "error" }];
  }
}

function notice(parent: RunsNode, text: string): NoticeNode {
  return { kind: "notice", id: `${parent.id}:notice`, parent, text, severity: "info" };
}

function moreRuns(parent: RunContainer, left: number | undefined): RunsNode {
  return {
    kind: "moreRuns",
    id: `${parent.id}:more`,
    parent,
    left: left !== undefined && left > 0 ? left : undefined,
  };
}

function dayLabel(date: string): string {
  if (date === "") return vscode.l10n.t("No start time");
  const now = Date.now() / 1000;
  if (date === dayOf(now)) return vscode.l10n.t("Today");
  if (date === dayOf(now - 86_400)) return vscode.l10n.t("Yesterday");
  return date;
}
