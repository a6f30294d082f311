import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatTime } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { StatisticsReport } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon } from "../icons.ts";
import { Load } from "../load.ts";
import { linkButton } from "../parts/actions.ts";
import type { SelectOption } from "../parts/select.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper, Kept } from "../state.ts";
import { strings } from "../strings.ts";
import { isColumn, type Sort } from "./durations.ts";
import { errorTable, pipelineTable } from "./tables.ts";
import { tiles } from "./tiles.ts";
import { isRangeName, type RangeName, rangeNames, resolveRange } from "./time-range.ts";
import "../parts/select.ts";
import "./durations-table.ts";
import "./latency-chart.ts";

type Query = Kept["statistics"];

/** Error patterns drawn before the reader asks for the rest: the durations below should be in sight. */
const FIRST_ERRORS = 8;

const everything: Query = { pipeline: "", range: "all", from: "", to: "" };

/** Counts, durations, pipelines and errors over all runs, or those of one pipeline or time. */
@customElement("lens-statistics")
export class StatisticsTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  /** Asks nothing while false: a hidden tab costs nothing. */
  @property({ attribute: false }) active = false;
  /** Counts up when the database changed. */
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) hasRun = false;
  @state() private query: Query = everything;
  @state() private allErrors = false;
  @state() private sort: Sort = { column: "self", descending: true };
  readonly #report = new Load(this, () => this.rpc, "statistics");
  readonly #pipelines = new Load(this, () => this.rpc, "pipelines");
  #askedGeneration = -1;
  /** Which range the figures on screen cover. */
  #statedRange = "";

  override connectedCallback(): void {
    super.connectedCallback();
    const { statistics, sort } = this.keeper.value;
    this.query = statistics;
    if (isColumn(sort.column)) this.sort = { column: sort.column, descending: sort.descending };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#askedGeneration = -1;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.active) return;
    const requery = (changed as Map<string, unknown>).has("query") || this.#askedGeneration < 0;
    if (requery) this.#ask();
    else if (this.#askedGeneration < this.generation) this.#refresh();
    this.#askedGeneration = this.generation;
  }

  protected override render(): TemplateResult {
    const report = this.#report.value;
    const range = this.#range();
    return html`<div class="statistics">
      <div class="toolbar">
        <lens-select
          class="pipeline-filter"
          .label=${strings.pipelineFilter}
          .value=${this.query.pipeline}
          .options=${this.#pipelineOptions()}
          .onChoose=${(pipeline: string) => this.#change({ pipeline })}
        ></lens-select>
        <lens-select
          class="range-filter"
          .label=${strings.rangeFilter}
          .value=${range}
          .options=${rangeNames.map((name) => ({ value: name, label: strings.ranges[name] }))}
          .onChoose=${(name: string) => this.#change({ range: name })}
        ></lens-select>
        ${range === "custom" ? this.#dates() : nothing}
        <span class="quiet stated-range" role="status">${report ? this.#stated(report) : nothing}</span>
        ${this.#report.loading && report ? html`<span class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true"></span>` : nothing}
      </div>
      ${banner(this.#report.error, () => this.#refresh())} ${waiting(this.#report, strings.readingStatistics)}
      ${report ? this.#body(report) : nothing}
    </div>`;
  }

  #body(report: StatisticsReport): TemplateResult {
    const { statistics } = report;
    if (report.runs.total === 0 && statistics.total_spans === 0) return this.#nothing();
    const openError = (pattern: StatisticsReport["errors"][number]) =>
      emit(this, "lens-show-run", { runId: pattern.last_run_id, key: pattern.last_key });
    return html`
      ${tiles(report)} ${statistics.snapshot.stale ? html`<p class="note">${icon("history")} ${strings.stale(formatTime(statistics.snapshot.at))}</p>` : nothing}
      ${
        statistics.total_spans === 0
          ? this.#nothing()
          : html`
              <section aria-label=${strings.errors}>
                <h2>${strings.errors}</h2>
                ${errorTable(this.allErrors ? report.errors : report.errors.slice(0, FIRST_ERRORS), openError, Date.now() / 1000)}
                ${!this.allErrors && report.errors.length > FIRST_ERRORS ? linkButton(strings.allRows(report.errors.length), this.#showErrors) : nothing}
              </section>
              <section aria-label=${strings.durations}>
                <h2>${strings.durations}</h2>
                <lens-durations
                  .durations=${statistics.durations}
                  .sort=${this.sort}
                  .linked=${this.hasRun}
                  .onSort=${this.#resort}
                ></lens-durations>
              </section>
              <section aria-label=${strings.latency}>
                <h2 title=${strings.latencyHint}>${strings.latency}</h2>
                <lens-latency .histogram=${report.histogram}></lens-latency>
              </section>
            `
      }
      <section aria-label=${strings.pipelines}>
        <h2>${strings.pipelines}</h2>
        ${pipelineTable(report.pipelines, (pipeline) => this.#change({ pipeline }))}
      </section>
    `;
  }

  #nothing(): TemplateResult {
    const { pipeline } = this.query;
    const range = this.#range();
    if (pipeline === "" && range === "all") return emptyState(strings.noRunsYet);
    const where = pipeline === "" ? strings.anyPipeline : oneLine(pipeline, 80);
    return emptyState(
      strings.nothingHere(where, strings.ranges[range]),
      linkButton(strings.resetStatistics, () => this.#change(everything)),
    );
  }

  #dates(): TemplateResult {
    const { from, to } = this.query;
    const invalid = resolveRange("custom", from, to, 0).kind === "invalid";
    const field = (label: string, value: string, change: (value: string) => void) =>
      html`<label class="date-field"
        >${label}
        <input
          class="input"
          type="datetime-local"
          aria-invalid=${String(invalid)}
          .value=${value}
          @change=${(event: Event) => change((event.target as HTMLInputElement).value)}
      /></label>`;
    return html`${field(strings.from, from, (value) => this.#change({ from: value }))}
    ${field(strings.to, to, (value) => this.#change({ to: value }))}
    ${invalid ? html`<span class="field-error-inline" role="alert">${strings.rangeInvalid}</span>` : nothing}`;
  }

  #stated({ covered }: StatisticsReport): string {
    // The figures before stay on screen while new ones are computed, and so does what is said of them.
    if (this.#report.loading) return this.#statedRange;
    const range = strings.ranges[this.#range()];
    this.#statedRange =
      covered === null
        ? strings.noSpansInRange(range)
        : strings.rangeStated(range, formatTime(covered[0]), formatTime(covered[1]));
    return this.#statedRange;
  }

  #range(): RangeName {
    return isRangeName(this.query.range) ? this.query.range : "all";
  }

  #pipelineOptions(): SelectOption[] {
    const found = (this.#pipelines.value ?? []).map(({ pipeline_name, runs }) => ({
      value: pipeline_name,
      label: strings.withCount(oneLine(pipeline_name, 60), runs),
    }));
    const { pipeline } = this.query;
    const missing = pipeline !== "" && !found.some(({ value }) => value === pipeline);
    return [
      { value: "", label: strings.anyPipeline },
      ...(missing ? [{ value: pipeline, label: oneLine(pipeline, 60) }] : []),
      ...found,
    ];
  }

  #change(change: Partial<Query>): void {
    this.query = { ...this.query, ...change };
    this.keeper.set({ statistics: this.query });
  }

  #showErrors = (): void => {
    this.allErrors = true;
  };

  #resort = (sort: Sort): void => {
    this.sort = sort;
    this.keeper.set({ sort });
  };

  #ask(): void {
    const { pipeline, from, to } = this.query;
    const range = resolveRange(this.#range(), from, to, Date.now() / 1000);
    if (range.kind === "invalid") return;
    const pipelineName = pipeline === "" ? undefined : pipeline;
    this.#report.ask({ pipelineName, from: range.from, to: range.to }, true);
    this.#pipelines.ask({}, true);
  }

  #refresh(): void {
    // "Last hour" means the hour before now, so that it is resolved anew. A question under way is let finish:
    // a database that changes all the time would otherwise never get an answer.
    if (this.#report.loading || this.#range() === "all") {
      this.#report.refresh();
      this.#pipelines.refresh();
    } else this.#ask();
  }
}
