import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatAge, formatDuration, shortId } from "../../src/format/numbers.ts";
import { oneLine, visible } from "../../src/format/text.ts";
import type { Run } from "../../src/protocol/messages.ts";
import { PageElement } from "../element.ts";
import { emit } from "../events.ts";
import { icon, stateIcon } from "../icons.ts";
import { Load } from "../load.ts";
import type { RpcClient } from "../rpc.ts";
import { strings } from "../strings.ts";
import { banner, waiting } from "./waiting.ts";

const PAGE = 50;
const TYPING = 150;
/** Words that writers use for a failed run. */
const FAILED = ["failed", "error", "failure", "errored"];

/** A button with the run's id that opens a searchable list of the newest runs. */
@customElement("lens-run-picker")
export class RunPicker extends PageElement {
  @property({ attribute: false }) rpc!: RpcClient;
  @property({ attribute: false }) current: Run | undefined;
  @state() private open = false;
  @state() private active = 0;
  @state() private search = "";
  @state() private onlyFailed = false;
  @state() private onlyPipeline = false;
  readonly #runs = new Load(this, () => this.rpc, "runs");
  #typing: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("focusout", this.#leave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("focusout", this.#leave);
    clearTimeout(this.#typing);
  }

  protected override updated(changed: PropertyValues): void {
    // `open` is private to the class, so its name is not among the typed keys.
    if ((changed as Map<string, unknown>).has("open") && this.open) this.querySelector("input")?.focus();
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const { current } = this;
    const label = current ? shortId(current.run_id) : strings.chooseRun;
    return html`
      <button
        type="button"
        class="picker-button"
        title=${current ? visible(current.run_id) : strings.chooseRun}
        aria-label=${current ? strings.switchRun(oneLine(current.run_id, 80)) : strings.chooseRun}
        aria-haspopup="listbox"
        aria-expanded=${String(this.open)}
        @click=${() => (this.open ? this.#close() : this.#show())}
      >
        <span class="mono">${visible(label)}</span>${icon("chevron-down")}
      </button>
      ${this.open ? this.#list() : nothing}
    `;
  }

  #list(): TemplateResult {
    const runs = this.#found();
    const now = Date.now() / 1000;
    return html`<div class="popup">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-label=${strings.findRun}
        aria-expanded="true"
        aria-controls="run-list"
        aria-autocomplete="list"
        aria-activedescendant=${runs[this.active] ? `run-option-${this.active}` : nothing}
        placeholder=${strings.findRun}
        spellcheck="false"
        @input=${this.#type}
        @keydown=${this.#key}
      />
      <div class="picker-chips" role="group" aria-label=${strings.narrowRuns}>
        ${this.#chip(strings.onlyFailed, this.onlyFailed, () => {
          this.onlyFailed = !this.onlyFailed;
        })}
        ${
          this.current
            ? this.#chip(
                strings.onlyPipeline(oneLine(this.current.pipeline_name, 40)),
                this.onlyPipeline,
                () => {
                  this.onlyPipeline = !this.onlyPipeline;
                },
              )
            : nothing
        }
      </div>
      ${banner(this.#runs.error, () => this.#runs.refresh())} ${waiting(this.#runs, strings.readingRuns)}
      <div id="run-list" class="options" role="listbox" aria-label=${strings.chooseRun}>
        ${runs.map(
          (run, index) => html`<div
            id="run-option-${index}"
            role="option"
            class="option ${run.run_id === this.current?.run_id ? "current" : ""}"
            aria-current=${run.run_id === this.current?.run_id ? "true" : nothing}
            aria-selected=${String(index === this.active)}
            title=${visible(run.run_id)}
            @pointerdown=${(event: Event) => {
              event.preventDefault();
              this.#choose(run);
            }}
          >
            ${stateIcon(run.state)}<span class="option-name">${oneLine(run.pipeline_name, 60)}</span>
            <span class="mono">${visible(shortId(run.run_id))}</span>
            <span class="quiet">${formatAge(run.start_time, now)}</span>
            <span class="quiet">${run.duration === null ? "" : formatDuration(run.duration)}</span>
          </div>`,
        )}
      </div>
      ${runs.length === 0 && this.#runs.value && !this.#runs.loading ? html`<p class="quiet">${strings.noRunsFound}</p>` : nothing}
      ${runs.length === PAGE ? html`<p class="quiet">${strings.newestRuns(PAGE)}</p>` : nothing}
    </div>`;
  }

  #show(): void {
    this.open = true;
    this.active = 0;
    this.search = "";
    this.#ask();
  }

  #ask(): void {
    const { search, onlyFailed, onlyPipeline, current } = this;
    this.#runs.ask(
      {
        limit: PAGE,
        ...(search !== "" && { search }),
        ...(onlyFailed && { status: [...FAILED] }),
        ...(onlyPipeline && current && { pipeline: current.pipeline_name }),
      },
      true,
    );
  }

  #chip(label: string, pressed: boolean, toggle: () => void): TemplateResult {
    const onClick = () => {
      toggle();
      this.active = 0;
      this.#ask();
    };
    return html`<button type="button" class="picker-chip" aria-pressed=${String(pressed)} @click=${onClick} @keydown=${this.#chipKey}>${label}</button>`;
  }

  #chipKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    this.#close();
    event.preventDefault();
    event.stopPropagation();
  };

  /** What is listed already is narrowed at once, so that Enter never takes a run that the text excludes. */
  #found(): readonly Run[] {
    const search = this.search.toLowerCase();
    return (this.#runs.value ?? []).filter(
      ({ run_id, pipeline_name, state }) =>
        `${run_id}\n${pipeline_name}`.toLowerCase().includes(search) &&
        (!this.onlyFailed || state === "failed") &&
        (!this.onlyPipeline || pipeline_name === this.current?.pipeline_name),
    );
  }

  #close(): void {
    this.open = false;
    this.querySelector<HTMLElement>(".picker-button")?.focus();
  }

  #leave = (event: FocusEvent): void => {
    if (this.open && event.relatedTarget instanceof Node && !this.contains(event.relatedTarget))
      this.open = false;
  };

  #type = (event: Event): void => {
    const search = (event.target as HTMLInputElement).value.trim();
    this.search = search;
    this.active = 0;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#ask(), TYPING);
  };

  #key = (event: KeyboardEvent): void => {
    const runs = this.#found();
    const run = runs[this.active];
    if (event.key === "ArrowDown") this.active = Math.min(this.active + 1, Math.max(0, runs.length - 1));
    else if (event.key === "ArrowUp") this.active = Math.max(this.active - 1, 0);
    else if (event.key === "Enter" && run) this.#choose(run);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #choose(run: Run): void {
    this.#close();
    emit(this, "lens-show-run", { runId: run.run_id });
  }
}
