import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type {
  OutlineColumns,
  PageCommand,
  PageMessage,
  PanelMessage,
  Tab,
  View,
} from "../src/protocol/messages.ts";
import { PageElement } from "./element.ts";
import type { PageEvents } from "./events.ts";
import type { KeptFilters } from "./filter/filter-box.ts";
import { parseMessage } from "./inbound.ts";
import { Load } from "./load.ts";
import { MenuTargets } from "./menu.ts";
import { banner, damageBanner, emptyState, skeletonLines, waiting } from "./parts/waiting.ts";
import type { QueryTab } from "./query/query-tab.ts";
import { RequestError, RpcClient } from "./rpc.ts";
import type { SqlTab } from "./sql/sql-tab.ts";
import { Keeper, type StateHolder } from "./state.ts";
import type { StatisticsTab } from "./statistics/statistics-tab.ts";
import { strings } from "./strings.ts";
import { firstOrigin } from "./timeline/failures.ts";
import { runOutline, type SpanTable } from "./timeline/span-table.ts";
import { TraceModel } from "./timeline/trace-model.ts";
import { highlightSpans } from "./trace/step-highlight.ts";
import type { TraceTab } from "./trace/trace-tab.ts";
import "./parts/run-header.ts";
import "./query/query-tab.ts";
import "./sql/sql-tab.ts";
import "./statistics/statistics-tab.ts";
import "./trace/trace-tab.ts";

/** What VS Code hands to a webview's script. */
export interface VsCodeApi extends StateHolder {
  postMessage(message: PageMessage): void;
}

/** Spans of one run that the page asks for: what a page can hold. */
const MOST_SPANS = 2_000_000;
/** Milliseconds. */
const FIRST_WORD = 10_000;
const CHANGE_REST = 50;
const ANNOUNCEMENT = 2000;

const tabs: readonly Tab[] = ["trace", "statistics", "query", "sql"];

/** The whole page: follows the panel's `show`, keeps the view, and hands answers to the tabs. */
@customElement("flujo-lens-app")
export class App extends PageElement {
  @state() private view: View | undefined;
  @state() private databaseName = "";
  /** What is wrong with a damaged database. */
  @state() private damage: string | undefined;
  @state() private silent = false;
  @state() private announcement = "";
  @state() private generation = 0;
  @state() private filters: KeptFilters = { saved: [], recent: [] };
  /** Statements of SQL that were run, newest first. */
  @state() private statements: readonly string[] = [];
  #api!: VsCodeApi;
  #rpc!: RpcClient;
  #keeper!: Keeper;
  /** Show the selected span's row when the outline arrives. */
  #revealSelected = false;
  /** No span was named: select where the run failed, or its top. */
  #choosesSpan = false;
  /** The span to select, known by its id only until the outline arrives. */
  #wantedSpan: string | undefined;
  /** Likewise, the name of the failed span to select. */
  #wantedFailure: string | undefined;
  readonly #menu = new MenuTargets(this);
  #firstWord: ReturnType<typeof setTimeout> | undefined;
  #changing: ReturnType<typeof setTimeout> | undefined;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  readonly #outline = new Load(this, () => this.#rpc, "outline");
  #columns: OutlineColumns | undefined;
  #model: TraceModel | undefined;

  /** Starts the conversation with the panel. Called once. */
  connect(api: VsCodeApi): void {
    this.#api = api;
    this.#rpc = new RpcClient((message) => api.postMessage(message));
    this.#keeper = new Keeper(api);
    window.addEventListener("message", (event) => this.#receive(event.data));
    window.addEventListener("pagehide", () => this.#keeper.flush());
    this.addEventListener("lens-select", (event) => this.#select(event.detail));
    this.addEventListener("lens-show-run", (event) => this.#showRun(event.detail));
    this.addEventListener("lens-next-failure", () => this.#perform("nextFailure"));
    this.addEventListener("lens-filter-name", (event) => this.#filterName(event.detail.name));
    this.addEventListener("lens-copy", (event) => void this.#copy(event.detail.text));
    this.addEventListener("lens-save-table", (event) => void this.#save(event.detail));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.#menu.listen();
    this.addEventListener(
      "lens-export-run",
      (event) => void this.#do(() => this.#rpc.request("exportRun", event.detail)),
    );
    this.addEventListener(
      "lens-export-statistics",
      (event) => void this.#do(() => this.#rpc.request("exportStatistics", event.detail)),
    );
    this.addEventListener(
      "lens-open-text",
      (event) => void this.#do(() => this.#rpc.request("openText", event.detail)),
    );
    this.#firstWord = setTimeout(() => {
      this.silent = true;
    }, FIRST_WORD);
    api.postMessage({ type: "ready" });
  }

  protected override willUpdate(): void {
    const columns = this.#outline.value;
    if (columns !== this.#columns) {
      const before = this.#model;
      this.#columns = columns;
      if (columns) performance.mark("lens-outline");
      this.#model = columns && new TraceModel(runOutline(columns));
      this.#followSelected(before);
    }
    if (!this.#model || !this.#choosesSpan || columns?.run.run_id !== this.view?.runId) return;
    this.#choosesSpan = false;
    const { spans, ranks } = this.#model;
    const wanted = this.#findSpan(spans, this.#wantedSpan, this.#wantedFailure);
    this.#wantedSpan = undefined;
    this.#wantedFailure = undefined;
    const index = wanted >= 0 ? wanted : Math.max(0, firstOrigin(ranks));
    if (spans.length > 0 && this.view?.key === undefined) {
      this.#revealSelected = true;
      this.#change({ key: spans.keys[index]! });
    }
  }

  /** Spans that take the place of steps have other keys: the selection goes to the one of the same name. */
  #followSelected(before: TraceModel | undefined): void {
    const now = this.#model;
    const key = this.view?.key;
    if (!now || !before?.outline.provisional || now.outline.provisional || key === undefined) return;
    if (now.outline.run.run_id !== before.outline.run.run_id) return;
    const selected = before.spans.keys.indexOf(key);
    if (selected < 0) return;
    const name = before.spans.name(selected);
    for (let index = 0; index < now.spans.length; index++) {
      if (now.spans.name(index) !== name) continue;
      this.#change({ key: now.spans.keys[index]! });
      return;
    }
  }

  protected override updated(): void {
    const key = this.view?.key;
    if (!this.#revealSelected || key === undefined) return;
    if (this.#outline.value?.run.run_id !== this.view?.runId) return;
    this.#revealSelected = false;
    const tab = this.#traceTab();
    void tab?.updateComplete.then(() => tab.reveal(key));
  }

  protected override render(): TemplateResult {
    const { view } = this;
    if (!view) return this.silent ? emptyState(strings.panelSilent) : html``;
    const latest = this.#model;
    const model = latest?.outline.run.run_id === view.runId ? latest : undefined;
    // For the blink in which a run gives way to the next one, the header stays as it is.
    const shown = model ?? (this.#outline.loading && !this.#outline.slow ? latest : undefined);
    return html`
      <lens-run-header .rpc=${this.#rpc} .outline=${shown?.outline} .databaseName=${this.databaseName}></lens-run-header>
      ${damageBanner(this.damage, () => void this.#do(() => this.#rpc.request("salvage", {})))}
      <vscode-panels class="tabs" aria-label=${strings.tabs} activeid="tab-${view.tab}" @change=${this.#tabChosen}>
        <vscode-panel-tab id="tab-trace">${strings.traceTab}</vscode-panel-tab>
        <vscode-panel-tab id="tab-statistics">${strings.statisticsTab}</vscode-panel-tab>
        <vscode-panel-tab id="tab-query">${strings.queryTab}</vscode-panel-tab>
        <vscode-panel-tab id="tab-sql">${strings.sqlTab}</vscode-panel-tab>
        <vscode-panel-view id="view-trace">
          <div class="tab-body">
            ${banner(this.#outline.error, () => this.#outline.refresh())} ${waiting(this.#outline, strings.readingTrace)}
            ${skeletonLines(this.#outline, 14)}
            ${view.runId === undefined ? emptyState(strings.noRun) : html``}
            <lens-trace
              .rpc=${this.#rpc}
              .keeper=${this.#keeper}
              .model=${model}
              .selectedKey=${view.key}
              .generation=${this.generation}
              .kept=${this.filters}
            ></lens-trace>
          </div>
        </vscode-panel-view>
        <vscode-panel-view id="view-statistics">
          <lens-statistics
            .rpc=${this.#rpc}
            .keeper=${this.#keeper}
            .active=${view.tab === "statistics"}
            .generation=${this.generation}
            .hasRun=${model !== undefined}
          ></lens-statistics>
        </vscode-panel-view>
        <vscode-panel-view id="view-query">
          <lens-query .rpc=${this.#rpc} .keeper=${this.#keeper} .active=${view.tab === "query"} .generation=${this.generation}></lens-query>
        </vscode-panel-view>
        <vscode-panel-view id="view-sql">
          <lens-sql
            .rpc=${this.#rpc}
            .keeper=${this.#keeper}
            .active=${view.tab === "sql"}
            .generation=${this.generation}
            .recent=${this.statements}
          ></lens-sql>
        </vscode-panel-view>
      </vscode-panels>
      <div class="announcement ${this.announcement === "" ? "" : "shown"}" role="status">${this.announcement}</div>
    `;
  }

  #traceTab(): TraceTab | null {
    return this.querySelector<TraceTab>("lens-trace");
  }

  #receive(data: unknown): void {
    const message = parseMessage(data);
    if (!message || this.#rpc.accept(message)) return;
    if (message.type === "show") this.#show(message);
    else if (message.type === "changed") this.#changed();
    else if (message.type === "filters") this.filters = { saved: message.saved, recent: message.recent };
    else if (message.type === "sqlHistory") this.statements = message.recent;
    else if (message.type === "highlight") highlightSpans(message.names);
    else if (message.type === "damage") this.damage = message.sentence;
    else if (message.type === "command") this.#perform(message.command);
  }

  #show({ view, databaseName }: Extract<PanelMessage, { type: "show" }>): void {
    clearTimeout(this.#firstWord);
    this.silent = false;
    this.databaseName = databaseName;
    const before = this.view ?? this.#keeper.value.view;
    const sameRun = before?.database === view.database && before.runId === view.runId;
    const key = view.key ?? (sameRun ? before?.key : undefined);
    const loaded = this.view !== undefined && sameRun && this.#outline.value?.run.run_id === view.runId;
    this.#change({ ...view, key });
    this.#revealSelected = key !== undefined;
    if (view.tab === "sql") void this.updateComplete.then(() => this.querySelector("lens-sql")?.focus());
    if (loaded) return;
    this.#ask(view.runId, key);
  }

  #ask(runId: string | undefined, key: number | undefined): void {
    this.#choosesSpan = key === undefined;
    if (runId === undefined) this.#outline.clear();
    else this.#outline.ask({ runId, limit: MOST_SPANS }, true);
  }

  /** A run that is being written changes many times a second: one question per rest is enough. */
  #changed(): void {
    this.#changing ??= setTimeout(() => {
      this.#changing = undefined;
      this.#outline.refresh();
      this.generation += 1;
    }, CHANGE_REST);
  }

  #change(change: Partial<View>): void {
    const before = this.view;
    const view = { tab: "trace", database: "", ...before, ...change } satisfies View;
    this.view = view;
    this.#keeper.set({ view });
    const keys = ["tab", "database", "runId", "key"] as const;
    if (!before || keys.some((key) => before[key] !== view[key]))
      this.#api.postMessage({ type: "shown", view });
  }

  #select({ key }: PageEvents["lens-select"]): void {
    if (this.view?.key !== key) this.#change({ key });
  }

  #showRun({ runId, key: given, spanId, failed }: PageEvents["lens-show-run"]): void {
    const same = this.view?.runId === runId && this.#outline.value?.run.run_id === runId;
    const spans = same ? this.#model?.spans : undefined;
    const found = spans?.keys[this.#findSpan(spans, spanId, failed)];
    const key = given ?? found;
    this.#wantedSpan = spanId;
    this.#wantedFailure = failed;
    this.#change({ tab: "trace", runId, key: key ?? (same ? this.view?.key : undefined) });
    this.#revealSelected = key !== undefined;
    if (!same) this.#ask(runId, key);
  }

  /** Index of the span with this id, or of the first failed one of this name; -1 when there is none. */
  #findSpan(spans: SpanTable, id: string | undefined, failedName: string | undefined): number {
    if (id !== undefined) return spans.indexOfId(id);
    if (failedName === undefined) return -1;
    for (let index = 0; index < spans.length; index++)
      if (spans.failed(index) && spans.name(index) === failedName) return index;
    return -1;
  }

  #filterName(name: string): void {
    this.#change({ tab: "trace" });
    this.#traceTab()?.filterName(name);
  }

  #tabChosen = (event: Event): void => {
    // Dropdowns inside the tabs also send `change`, and it bubbles.
    if (event.target !== event.currentTarget) return;
    const { activeid } = event.target as HTMLElement & { activeid?: string };
    const tab = tabs.find((name) => activeid === `tab-${name}`);
    if (tab && this.view && this.view.tab !== tab) this.#change({ tab });
  };

  /** Ctrl+Enter runs the query from the tab's title too; inside of the tab it is the tab's own. */
  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (this.view?.tab === "query") this.querySelector<QueryTab>("lens-query")?.run();
    else if (this.view?.tab === "sql") this.querySelector<SqlTab>("lens-sql")?.run();
    else return;
    event.preventDefault();
  }

  async #copy(text: string): Promise<void> {
    await this.#do(async () => {
      await this.#rpc.request("copy", { text });
      this.#announce(strings.copied);
    });
  }

  async #save(table: PageEvents["lens-save-table"]): Promise<void> {
    await this.#do(async () => {
      if (await this.#rpc.request("saveTable", table)) this.#announce(strings.saved);
    });
  }

  /** What a key binding or a menu of VS Code asks for. */
  #perform(command: PageCommand): void {
    switch (command) {
      case "focusFilter":
      case "nextFailure":
      case "previousFailure":
        if (this.view?.tab !== "trace") this.#change({ tab: "trace" });
        void this.updateComplete.then(() => this.#traceTab()?.perform(command));
        return;
      case "refresh":
        this.#changed();
        return;
      case "nextTab":
        this.#turnTab(1);
        return;
      case "previousTab":
        this.#turnTab(-1);
        return;
      default:
        this.#menu.perform(command);
    }
  }

  /** Shows the tab beside, and gives it the keyboard. */
  #turnTab(direction: 1 | -1): void {
    const at = tabs.indexOf(this.view?.tab ?? "trace");
    const tab = tabs[(at + direction + tabs.length) % tabs.length]!;
    this.#change({ tab });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#tab-${tab}`)?.focus());
  }

  /** Runs an action of the panel and says so when it fails. */
  async #do(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      this.#announce(thrown.message);
    }
  }

  #announce(text: string): void {
    this.announcement = text;
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => {
      this.announcement = "";
    }, ANNOUNCEMENT);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "flujo-lens-app": App;
    "lens-trace": TraceTab;
    "lens-statistics": StatisticsTab;
    "lens-query": QueryTab;
    "lens-sql": SqlTab;
  }
}
