import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { csv, tsv } from "../../src/format/csv.ts";
import { formatDuration } from "../../src/format/numbers.ts";
import type { QueryTableRow } from "../../src/protocol/messages.ts";
import type { ValueControl } from "../controls.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { Load } from "../load.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import type { Grid } from "./grid.ts";
import { MOST_ROWS, offered, offeredQueries, type QueryInput, readQuery } from "./queries.ts";
import { leadOf } from "./table.ts";
import "../parts/select.ts";
import "./grid.ts";

/** What was asked, beside its answer: the fields may have moved on meanwhile. */
interface Asked {
  readonly name: string;
  readonly limit: number;
  /** Milliseconds on the page's clock. */
  readonly at: number;
  readonly generation: number;
}

/** The named queries with their parameters, and the rows of the last one as a grid. */
@customElement("lens-query")
export class QueryTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  /** Whether the tab is in front. */
  @property({ attribute: false }) active = false;
  /** Counts up when the database has changed. */
  @property({ attribute: false }) generation = 0;
  @state() private input: QueryInput = { name: "failed-spans", key: "", value: "", limit: "1000" };
  @state() private invalid: "key" | "limit" | undefined;
  readonly #answer = new Load(this, () => this.rpc, "query");
  #asked: Asked | undefined;
  #seconds = 0;
  #shown: readonly QueryTableRow[] | undefined;

  /** Runs what is in the fields; a mistake in them is shown beside its field. */
  run(): void {
    const ready = readQuery(this.input);
    this.invalid = ready.kind === "invalid" ? ready.field : undefined;
    if (ready.kind === "invalid") {
      this.querySelector<HTMLElement>(`.query-${ready.field}`)?.focus();
      return;
    }
    const { name, params } = ready;
    this.#asked = {
      name,
      limit: params.limit ?? MOST_ROWS,
      at: performance.now(),
      generation: this.generation,
    };
    this.#answer.ask({ name, params });
    this.#keep(true);
  }

  /** Puts the cursor into the grid, or before there is one, on the query. */
  override focus(): void {
    const grid = this.grid();
    if (grid) grid.focus();
    else this.querySelector<HTMLElement>("vscode-dropdown")?.focus();
  }

  grid(): Grid | null {
    return this.querySelector<Grid>("lens-grid");
  }

  /** Copies all rows with their titles. */
  copyTable(): void {
    const table = this.grid()?.table();
    if (table) emit(this, "lens-copy", { text: tsv([table.titles, ...table.rows]) });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { name, key, value, limit } = this.keeper.value.query;
    this.input = { name, key, value, limit };
    this.addEventListener("keydown", this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.#key);
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.active && this.keeper.value.query.ran && !this.#asked) this.run();
    const { value } = this.#answer;
    if (value === this.#shown) return;
    this.#shown = value;
    if (value && this.#asked) this.#seconds = (performance.now() - this.#asked.at) / 1000;
  }

  protected override render(): TemplateResult {
    const { input } = this;
    const query = offered(input.name);
    return html`<div class="query">
      <div class="toolbar query-form" role="form" aria-label=${strings.query}>
        <lens-select
          class="query-name"
          .label=${strings.query}
          .value=${query.name}
          .options=${offeredQueries.map(({ name }) => ({ value: name, label: name }))}
          .onChoose=${(name: string) => this.#change({ name })}
        ></lens-select>
        ${
          query.params.includes("key")
            ? html`${this.#field("key", strings.queryKey, strings.queryKeyHint)}${this.#field("value", strings.queryValue, strings.queryValueHint)}`
            : nothing
        }
        ${this.#field("limit", strings.queryLimit, strings.queryLimitHint)}
        <vscode-button class="query-run" title=${strings.runHint} @click=${() => this.run()}>${strings.run}</vscode-button>
        <p class="query-about quiet">${query.about}</p>
      </div>
      ${this.#result()}
    </div>`;
  }

  #field(name: "key" | "value" | "limit", label: string, hint: string): TemplateResult {
    const wrong = this.invalid === name;
    const mistake = name === "limit" ? strings.queryLimitInvalid(MOST_ROWS) : strings.queryKeyInvalid;
    return html`<span class="duration-field query-field">
      <span class="quiet" aria-hidden="true">${label}</span>
      <vscode-text-field
        class="query-${name} ${wrong ? "invalid" : ""}"
        title=${hint}
        placeholder=${label}
        aria-invalid=${String(wrong)}
        .value=${this.input[name]}
        @input=${(event: Event) => this.#change({ [name]: (event.target as ValueControl).value })}
        >${label}</vscode-text-field
      >
      ${wrong ? html`<span class="field-error" role="alert">${mistake}</span>` : nothing}
    </span>`;
  }

  #result(): TemplateResult {
    const { value, loading } = this.#answer;
    return html`
      ${banner(this.#answer.error, () => this.run())} ${waiting(this.#answer, strings.runningQuery)}
      ${value ? this.#rows(value) : loading || this.#answer.error ? nothing : emptyState(strings.queryNotRun)}
    `;
  }

  #rows(rows: readonly QueryTableRow[]): TemplateResult {
    const asked = this.#asked!;
    const seconds = formatDuration(this.#seconds);
    const stated =
      rows.length >= asked.limit
        ? strings.queryLimited(rows.length, seconds)
        : strings.queryRows(rows.length, seconds);
    return html`
      <div class="query-facts">
        <span role="status"
          >${stated}${asked.generation === this.generation ? nothing : html` <span class="quiet">${strings.queryOutdated}</span>`}</span
        >
        ${
          rows.length === 0
            ? nothing
            : html`<vscode-button appearance="secondary" title=${strings.copyTableHint} @click=${() => this.copyTable()}
                  >${strings.copyTable}<span slot="start" class="codicon codicon-copy" aria-hidden="true"></span></vscode-button
                ><vscode-button appearance="secondary" @click=${() => this.#save()}
                  >${strings.saveCsv}<span slot="start" class="codicon codicon-save" aria-hidden="true"></span></vscode-button
                >`
        }
      </div>
      ${
        rows.length === 0
          ? emptyState(strings.queryNoRows)
          : html`<lens-grid
              .rows=${rows}
              .label=${strings.queryTable(asked.name)}
              .onOpen=${(row: QueryTableRow) => this.#open(row)}
            ></lens-grid>`
      }
    `;
  }

  #open(row: QueryTableRow): void {
    const lead = leadOf(row);
    if (lead?.kind === "name") emit(this, "lens-filter-name", { name: lead.name });
    else if (lead) emit(this, "lens-show-run", lead);
  }

  #save(): void {
    const table = this.grid()?.table();
    if (table)
      emit(this, "lens-save-table", {
        name: this.#asked!.name,
        text: csv(table.titles, table.rows),
        format: "csv",
      });
  }

  #change(change: Partial<QueryInput>): void {
    this.input = { ...this.input, ...change };
    this.invalid = undefined;
    this.#keep(this.keeper.value.query.ran);
  }

  #keep(ran: boolean): void {
    this.keeper.set({ query: { ...this.input, ran } });
  }

  #key = (event: KeyboardEvent): void => {
    const inField = event.composedPath()[0] instanceof HTMLInputElement;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || inField)) return;
    this.run();
    event.preventDefault();
    event.stopPropagation();
  };
}
