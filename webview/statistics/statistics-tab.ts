import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { Selection, State, StatisticsQuestion, StatisticsReport } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon } from "../icons.ts";
import { Load } from "../load.ts";
import { iconButton, linkButton } from "../parts/actions.ts";
import { banner, emptyState, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import type { Keeper } from "../state.ts";
import { strings } from "../strings.ts";
import type { Behind } from "./behind.ts";
import { charts, type OpenBars } from "./charts.ts";
import { chips } from "./chips.ts";
import { comparables, labelOf, versionId } from "./comparables.ts";
import type { Comparable } from "./compare.ts";
import type { Dates } from "./date-fields.ts";
import { type DurationRow, groupsOf, isColumn, type Sort } from "./durations.ts";
import type { FigureLimits } from "./durations-table.ts";
import {
  type Brush,
  type Choices,
  chosen,
  everything,
  groupOf,
  hasBrush,
  inStates,
  narrowed,
  ofGroup,
  onlyGroup,
  rangeOf,
} from "./selection.ts";
import { skeleton } from "./skeleton.ts";
import { errorTable, pipelineTable } from "./tables.ts";
import { tiles } from "./tiles.ts";
import { choiceControls } from "./toolbar.ts";
import "../parts/splitter.ts";
import "../parts/stale-note.ts";
import "./bar-chart.ts";
import "./compare.ts";
import "./durations-table.ts";
import "./span-list.ts";

/** Error patterns drawn before the reader asks for the rest: the durations below should be in sight. */
const FIRST_ERRORS = 8;
/** Pixels. */
const LIST_HEIGHT = { least: 90, initial: 260 };

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
  /** The time range of one's own that is compared with. */
  @state() private otherDates: Dates = { from: "", to: "" };
  /** Without any brush: what the charts draw behind. */
  readonly #whole = new Load(this, () => this.rpc, "statistics");
  /** The newest runs alone, until all are read. */
  readonly #preview = new Load(this, () => this.rpc, "statisticsPreview");
  readonly #brushed = new Load(this, () => this.rpc, "statistics");
  readonly #pipelines = new Load(this, () => this.rpc, "pipelines");
  #askedGeneration = -1;
  /** The selection that the figures on screen were asked with, and the one without a brush. */
  #selection: Selection = {};
  /** The whole of it, for an export. */
  #question: StatisticsQuestion = {};
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
    const loading = this.#whole.loading || this.#brushed.loading;
    return html`<div class="statistics">
      <div class="toolbar">
        ${choiceControls(this.query, this.#pipelines.value, this.#change)}
        <span class="quiet stated-range" role="status">${report ? this.#stated(report) : nothing}</span>
        ${this.#whole.value ? iconButton("export", strings.exportStatistics, () => emit(this, "lens-export-statistics", this.#question)) : nothing}
        <span class="busy-mark">${loading && report ? html`<span class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true"></span>` : nothing}</span>
      </div>
      ${chips(this.query, this.#change)}
      <div class="statistics-body">
        ${banner(this.#whole.error ?? this.#brushed.error, () => this.#refresh())}
        ${waiting(this.#whole.slow ? this.#whole : this.#brushed, strings.readingStatistics)}
        ${report ? this.#body(report) : this.#whole.loading ? skeleton() : nothing}
      </div>
      ${this.behind ? this.#list(this.behind) : nothing}
    </div>`;
  }

  /** The figures on screen: those before a brush until it has its own, and those of the newest runs before all. */
  #report(): StatisticsReport | undefined {
    const whole = this.#whole.value ?? this.#preview.value?.report;
    return hasBrush(this.query.brush) ? (this.#brushed.value ?? whole) : whole;
  }

  #body(report: StatisticsReport): TemplateResult {
    const { statistics } = report;
    const whole = this.#whole.value ?? report;
    if (whole.runs.total === 0 && whole.statistics.total_spans === 0) return this.#nothing();
    const groups = groupsOf(report);
    const groupTitle = strings.groups[groupOf(this.query)];
    const openError = (pattern: StatisticsReport["errors"][number]) =>
      emit(this, "lens-show-run", { runId: pattern.last_run_id, key: pattern.last_key });
    return html`
      ${this.#partialNote(report)}
      ${tiles(report, this.#selection, this.#show)}
      ${statistics.snapshot.stale ? html`<lens-stale-note .at=${statistics.snapshot.at}></lens-stale-note>` : nothing}
      ${shortage(statistics)}
      ${charts(whole, report, this.query.brush, this.#brush, this.#openBars)}
      <section aria-label=${strings.errors}>
        <h2>${strings.errors}</h2>
        ${errorTable(this.allErrors ? report.errors : report.errors.slice(0, FIRST_ERRORS), this.#selection, this.#show, openError, Date.now() / 1000)}
        ${!this.allErrors && report.errors.length > FIRST_ERRORS ? linkButton(strings.allRows(report.errors.length), this.#showErrors) : nothing}
      </section>
      <section aria-label=${strings.durationsBy(groupTitle)}>
        <h2>${strings.durationsBy(groupTitle)}</h2>
        <lens-durations
          .groups=${groups}
          .series=${report.series}
          .groupTitle=${groupTitle}
          .nameOf=${this.#nameOfGroup}
          .sort=${this.sort}
          .onSort=${this.#resort}
          .widths=${this.widths}
          .onResize=${this.#resize}
          .onOpen=${this.#openRow}
          .onNarrow=${groups.length > 1 ? this.#narrow : undefined}
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
          .label=${labelOf(this.query)}
          .others=${this.#comparables(report)}
          .onDates=${(dates: Dates) => {
            this.otherDates = dates;
          }}
          .chosen=${this.compared}
          .groupBy=${groupOf(this.query)}
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

  /** Says that the figures are those of the newest runs only. */
  #partialNote(report: StatisticsReport): TemplateResult | typeof nothing {
    const preview = this.#preview.value;
    if (!preview || preview.report !== report) return nothing;
    const says = this.#whole.loading ? strings.othersAreRead : strings.othersNotRead;
    return html`<p class="note" role="status">${icon("info")} ${says(preview.runs, preview.of)}</p>`;
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
    const { pipeline, version, states, names, errorTypes } = this.query;
    const range = rangeOf(this.query);
    const narrow = version !== undefined || states.length + names.length + errorTypes.length > 0;
    if (pipeline === "" && range === "all" && !narrow) return emptyState(strings.noRunsYet);
    const where = pipeline === "" ? strings.anyPipeline : oneLine(pipeline, 80);
    return emptyState(
      strings.nothingHere(narrow ? labelOf({ ...this.query, brush: {} }) : where, strings.ranges[range]),
      linkButton(strings.resetStatistics, () => this.#change({ ...everything, version: undefined })),
    );
  }

  #comparables(report: StatisticsReport): Comparable[] {
    const onScreen = {
      choices: this.query,
      selection: this.#selection,
      unbrushed: this.#unbrushed,
      askedAt: this.#askedAt,
    };
    return comparables(onScreen, report, this.#pipelines.value ?? [], this.otherDates);
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

  #nameOfGroup = (group: string | null): string => {
    switch (groupOf(this.query)) {
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

  #change = (change: Partial<Choices>): void => {
    this.query = { ...this.query, ...change };
    this.keeper.set({ statistics: this.query });
  };

  #brush = (change: Brush): void => this.#change({ brush: { ...this.query.brush, ...change } });

  #openBars: OpenBars = (kind, title, { runStates, states, ...brush }) => {
    const own = narrowed(this.#selection, brush);
    if (kind === "runs") this.#show({ kind, title, query: { ...own, ...(runStates && { runStates }) } });
    else this.#show({ kind, title, query: states ? inStates(own, states) : own });
  };

  #openRow = (row: DurationRow, limits: FigureLimits): void => {
    const { states, ...durations } = limits;
    const own = narrowed(ofGroup(this.#selection, groupOf(this.query), row.group), durations);
    const query = states ? inStates(own, states) : own;
    this.#show({ kind: "spans", title: listTitle(row.name || strings.noName, limits), query });
  };

  #narrow = (row: DurationRow): void => this.#change(onlyGroup(groupOf(this.query), row.group));

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
    const groupBy = groupOf(this.query);
    const common = {
      ...(groupBy !== "name" && { groupBy }),
      utcOffset: -new Date().getTimezoneOffset() * 60,
    };
    this.#unbrushed = selection;
    this.#selection = narrowed(selection, this.query.brush);
    this.#question = { ...this.#selection, ...common };
    if (!onlyBrush) {
      if (this.#whole.value === undefined) this.#preview.ask({ ...selection, ...common });
      else this.#preview.clear();
      this.#whole.ask({ ...selection, ...common }, true);
      this.#pipelines.ask({}, true);
    }
    if (!hasBrush(this.query.brush)) this.#brushed.clear();
    else {
      const axis = {
        ...(selection.from !== undefined && { from: selection.from }),
        ...(selection.to !== undefined && { to: selection.to }),
      };
      const question = { ...this.#selection, axis, ...common };
      this.#question = question;
      if (onlyBrush) this.#brushed.follow(question);
      else this.#brushed.ask(question, true);
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

function listTitle(name: string, { states, minDuration, maxDuration }: FigureLimits): string {
  const limits = [
    ...(states ? [strings.states.failed] : []),
    ...(minDuration === undefined ? [] : [strings.atLeast(formatDuration(minDuration))]),
    ...(maxDuration === undefined ? [] : [strings.atMost(formatDuration(maxDuration))]),
  ];
  return [oneLine(name, 80), ...limits].join(", ");
}

/** Says why the figures took so long, if they did for want of memory. */
function shortage({ shortage: found }: StatisticsReport["statistics"]): TemplateResult | typeof nothing {
  if (found === undefined) return nothing;
  const { spans, needed, allowed } = found;
  return html`<p class="note">${icon("info")} ${strings.shortage(spans, needed, allowed)}</p>`;
}
