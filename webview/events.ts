import type { StatisticsQuestion } from "../src/protocol/messages.ts";

/** What the page's elements tell the elements above them. */
export interface PageEvents {
  /** A span was chosen. `reveal` scrolls its row into view. */
  "lens-select": { key: number; reveal?: boolean };
  /** Another run should be shown, with one of its spans if a key, an id, or the name of a failed one is given. */
  "lens-show-run": { runId: string; key?: number; spanId?: string | undefined; failed?: string | undefined };
  /** The next failure of the run should be selected. */
  "lens-next-failure": Record<string, never>;
  /** Spans of one name should be shown in the Trace tab. */
  "lens-filter-name": { name: string };
  /** Text for the clipboard. */
  "lens-copy": { text: string };
  /** A table for a file. */
  "lens-save-table": { name: string; text: string; format: "csv" | "json" };
  /** A run, or what a filter takes of it, should be exported. */
  "lens-export-run": { runId: string; filter?: string };
  /** The figures of a question should be exported. */
  "lens-export-statistics": StatisticsQuestion;
  "lens-open-text": { title: string; text: string; language: "json" | "plaintext" };
}

type PageEventMap = { [K in keyof PageEvents]: CustomEvent<PageEvents[K]> };

declare global {
  interface HTMLElementEventMap extends PageEventMap {}
}

/** Sends an event upwards. */
export function emit<K extends keyof PageEvents>(from: EventTarget, type: K, detail: PageEvents[K]): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
