import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatAge, formatCost, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine, visible } from "../../src/format/text.ts";
import type { Run } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { icon, stateIcon } from "../icons.ts";
import type { RpcClient } from "../rpc.ts";
import { strings } from "../strings.ts";
import type { RunOutline } from "../timeline/span-table.ts";
import { copyButton } from "./copy-button.ts";
import "./run-picker.ts";

const AGE_TICK = 30_000;

/** What the panel shows: the run's state, identity and figures, and remarks about its trace. */
@customElement("lens-run-header")
export class RunHeader extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) outline: RunOutline | undefined;
  @property({ attribute: false }) databaseName = "";
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), AGE_TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override render(): TemplateResult {
    const run = this.outline?.run;
    return html`
      <header class="run-header">
        ${run ? html`${stateIcon(run.state)}<h1 title=${visible(run.pipeline_name)}>${oneLine(run.pipeline_name, 80)}</h1>` : nothing}
        <lens-run-picker .rpc=${this.rpc} .current=${run}></lens-run-picker>
        ${run ? html`${copyButton(run.run_id, strings.copyRunId)}${facts(run, this.databaseName)}` : nothing}
      </header>
      ${this.outline ? remarks(this.outline) : nothing}
    `;
  }
}

function facts(run: Run, databaseName: string): TemplateResult {
  const failed = run.failed_count > 0;
  return html`<ul class="facts">
    <li class=${run.state === "failed" ? "bad" : ""}>${oneLine(run.status, 40)}</li>
    ${run.start_time === null ? nothing : html`<li title=${strings.started(formatTime(run.start_time))}>${formatAge(run.start_time, Date.now() / 1000)}</li>`}
    ${run.duration === null ? nothing : html`<li>${formatDuration(run.duration)}</li>`}
    <li>${strings.spans(run.span_count)}${failed ? html`, <span class="bad">${strings.failedSpans(run.failed_count)}</span>` : nothing}</li>
    ${run.total_cost === null ? nothing : html`<li>${formatCost(run.total_cost)}</li>`}
    ${run.total_tokens === null ? nothing : html`<li>${strings.tokens(run.total_tokens)}</li>`}
    ${run.pipeline_version === null ? nothing : html`<li>${strings.version(oneLine(run.pipeline_version, 30))}</li>`}
    <li class="quiet">${oneLine(databaseName, 80)}</li>
  </ul>`;
}

function remarks({ provisional, spans, total, snapshot, warnings }: RunOutline): TemplateResult {
  return html`
    ${provisional ? note("info", strings.provisional) : nothing}
    ${total > spans.length ? note("info", strings.truncated(spans.length, total)) : nothing}
    ${snapshot.stale ? note("history", strings.stale(formatTime(snapshot.at))) : nothing}
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
