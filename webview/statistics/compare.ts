import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCost, formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { Selection, StatisticsGroup, StatisticsReport } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { Load } from "../load.ts";
import { linkButton } from "../parts/actions.ts";
import { banner, waiting } from "../parts/waiting.ts";
import type { RpcClient } from "../rpc.ts";
import { strings } from "../strings.ts";
import type { ShowBehind } from "./behind.ts";
import { changeOf } from "./change.ts";
import {
  behindFigure,
  type ComparedFigure,
  type ComparedGroup,
  comparedFigures,
  comparedGroups,
} from "./comparison.ts";
import { type Dates, dateFields } from "./date-fields.ts";
import { groupsOf } from "./durations.ts";
import { changeMark, figure, walkFigures } from "./figures.ts";
import { ofGroup } from "./selection.ts";
import "../parts/select.ts";

const FIRST_ROWS = 20;

/** Something to compare the figures on screen with. */
export interface Comparable {
  /** Names it among the others. */
  readonly id: string;
  readonly label: string;
  /** Over its figures, where that is not the label. */
  readonly title?: string;
  /** Undefined while its dates make no time range. */
  readonly selection: Selection | undefined;
  /** A time range of one's own, to be given in fields. */
  readonly dates?: Dates;
}

type Asked = Comparable & { readonly selection: Selection };

/** The figures on screen (A) beside those of another time or version (B), with the change from B to A. */
@customElement("lens-compare")
export class Compare extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) report!: StatisticsReport;
  @property({ attribute: false }) selection: Selection = {};
  @property({ attribute: false }) onOpen: ShowBehind = () => {};
  /** What A is, in words. */
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) others: readonly Comparable[] = [];
  /** The id of B; "" for none. */
  @property({ attribute: false }) chosen = "";
  @property({ attribute: false }) groupBy: StatisticsGroup = "name";
  @property({ attribute: false }) nameOf: (group: string | null) => string = (group) => group ?? "";
  @property({ attribute: false }) groupTitle = "";
  @property({ attribute: false }) generation = 0;
  @property({ attribute: false }) onChoose: (id: string) => void = () => {};
  @property({ attribute: false }) onDates: (dates: Dates) => void = () => {};
  @state() private all = false;
  readonly #other = new Load(this, () => this.rpc, "statistics");
  #question = "";

  protected override willUpdate(changed: PropertyValues): void {
    const other = this.#asked();
    const question = other ? JSON.stringify([other.selection, this.groupBy]) : "";
    const isSame = question === this.#question;
    if (isSame && !(changed as Map<string, unknown>).has("generation")) return;
    this.#question = question;
    if (!other) this.#other.clear();
    else if (isSame) this.#other.refresh();
    else this.#other.ask({ ...other.selection, groupBy: this.groupBy });
  }

  protected override render(): TemplateResult {
    const chosen = this.#chosen();
    const other = this.#asked();
    const answer = this.#other.value;
    return html`
      <div class="compare-choice">
        <span>${strings.compareA(this.label)}</span>
        <lens-select
          class="compare-filter"
          .label=${strings.compareB}
          .value=${chosen?.id ?? ""}
          .options=${[{ value: "", label: strings.compareNone }, ...this.others.map(({ id, label }) => ({ value: id, label }))]}
          .onChoose=${this.onChoose}
        ></lens-select>
        ${chosen?.dates ? dateFields(chosen.dates, this.onDates) : nothing}
        ${this.#other.loading && answer ? html`<span class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true"></span>` : nothing}
      </div>
      ${banner(this.#other.error, () => this.#other.refresh())} ${waiting(this.#other, strings.readingStatistics)}
      ${chosen && !other ? html`<p class="quiet">${strings.chooseRange}</p>` : nothing}
      ${other && answer ? this.#tables(answer, other) : nothing}
    `;
  }

  #chosen(): Comparable | undefined {
    return this.others.find(({ id }) => id === this.chosen);
  }

  /** What is compared with; of a time range of one's own one end at least is known. */
  #asked(): Asked | undefined {
    const chosen = this.#chosen();
    if (chosen?.selection === undefined) return undefined;
    if (chosen.dates?.from === "" && chosen.dates.to === "") return undefined;
    return { ...chosen, selection: chosen.selection };
  }

  #tables(answer: StatisticsReport, other: Asked): TemplateResult {
    const groups = comparedGroups(groupsOf(this.report), groupsOf(answer));
    const shown = this.all ? groups : groups.slice(0, FIRST_ROWS);
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${strings.compare}>
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">${strings.figure}</th>
            <th scope="col" class="figure">A: ${this.label}</th>
            <th scope="col" class="figure">B: ${other.title ?? other.label}</th>
            <th scope="col">${strings.change}</th>
          </tr>
        </thead>
        <tbody @keydown=${walkFigures}>
          ${comparedFigures(this.report, answer).map((row) => html`<tr><th scope="row">${row.label}</th>${this.#sides(row, row.label, this.selection, other.selection)}</tr>`)}
        </tbody>
      </table>
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">${this.groupTitle}</th>
            ${(groups[0]?.figures ?? []).map(({ label: title }) => html`<th scope="col" class="figure">${title} A</th><th scope="col" class="figure">${title} B</th><th scope="col">${strings.change}</th>`)}
          </tr>
        </thead>
        <tbody @keydown=${walkFigures}>
          ${shown.map((group) => this.#group(group, other.selection))}
        </tbody>
      </table>
    </div>
    ${
      shown.length < groups.length
        ? linkButton(strings.allRows(groups.length), () => {
            this.all = true;
          })
        : nothing
    }`;
  }

  #group({ group, figures }: ComparedGroup, other: Selection): TemplateResult {
    const name = oneLine(this.nameOf(group), 60) || strings.noName;
    const a = ofGroup(this.selection, this.groupBy, group);
    const b = ofGroup(other, this.groupBy, group);
    return html`<tr><th scope="row">${name}</th>${figures.map((row) => this.#sides(row, `${name} ${row.label}`, a, b))}</tr>`;
  }

  /** The cells of A, B and the change. */
  #sides(row: ComparedFigure, title: string, a: Selection, b: Selection): TemplateResult {
    const side = (name: string, value: number | null, selection: Selection) => {
      const open =
        value === null
          ? undefined
          : () => this.onOpen(behindFigure(row.made, `${name}: ${title}`, selection, value));
      return html`<td class="figure">${figure(figureText(row, value), open)}</td>`;
    };
    return html`${side("A", row.a, a)} ${side("B", row.b, b)}
      <td class="change-cell">${changeMark(changeOf(row.a, row.b, row.kind))}</td>`;
  }
}

function figureText({ kind }: ComparedFigure, value: number | null): string {
  if (kind === "duration") return formatDuration(value);
  if (kind === "share") return formatPercent(value);
  return kind === "cost" ? formatCost(value) : formatCount(value);
}
