import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { Selection, State, StatisticsGroup, StatisticsReport } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon } from "../icons.ts";
import { Load } from "../load.ts";
import { linkButton } from "../parts/actions.ts";
import type { SelectOption } from "../parts/select.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import type { Behind } from "./behind.ts";
import { charts, type OpenBars } from "./charts.ts";
import type { Comparable } from "./compare.ts";
import { type DurationRow, groupsOf, isColumn, type Sort } from "./durations.ts";
import type { FigureLimits } from "./durations-table.ts";
import {
  type Brush,
  type Choices,
  chosen,
  everything,
  hasBrush,
  hasDurationBrush,
  hasTimeBrush,
  narrowed,
  ofGroup,
  periodBefore,
  rangeOf,
} from "./selection.ts";
import { skeleton } from "./skeleton.ts";
import { errorTable, pipelineTable, versionName } from "./tables.ts";
import { tiles } from "./tiles.ts";
import { rangeNames, resolveRange } from "./time-range.ts";
import "../parts/select.ts";
import "../parts/splitter.ts";
import "./bar-chart.ts";
import "./compare.ts";
import "./durations-table.ts";
import "./span-list.ts";

/** Error patterns drawn before the reader asks for the rest: the durations below should be in sight. */
const FIRST_ERRORS = 8;
const groupings: readonly StatisticsGroup[] = ["name", "pipeline", "version", "state", "error_type"];
/** Pixels. */
const LIST_HEIGHT = { least: 90, initial: 260 };
/** Dropdown values stand for versions, which may be any text or none at all. */
const ANY_VERSION = "any";

/** Counts, durations, pipelines and errors over all runs, or over what the toolbar and the charts' brushes leave of them. */
@customElement("lens-statistics")
export class StatisticsTab extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) keeper!: Keeper;
  /** Asks nothing while false: a hidden tab costs nothing. */
  @property({ attribute: false }) active = false;
  /** Counts up when the database changed. */
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) hasRun = false;
  @state() private query: Choices = everything;
  @state() private allErrors = false;
  @state() private sort: Sort = { column: "self", descending: true };
  @state() private widths: Readonly<Record<string, number>> = {};
  @state() private listHeight = LIST_HEIGHT.initial;
  @state() private behind: Behind | undefined;
  @state() private compared = "";
  /** Without any brush: what the charts draw behind. */
  readonly #whole = new Load(this, () => this.rpc, "statistics");
  readonly #brushed = new Load(this, () => this.rpc, "statistics");
  readonly #pipelines = new Load(this, () => this.rpc, "pipelines");
  #askedGeneration = -1;
  /** The selection that the figures on screen were asked with, and the one without a brush. */
  #selection: Selection = {};
  /** Seconds since the epoch. */
  #askedAt = 0;
  #unbrushed: Selection = {};
  /** Which range the figures on screen cover. */
  #statedRange = "";
  /** Where the keyboard was before the list opened. */
  #opener: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const { statistics, sort, widths, spanListHeight } = this.keeper.value;
    this.query = statistics;
    this.widths = widths;
    this.listHeight = spanListHeight;
    if (isColumn(sort.column)) this.sort = { column: sort.column, descending: sort.descending };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#askedGeneration = -1;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.active) return;
    const before = (changed as Map<string, unknown>).get("query") as Choices | undefined;
    const requery = (changed as Map<string, unknown>).has("query") || this.#askedGeneration < 0;
    if (requery) this.#ask(before !== undefined && onlyBrushed(before, this.query));
    else if (this.#askedGeneration < this.generation) this.#refresh();
    this.#askedGeneration = this.generation;
  }

  protected override render(): TemplateResult {
    const report = this.#report();
    const range = rangeOf(this.query);
    const loading = this.#whole.loading || this.#brushed.loading;
    return html`<div class="statistics">
      <div class="toolbar">
        <lens-select
          class="pipeline-filter"
          .label=${strings.pipelineFilter}
          .value=${this.query.pipeline}
          .options=${this.#pipelineOptions()}
          .onChoose=${(pipeline: string) => this.#change({ pipeline, version: undefined })}
        ></lens-select>
        ${this.#versionPicker()}
        <lens-select
          class="range-filter"
          .label=${strings.rangeFilter}
          .value=${range}
          .options=${rangeNames.map((name) => ({ value: name, label: strings.ranges[name] }))}
          .onChoose=${(name: string) => this.#change({ range: name, brush: this.#timeless() })}
        ></lens-select>
        ${range === "custom" ? this.#dates() : nothing}
        <lens-select
          class="group-filter"
          .label=${strings.groupBy}
          .value=${this.#groupBy()}
          .options=${groupings.map((name) => ({ value: name, label: strings.groupedBy(strings.groups[name]) }))}
          .onChoose=${(groupBy: string) => this.#change({ groupBy })}
        ></lens-select>
        <span class="quiet stated-range" role="status">${report ? this.#stated(report) : nothing}</span>
        <span class="busy-mark">${loading && report ? html`<span class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true"></span>` : nothing}</span>
      </div>
      ${this.#chips()}
      <div class="statistics-body">
        ${banner(this.#whole.error ?? this.#brushed.error, () => this.#refresh())}
        ${waiting(this.#whole.slow ? this.#whole : this.#brushed, strings.readingStatistics)}
        ${report ? this.#body(report) : this.#whole.loading ? skeleton() : nothing}
      </div>
      ${this.behind ? this.#list(this.behind) : nothing}
    </div>`;
  }

  /** The figures on screen; those before a brush until it has its own. */
  #report(): StatisticsReport | undefined {
    return hasBrush(this.query.brush) ? (this.#brushed.value ?? this.#whole.value) : this.#whole.value;
  }

  #body(report: StatisticsReport): TemplateResult {
    const { statistics } = report;
    const whole = this.#whole.value ?? report;
    if (whole.runs.total === 0 && whole.statistics.total_spans === 0) return this.#nothing();
    const groupTitle = strings.groups[this.#groupBy()];
    const openError = (pattern: StatisticsReport["errors"][number]) =>
      emit(this, "lens-show-run", { runId: pattern.last_run_id, key: pattern.last_key });
    return html`
      ${tiles(report, this.#selection, this.#show)}
      ${statistics.snapshot.stale ? html`<p class="note">${icon("history")} ${strings.stale(formatTime(statistics.snapshot.at))}</p>` : nothing}
      ${charts(whole, report, this.query.brush, this.#brush, this.#openBars)}
      <section aria-label=${strings.errors}>
        <h2>${strings.errors}</h2>
        ${errorTable(this.allErrors ? report.errors : report.errors.slice(0, FIRST_ERRORS), this.#selection, this.#show, openError, Date.now() / 1000)}
        ${!this.allErrors && report.errors.length > FIRST_ERRORS ? linkButton(strings.allRows(report.errors.length), this.#showErrors) : nothing}
      </section>
      <section aria-label=${strings.durationsBy(groupTitle)}>
        <h2>${strings.durationsBy(groupTitle)}</h2>
        <lens-durations
          .groups=${groupsOf(report)}
          .series=${report.series}
          .groupTitle=${groupTitle}
          .nameOf=${this.#nameOfGroup}
          .sort=${this.sort}
          .onSort=${this.#resort}
          .widths=${this.widths}
          .onResize=${this.#resize}
          .onOpen=${this.#openRow}
          .canOpen=${this.#canOpenRow}
        ></lens-durations>
      </section>
      <section aria-label=${strings.pipelines}>
        <h2>${strings.pipelines}</h2>
        ${pipelineTable(report.pipelines, {
          selection: this.#selection,
          show: this.#show,
          choose: (pipeline, version) => this.#change({ pipeline, version }),
          compare: (pipeline, version) => {
            this.compared = versionId(pipeline, version);
          },
        })}
      </section>
      <section aria-label=${strings.compare}>
        <h2>${strings.compare}</h2>
        <lens-compare
          .rpc=${this.rpc}
          .report=${report}
          .selection=${this.#selection}
          .onOpen=${this.#show}
          .label=${this.#label()}
          .others=${this.#comparables(report)}
          .chosen=${this.compared}
          .groupBy=${this.#groupBy()}
          .groupTitle=${groupTitle}
          .nameOf=${this.#nameOfGroup}
          .generation=${this.generation}
          .onChoose=${(id: string) => {
            this.compared = id;
          }}
        ></lens-compare>
      </section>
    `;
  }

  #list(behind: Behind): TemplateResult {
    const names = behind.kind === "spans" ? (behind.query.names ?? []) : [];
    return html`<lens-splitter
        orientation="horizontal"
        trailing
        .label=${strings.listHeight}
        .size=${this.listHeight}
        .min=${LIST_HEIGHT.least}
        .max=${Math.max(LIST_HEIGHT.least, this.clientHeight - 160)}
        .initial=${LIST_HEIGHT.initial}
        .onResize=${(size: number) => {
          this.listHeight = size;
          this.keeper.set({ spanListHeight: size });
        }}
      ></lens-splitter>
      <lens-span-list
        style="height: ${this.listHeight}px"
        .rpc=${this.rpc}
        .behind=${behind}
        .generation=${this.generation}
        .onClose=${this.#closeList}
        .onFilter=${this.hasRun && names.length === 1 ? () => emit(this, "lens-filter-name", { name: names[0]! }) : undefined}
      ></lens-span-list>`;
  }

  #nothing(): TemplateResult {
    const { pipeline } = this.query;
    const range = rangeOf(this.query);
    if (pipeline === "" && range === "all") return emptyState(strings.noRunsYet);
    const where = pipeline === "" ? strings.anyPipeline : oneLine(pipeline, 80);
    return emptyState(
      strings.nothingHere(where, strings.ranges[range]),
      linkButton(strings.resetStatistics, () => this.#change({ ...everything, version: undefined })),
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
    return html`${field(strings.from, from, (value) => this.#change({ from: value, brush: this.#timeless() }))}
    ${field(strings.to, to, (value) => this.#change({ to: value, brush: this.#timeless() }))}
    ${invalid ? html`<span class="field-error-inline" role="alert">${strings.rangeInvalid}</span>` : nothing}`;
  }

  /** What was brushed, each with a button that takes it back. */
  #chips(): TemplateResult | typeof nothing {
    const { brush } = this.query;
    if (!hasBrush(brush)) return nothing;
    const chip = (text: string, clear: () => void) =>
      html`<span class="brush-chip">${text}<button type="button" class="brush-clear" aria-label=${strings.clearBrush(text)} title=${strings.clearBrush(text)} @click=${clear}>${icon("close")}</button></span>`;
    return html`<div class="brushes" role="group" aria-label=${strings.brushed}>
      ${hasTimeBrush(brush) ? chip(strings.runsStarted(formatTime(brush.from), formatTime(brush.to)), () => this.#brush({ from: undefined, to: undefined })) : nothing}
      ${hasDurationBrush(brush) ? chip(strings.spansLasting(formatDuration(brush.minDuration), formatDuration(brush.maxDuration)), () => this.#brush({ minDuration: undefined, maxDuration: undefined })) : nothing}
    </div>`;
  }

  #stated({ covered }: StatisticsReport): string {
    // The figures before stay on screen while new ones are computed, and so does what is said of them.
    if (this.#whole.loading || this.#brushed.loading) return this.#statedRange;
    const range = strings.ranges[rangeOf(this.query)];
    this.#statedRange =
      covered === null
        ? strings.noSpansInRange(range)
        : strings.rangeStated(range, formatTime(covered[0]), formatTime(covered[1]));
    return this.#statedRange;
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

  /** Versions belong to a pipeline: there is nothing to choose while none is chosen. */
  #versionPicker(): TemplateResult | typeof nothing {
    const { pipeline, version } = this.query;
    const versions = this.#pipelines.value?.find(({ pipeline_name }) => pipeline_name === pipeline)?.versions;
    if (pipeline === "" || !versions) return nothing;
    const options = [
      { value: ANY_VERSION, label: strings.anyVersion },
      ...versions.map(({ pipeline_version, runs }) => ({
        value: JSON.stringify(pipeline_version),
        label: strings.withCount(versionName(pipeline_version), runs),
      })),
    ];
    return html`<lens-select
      class="version-filter"
      .label=${strings.versionFilter}
      .value=${version === undefined ? ANY_VERSION : JSON.stringify(version)}
      .options=${options}
      .onChoose=${(value: string) => this.#change({ version: value === ANY_VERSION ? undefined : (JSON.parse(value) as string | null) })}
    ></lens-select>`;
  }

  #groupBy(): StatisticsGroup {
    return groupings.find((name) => name === this.query.groupBy) ?? "name";
  }

  #nameOfGroup = (group: string | null): string => {
    switch (this.#groupBy()) {
      case "version":
        return group === null ? strings.noVersion : group;
      case "error_type":
        return group ?? strings.noError;
      case "state":
        return group === null ? "" : (strings.states[group as State] ?? group);
      default:
        return group ?? "";
    }
  };

  /** What the figures on screen cover, in words. */
  #label(): string {
    const { pipeline, version, brush } = this.query;
    return [
      pipeline === "" ? strings.anyPipeline : oneLine(pipeline, 40),
      ...(version === undefined ? [] : [versionName(version)]),
      strings.ranges[rangeOf(this.query)],
      ...(hasBrush(brush) ? [strings.brushed] : []),
    ].join(", ");
  }

  #comparables(report: StatisticsReport): Comparable[] {
    const selection = this.#selection;
    const before = periodBefore(selection, report);
    const all = this.#pipelines.value ?? [];
    const { pipeline } = this.query;
    const versions = all
      .filter(({ pipeline_name }) => pipeline === "" || pipeline_name === pipeline)
      .flatMap(({ pipeline_name, versions: own }) =>
        own.map(({ pipeline_version }) => ({
          id: versionId(pipeline_name, pipeline_version),
          label: `${oneLine(pipeline_name, 40)} ${versionName(pipeline_version)}`,
          selection: { ...selection, pipelineName: pipeline_name, pipelineVersion: pipeline_version },
        })),
      );
    const whole = hasBrush(this.query.brush)
      ? [{ id: "whole", label: strings.withoutBrush, selection: this.#unbrushed }]
      : [];
    // As of the last question: a moving end would be another question at every drawing.
    const times = rangeNames
      .filter((name) => name !== "custom" && name !== rangeOf(this.query))
      .map((name) => {
        const { from: _, to: __, ...rest } = selection;
        const other = chosen({ ...everything, range: name }, this.#askedAt) ?? {};
        return { id: name, label: strings.ranges[name], selection: { ...rest, ...other } };
      });
    return [
      ...(before ? [{ id: "before", label: strings.periodBeforeName, selection: before }] : []),
      ...whole,
      ...times,
      ...versions,
    ];
  }

  #change(change: Partial<Choices>): void {
    this.query = { ...this.query, ...change };
    this.keeper.set({ statistics: this.query });
  }

  #brush = (change: Brush): void => this.#change({ brush: { ...this.query.brush, ...change } });

  #timeless(): Brush {
    return { ...this.query.brush, from: undefined, to: undefined };
  }

  #openBars: OpenBars = (kind, title, query) => {
    if (kind === "runs")
      this.#show({ kind, title, query: { ...narrowed(this.#selection, query), ...query.more } });
    else this.#show({ kind, title, query: { ...narrowed(this.#selection, query), ...query.more } });
  };

  #openRow = (row: DurationRow, limits: FigureLimits): void => {
    const own = ofGroup(this.#selection, this.#groupBy(), row.group);
    if (!own) return;
    const { states, ...durations } = limits;
    const query = { ...narrowed(own, durations), ...(states && { states }) };
    this.#show({ kind: "spans", title: listTitle(row.name || strings.noName, limits), query });
  };

  #canOpenRow = (row: DurationRow): boolean => ofGroup({}, this.#groupBy(), row.group) !== undefined;

  #show = (behind: Behind): void => {
    if (!this.behind) this.#opener = document.activeElement as HTMLElement | null;
    this.behind = behind;
    void this.updateComplete.then(() => this.querySelector("lens-span-list")?.focus());
  };

  #closeList = (): void => {
    this.behind = undefined;
    void this.updateComplete.then(() => this.#opener?.focus());
  };

  #showErrors = (): void => {
    this.allErrors = true;
  };

  #resort = (sort: Sort): void => {
    this.sort = sort;
    this.keeper.set({ sort });
  };

  #resize = (widths: Readonly<Record<string, number>>): void => {
    this.widths = widths;
    this.keeper.set({ widths });
  };

  /** Asks for the figures of the present choices. A changed brush leaves the figures without it as they are. */
  #ask(onlyBrush = false): void {
    const now = Date.now() / 1000;
    const selection = onlyBrush ? this.#unbrushed : chosen(this.query, now);
    if (!selection) return;
    if (!onlyBrush) this.#askedAt = now;
    const groupBy = this.#groupBy();
    const common = {
      ...(groupBy !== "name" && { groupBy }),
      utcOffset: -new Date().getTimezoneOffset() * 60,
    };
    this.#unbrushed = selection;
    this.#selection = narrowed(selection, this.query.brush);
    if (!onlyBrush) {
      this.#whole.ask({ ...selection, ...common }, true);
      this.#pipelines.ask({}, true);
    }
    if (!hasBrush(this.query.brush)) this.#brushed.clear();
    else {
      const axis = {
        ...(selection.from !== undefined && { from: selection.from }),
        ...(selection.to !== undefined && { to: selection.to }),
      };
      this.#brushed.ask({ ...this.#selection, axis, ...common }, true);
    }
  }

  #refresh(): void {
    // "Last hour" means the hour before now, so that it is resolved anew. A question under way is let finish:
    // a database that changes all the time would otherwise never get an answer.
    const loading = this.#whole.loading || this.#brushed.loading;
    if (loading || rangeOf(this.query) === "all") {
      this.#whole.refresh();
      this.#brushed.refresh();
      this.#pipelines.refresh();
    } else this.#ask();
  }
}

function onlyBrushed(before: Choices, now: Choices): boolean {
  const rest = ({ brush: _, ...others }: Choices) => JSON.stringify(others);
  return rest(before) === rest(now);
}

function versionId(pipeline: string, version: string | null): string {
  return JSON.stringify([pipeline, version]);
}

function listTitle(name: string, { states, minDuration, maxDuration }: FigureLimits): string {
  const limits = [
    ...(states ? [strings.states.failed] : []),
    ...(minDuration === undefined ? [] : [strings.atLeast(formatDuration(minDuration))]),
    ...(maxDuration === undefined ? [] : [strings.atMost(formatDuration(maxDuration))]),
  ];
  return [oneLine(name, 80), ...limits].join(", ");
}
