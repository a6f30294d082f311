import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { csv, tsv } from "../../src/format/csv.ts";
import { formatDuration } from "../../src/format/numbers.ts";
import { visible } from "../../src/format/text.ts";
import type {
  ErrorValue,
  PackedSqlAnswer,
  QueryTableRow,
  SqlVocabulary,
} from "../../src/protocol/messages.ts";
import { isolated, statementAt } from "../../src/sql/tokens.ts";
import type { ValueControl } from "../controls.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon } from "../icons.ts";
import { Load } from "../load.ts";
import { banner, emptyState } from "../parts/waiting.ts";
import type { Grid } from "../query/grid.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import { jsonOf, type SqlRows, sqlLead, sqlRows } from "./answer.ts";
import { type LimitInput, MOST, readLimits } from "./limits.ts";
import { namesView } from "./names.ts";
import { isPlan, planSteps, planView } from "./plan.ts";
import type { SqlEditor, SqlEditorActions } from "./sql-editor.ts";
import "../parts/splitter.ts";
import "./sql-editor.ts";

const HEIGHT = { min: 60, max: 600, initial: 150 };
/** Seconds; an answer that took longer is not asked for again by itself. */
const QUICK = 10;
const NO_NAMES: SqlVocabulary = { tables: [], functions: [] };

/** What was asked, beside its answer: the editor may have moved on meanwhile. */
interface Asked {
  /** Milliseconds on the page's clock. */
  readonly at: number;
  readonly seconds: number;
  readonly generation: number;
}

/** Questions in SQL: the statement, its limits, and its rows or its plan. */
@customElement("lens-sql")
export class SqlTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  /** Whether the tab is in front. */
  @property({ attribute: false }) active = false;
  /** Counts up when the database has changed. */
  @property({ attribute: false }) generation = 0;
  /** Statements that were run, newest first. */
  @property({ attribute: false }) recent: readonly string[] = [];
  @state() private text = "";
  @state() private limits: LimitInput = { limit: "1000", seconds: "30" };
  @state() private invalid: keyof LimitInput | "text" | undefined;
  @state() private height = HEIGHT.initial;
  /** The text was changed since the mistake was told: its place is no longer right. */
  @state() private edited = false;
  /** The failure of the question before, as long as there is no answer to the one under way. */
  #before: ErrorValue | undefined;
  @query("lens-sql-editor") private editor!: SqlEditor;
  readonly #answer = new Load(this, () => this.rpc, "sql");
  readonly #names = new Load(this, () => this.rpc, "sqlVocabulary");
  #namesOf: number | undefined;
  #asked: Asked | undefined;
  #seen: PackedSqlAnswer | undefined;
  #rows: SqlRows | undefined;
  #took = 0;

  /** Runs the statement at the cursor, or asks how it would be run. */
  run(plan = false): void {
    const place = statementAt(this.text, this.editor.caret);
    const limits = readLimits(this.limits);
    this.invalid = limits.kind === "invalid" ? limits.field : place === undefined ? "text" : undefined;
    if (limits.kind === "invalid") {
      this.querySelector<HTMLElement>(`.sql-${limits.field}`)?.focus();
      return;
    }
    if (place === undefined) {
      this.editor.focus();
      return;
    }
    const { limit, seconds } = limits;
    this.edited = false;
    this.#before = this.#answer.error;
    this.#asked = { at: performance.now(), seconds, generation: this.generation };
    this.#answer.ask({ query: isolated(this.text, place), limit, seconds, plan });
    const statement = this.text.slice(place.from, place.to);
    void this.rpc.request("rememberSql", { text: statement }).catch(() => undefined);
    this.#keep(false);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.editor.focus());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { text, limit, seconds, height } = this.keeper.value.sql;
    this.text = text;
    this.limits = { limit, seconds };
    this.height = height;
    this.addEventListener("keydown", this.#key);
    this.addEventListener("lens-sql-list", this.#listed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.#key);
    this.removeEventListener("lens-sql-list", this.#listed);
  }

  protected override willUpdate(): void {
    if (this.active) this.#askNames();
    const { value } = this.#answer;
    if (value === this.#seen) return;
    this.#seen = value;
    this.#rows = value && sqlRows(value);
    if (!value || !this.#asked) return;
    this.#took = (performance.now() - this.#asked.at) / 1000;
    this.#keep(this.#took < QUICK);
  }

  protected override updated(): void {
    if (this.active && this.keeper.value.sql.ran && !this.#asked) this.run();
  }

  protected override render(): TemplateResult {
    const error = this.#failure();
    const mistaken = error?.kind === "invalid_argument";
    const place = mistaken && !this.edited ? error.place : undefined;
    return html`<div class="sql">
      <div class="toolbar sql-form" role="group" aria-label=${strings.sqlForm}>
        <vscode-button class="sql-run" title=${strings.runHint} @click=${() => this.run()}>${strings.run}</vscode-button>
        <vscode-button appearance="secondary" class="sql-explain" title=${strings.sqlExplainHint} @click=${() => this.run(true)}>${strings.sqlExplain}</vscode-button>
        ${this.#listButton("examples", "symbol-snippet", strings.sqlExamples, strings.sqlExamplesHint)}
        ${this.#listButton("history", "history", strings.sqlHistory, strings.sqlHistoryHint)}
        <span class="toolbar-end sql-end">
          ${this.#field("limit", strings.sqlRows, strings.sqlRowsHint)}
          ${this.#field("seconds", strings.sqlSeconds, strings.sqlSecondsHint)}
        </span>
      </div>
      <lens-sql-editor
        style="height: ${this.height}px"
        .text=${this.text}
        .mistake=${place}
        .describedBy=${mistaken || this.invalid === "text" ? "sql-mistake" : undefined}
        .vocabulary=${this.#names.value ?? NO_NAMES}
        .recent=${this.recent}
        .actions=${this.#actions}
      ></lens-sql-editor>
      <lens-splitter
        orientation="horizontal"
        .label=${strings.sqlHeight}
        .size=${this.height}
        .min=${HEIGHT.min}
        .max=${HEIGHT.max}
        .initial=${HEIGHT.initial}
        .onResize=${(height: number) => this.#resize(height)}
      ></lens-splitter>
      ${this.#said(mistaken ? error.message : undefined, place !== undefined)}
      ${mistaken ? nothing : banner(error, () => this.run())} ${this.#running()} ${this.#result()}
    </div>`;
  }

  #listButton(list: "examples" | "history", mark: string, label: string, hint: string): TemplateResult {
    const open = this.editor?.isOpen(list) ?? false;
    // On press, because the editor closes its list when it loses the keyboard.
    return html`<vscode-button
      appearance="secondary"
      class="sql-list-button sql-${list}"
      title=${hint}
      aria-label=${label}
      aria-pressed=${String(open)}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => this.editor.toggle(list)}
      >${label}<span slot="start" class="codicon codicon-${mark}" aria-hidden="true"></span
    ></vscode-button>`;
  }

  #field(name: keyof LimitInput, label: string, hint: string): TemplateResult {
    const wrong = this.invalid === name;
    return html`<span class="duration-field query-field">
      <span class="quiet" aria-hidden="true">${label}</span>
      <vscode-text-field
        class="sql-number sql-${name} ${wrong ? "invalid" : ""}"
        title=${hint}
        aria-invalid=${String(wrong)}
        .value=${this.limits[name]}
        @input=${(event: Event) => this.#limit(name, (event.target as ValueControl).value)}
        >${label}</vscode-text-field
      >
      ${wrong ? html`<span class="field-error" role="alert">${strings.queryLimitInvalid(MOST[name])}</span>` : nothing}
    </span>`;
  }

  /** What is wrong with the statement, in one sentence, with a way to the place. */
  #said(mistake: string | undefined, placed: boolean): TemplateResult | typeof nothing {
    const said = this.invalid === "text" ? strings.sqlEmpty : mistake;
    if (said === undefined) return nothing;
    return html`<div class="banner sql-mistake">
      ${icon("error")}<span id="sql-mistake" class="banner-text" role="alert">${visible(said)}</span>
      ${placed ? html`<vscode-button appearance="secondary" @click=${() => this.#goToMistake()}>${strings.sqlGoTo}</vscode-button>` : nothing}
    </div>`;
  }

  #running(): TemplateResult | typeof nothing {
    const { slow, fraction } = this.#answer;
    if (!slow) return nothing;
    const most = this.#asked?.seconds ?? 0;
    const passed = Math.round((fraction ?? 0) * most);
    return html`<div class="waiting">
      <vscode-progress-ring aria-label=${strings.runningQuery}></vscode-progress-ring>
      <span role="status">${strings.runningQuery}</span>
      <span class="quiet" aria-hidden="true">${strings.sqlElapsed(passed, most)}</span>
      <vscode-button appearance="secondary" @click=${() => this.#answer.cancel()}>${strings.cancel}</vscode-button>
    </div>`;
  }

  #result(): TemplateResult | typeof nothing {
    const { loading } = this.#answer;
    if (this.#rows) return isPlan(this.#rows.names) ? this.#plan(this.#rows) : this.#table(this.#rows);
    return loading || this.#failure() ? nothing : namesView(this.#names.value ?? NO_NAMES);
  }

  #failure(): ErrorValue | undefined {
    return this.#answer.error === this.#before ? undefined : this.#answer.error;
  }

  #plan({ rows }: SqlRows): TemplateResult {
    if (rows.length === 0) return emptyState(strings.sqlPlanEmpty);
    return html`<div class="query-facts"><span role="status">${strings.sqlPlanTime(formatDuration(this.#took))}</span></div>
      ${planView(planSteps(rows))}`;
  }

  #table({ rows, columns, more }: SqlRows): TemplateResult {
    const seconds = formatDuration(this.#took);
    const stated = more ? strings.sqlMore(rows.length, seconds) : strings.queryRows(rows.length, seconds);
    const outdated = this.#asked?.generation !== this.generation;
    return html`
      <div class="query-facts">
        <span role="status">${stated}${outdated ? html` <span class="quiet">${strings.queryOutdated}</span>` : nothing}</span>
        ${
          rows.length === 0
            ? nothing
            : html`${this.#button("copy", strings.copyTable, () => this.#copy())}
              ${this.#button("save", strings.saveCsv, () => this.#save("csv"))}
              ${this.#button("json", strings.saveJson, () => this.#save("json"))}`
        }
      </div>
      ${
        rows.length === 0
          ? emptyState(strings.sqlNoRows)
          : html`<lens-grid
              .rows=${rows}
              .columns=${columns}
              .leadOf=${sqlLead}
              .label=${strings.sqlAnswer}
              .onOpen=${(row: QueryTableRow) => this.#openRun(row)}
            ></lens-grid>`
      }
    `;
  }

  #button(mark: string, label: string, act: () => void): TemplateResult {
    return html`<vscode-button appearance="secondary" @click=${act}
      >${label}<span slot="start" class="codicon codicon-${mark}" aria-hidden="true"></span
    ></vscode-button>`;
  }

  #openRun(row: QueryTableRow): void {
    const lead = sqlLead(row);
    if (lead?.kind === "span") emit(this, "lens-show-run", lead);
  }

  #shown(): ReturnType<Grid["table"]> | undefined {
    return this.querySelector<Grid>("lens-grid")?.table();
  }

  #copy(): void {
    const table = this.#shown();
    if (table) emit(this, "lens-copy", { text: tsv([table.titles, ...table.rows]) });
  }

  #save(format: "csv" | "json"): void {
    const table = this.#shown();
    if (!table) return;
    const { titles, rows } = table;
    const text = format === "csv" ? csv(titles, rows) : jsonOf(titles, rows);
    emit(this, "lens-save-table", { name: "query", text, format });
  }

  #goToMistake(): void {
    const place = this.#answer.error?.place;
    if (place) this.editor.select(place);
  }

  #askNames(): void {
    if (this.#namesOf === this.generation) return;
    this.#namesOf = this.generation;
    if (this.#names.value) this.#names.refresh();
    else this.#names.ask({});
  }

  readonly #actions: SqlEditorActions = {
    change: (text) => {
      this.text = text;
      this.edited = true;
      if (this.invalid === "text") this.invalid = undefined;
      this.#keep(false);
    },
    forget: (text) => void this.rpc.request("forgetSql", { text }).catch(() => undefined),
    enter: () => this.#askNames(),
  };

  #limit(name: keyof LimitInput, value: string): void {
    this.limits = { ...this.limits, [name]: value };
    this.invalid = undefined;
    this.#keep(this.keeper.value.sql.ran);
  }

  #resize(height: number): void {
    this.height = height;
    this.#keep(this.keeper.value.sql.ran);
  }

  #keep(ran: boolean): void {
    this.keeper.set({ sql: { text: this.text, ...this.limits, height: this.height, ran } });
  }

  /** The buttons show whether their list is open. */
  #listed = (): void => this.requestUpdate();

  #key = (event: KeyboardEvent): void => {
    const inField = event.composedPath()[0] instanceof HTMLInputElement;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || inField)) return;
    this.run();
    event.preventDefault();
    event.stopPropagation();
  };
}
