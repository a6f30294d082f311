import type { ReactiveController, ReactiveControllerHost } from "lit";
import { findMistake } from "../../src/filter/check.ts";
import { toggleStatus } from "../../src/filter/status.ts";
import { Load } from "../load.ts";
import type { RpcClient } from "../rpc.ts";
import type { Kept } from "../state.ts";
import type { SpanTable } from "../timeline/span-table.ts";
import { type FilterMode, type Matches, matchesOf } from "./matches.ts";

export type FilterInput = Kept["filter"];

/** Milliseconds after which a filter that is being written is asked for: a word that may still be completed has more time. */
const TYPING = { word: 800, other: 200 };

interface Parts {
  readonly rpc: () => RpcClient;
  /** Of the run on screen; undefined while there is none. */
  readonly runId: () => string | undefined;
  readonly keep: (input: FilterInput) => void;
  /** Another filter holds from now on. */
  readonly onApply: () => void;
}

/** The filter over the spans of one run: what is written, what it takes, and what becomes of that. */
export class SpanFilter implements ReactiveController {
  input: FilterInput = { text: "", mode: "only" };
  /** Undefined when there is no filter, or no answer yet. */
  matches: Matches | undefined;
  /** The question for what the filter takes. */
  readonly found: Load<"matches">;
  readonly words: Load<"filterVocabulary">;
  readonly #host: ReactiveControllerHost;
  readonly #parts: Parts;
  /** The filter whose matches are shown or asked for. One with a mistake never gets here. */
  #applied = "";
  #matchedKeys: Float64Array | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, parts: Parts) {
    this.#host = host;
    this.#parts = parts;
    this.found = new Load(host, parts.rpc, "matches");
    this.words = new Load(host, parts.rpc, "filterVocabulary");
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#typing);
  }

  /** True when rows are hidden by the filter. */
  get hides(): boolean {
    return this.matches !== undefined && this.matches.mode !== "highlight";
  }

  /** `settled` asks for the matches now, not when the writer rests. */
  write(text: string, settled: boolean): void {
    this.#keep({ text });
    clearTimeout(this.#typing);
    if (settled) {
      this.#apply();
      if (text.trim() !== "" && this.#applied === text)
        void this.#parts
          .rpc()
          .request("rememberFilter", { text })
          .catch(() => undefined);
      return;
    }
    const rest = /[^\s()]$/.test(text) ? TYPING.word : TYPING.other;
    this.#typing = setTimeout(() => this.#apply(), rest);
  }

  setMode(mode: FilterMode): void {
    this.#keep({ mode });
  }

  toggleStatus(status: string): void {
    this.write(toggleStatus(this.input.text, status), true);
  }

  /** Asks for the run's own keys and values, once. */
  learnWords(): void {
    const runId = this.#parts.runId();
    if (runId !== undefined && this.words.value === undefined && !this.words.loading)
      this.words.ask({ runId });
  }

  /** The same filter over what came from the panel: another run, or the same one in a newer state. */
  reapply(sameRun: boolean): void {
    if (!sameRun) {
      this.#applied = "";
      this.words.clear();
      this.found.clear();
      this.#apply();
    } else if (this.#applied !== "") {
      this.found.refresh();
    }
  }

  /** Brings the matches in line with the spans, the answer of the panel and the mode. */
  match(spans: SpanTable, newSpans: boolean): void {
    const keys = this.#applied === "" ? undefined : this.found.value?.keys;
    if (keys === undefined) {
      this.matches = undefined;
      return;
    }
    const { mode } = this.input;
    if (!newSpans && keys === this.#matchedKeys && this.matches?.mode === mode) return;
    this.#matchedKeys = keys;
    this.matches = matchesOf(keys, spans, mode);
  }

  /** Asks for the matches of the filter as it is written; while it has a mistake, what was shown stays. */
  #apply(): void {
    const { text } = this.input;
    const runId = this.#parts.runId();
    if (text === this.#applied || runId === undefined) return;
    if (findMistake(text, "spans", Date.now() / 1000) !== undefined) return;
    this.#applied = text.trim() === "" ? "" : text;
    this.#parts.onApply();
    if (this.#applied === "") this.found.clear();
    else this.found.ask({ runId, filter: text }, true);
  }

  #keep(change: Partial<FilterInput>): void {
    this.input = { ...this.input, ...change };
    this.#parts.keep(this.input);
    this.#host.requestUpdate();
  }
}
