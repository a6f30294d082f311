import { TraceError } from "../engine/errors.ts";

/** Spans and UTF-16 units of attributes that are handed out in one piece. */
const WHOLE_SPANS = 250_000;
const WHOLE_TEXT = 64 << 20;

/** Rejects more spans than fit into memory as objects. */
export function checkWhole(count: number): void {
  if (count <= WHOLE_SPANS) return;
  throw tooLong(
    `${count.toLocaleString("en-US")} spans, and at most ${WHOLE_SPANS.toLocaleString("en-US")} are handed out in one piece`,
  );
}

/** Adds up text until it is more than is handed out in one piece. */
export class WholeText {
  #room = WHOLE_TEXT;

  take(text: string | null): string | null {
    this.#room -= text?.length ?? 0;
    if (this.#room >= 0) return text;
    throw tooLong(`attributes of more than ${WHOLE_TEXT >> 20} million characters`);
  }
}

function tooLong(what: string): TraceError {
  return new TraceError(
    "too_many_rows",
    `This run has ${what}. Narrow it with a filter, or read it page by page with getTracePage.`,
  );
}
