import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatAge, formatCost, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine, visible } from "../../src/format/text.ts";
import type { Run } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon, stateIcon } from "../icons.ts";
import { RequestError, type RpcClient } from "../rpc.ts";
import { strings } from "../strings.ts";
import type { RunOutline } from "../timeline/span-table.ts";
import { iconButton, linkButton } from "./actions.ts";
import { copyButton } from "./copy-button.ts";
import "./run-picker.ts";
import "./stale-note.ts";

const AGE_TICK = 30_000;
/** Runs of a pipeline among which the one before and after is looked for. */
const NEIGHBOURS = 500;

/** What the panel shows: the run's state, identity and figures, and remarks about its trace. */
@customElement("lens-run-header")
export class RunHeader extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) outline: RunOutline | undefined;
  @property({ attribute: false }) databaseName = "";
  /** Why there is no run to go to. */
  @state() private stuck = "";
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), AGE_TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("outline")?.run.run_id !== this.outline?.run.run_id && changed.has("outline"))
      this.stuck = "";
  }

  protected override render(): TemplateResult {
    const run = this.outline?.run;
    return html`
      <header class="run-header">
        <div class="run-identity">${run ? html`${stateIcon(run.state)}<h1 title=${visible(run.pipeline_name)}>${oneLine(run.pipeline_name, 80)}</h1>` : nothing}
        <lens-run-picker .rpc=${this.rpc} .current=${run}></lens-run-picker>
        ${run ? html`${copyButton(run.run_id, strings.copyRunId)}${iconButton("export", strings.exportRun, () => emit(this, "lens-export-run", { runId: run.run_id }))}${this.#neighbours(run)}` : nothing}</div>
        ${run ? this.#facts(run) : nothing}
      </header>
      ${this.stuck === "" ? nothing : html`<p class="note" role="status">${icon("info")} ${this.stuck}</p>`}
      ${this.outline ? remarks(this.outline) : nothing}
    `;
  }

  #neighbours(run: Run): TemplateResult {
    const name = oneLine(run.pipeline_name, 60);
    return html`<span class="neighbours"
      >${iconButton("arrow-left", strings.olderRun(name), () => void this.#go(run, 1))}${iconButton("arrow-right", strings.newerRun(name), () => void this.#go(run, -1))}</span
    >`;
  }

  /** Shows the run of the same pipeline that began before (1) or after (-1) this one. */
  async #go({ run_id, pipeline_name }: Run, direction: 1 | -1): Promise<void> {
    try {
      const runs = await this.rpc.request("runs", { pipeline: pipeline_name, limit: NEIGHBOURS });
      const at = runs.findIndex((run) => run.run_id === run_id);
      const next = at < 0 ? undefined : runs[at + direction];
      if (next) emit(this, "lens-show-run", { runId: next.run_id });
      else if (at < 0 || (direction === 1 && runs.length === NEIGHBOURS))
        this.stuck = strings.beyondNeighbours(NEIGHBOURS);
      else this.stuck = direction === 1 ? strings.oldestRun : strings.newestRun;
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      this.stuck = thrown.message;
    }
  }

  #facts(run: Run): TemplateResult {
    const failed = run.failed_count > 0;
    return html`<ul class="facts">
    <li class=${run.state === "failed" ? "bad" : ""}>${oneLine(run.status, 40)}</li>
    ${run.start_time === null ? nothing : html`<li title=${strings.started(formatTime(run.start_time))}>${formatAge(run.start_time, Date.now() / 1000)}</li>`}
    ${run.duration === null ? nothing : html`<li>${formatDuration(run.duration)}</li>`}
    <li>${strings.spans(run.span_count)}${failed ? html`, ${linkButton(html`<span class="bad">${strings.failedSpans(run.failed_count)}</span>`, () => emit(this, "lens-next-failure", {}))}` : nothing}</li>
    ${run.total_cost === null ? nothing : html`<li>${formatCost(run.total_cost)}</li>`}
    ${run.total_tokens === null ? nothing : html`<li>${strings.tokens(run.total_tokens)}</li>`}
    ${run.pipeline_version === null ? nothing : html`<li>${strings.version(oneLine(run.pipeline_version, 30))}</li>`}
    <li class="quiet">${oneLine(this.databaseName, 80)}</li>
  </ul>`;
  }
}

function remarks({ provisional, spans, total, snapshot, warnings }: RunOutline): TemplateResult {
  return html`
    ${provisional ? note("info", strings.provisional) : nothing}
    ${total > spans.length ? note("info", strings.truncated(spans.length, total)) : nothing}
    ${snapshot.stale ? html`<lens-stale-note .at=${snapshot.at}></lens-stale-note>` : nothing}
    ${
      warnings.length === 0
        ? nothing
        : html`<details class="note">
            <summary>${icon("warning")} ${strings.warnings(warnings.length)}</summary>
            <ul>${warnings.slice(0, 100).map((warning) => html`<li>${oneLine(warning, 500)}</li>`)}</ul>
          </details>`
    }
  `;
}

function note(iconName: string, text: string): TemplateResult {
  return html`<p class="note">${icon(iconName)} ${text}</p>`;
}
