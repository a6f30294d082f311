import type { ErrorHint } from "./span-error.ts";

/** Different texts that are looked for again; a trace whose every span has a name of its own gains nothing. */
const REMEMBERED = 10_000;
/** UTF-16 units of messages that are kept of one run, of a single message, and of one after there is no more room. */
const MESSAGES_KEPT = 32 << 20;
const LONGEST_MESSAGE = 64 << 10;
const SHORTENED_MESSAGE = 300;

/** Keeps the texts of one run small in memory, whatever its rows say. */
export class KeptTexts {
  readonly #known = new Map<string, string>();
  #messages = 0;

  /** The text that was equal before, so that many spans of one name hold it once. */
  same<T extends string | null>(text: T): T {
    if (text === null) return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known as T;
    if (this.#known.size < REMEMBERED) this.#known.set(text, text);
    return text;
  }

  /** The hint with as much of its message as there is room for; `cut` when that is not all of it. */
  bounded(hint: ErrorHint): ErrorHint {
    const { length } = hint.message;
    const room = this.#messages < MESSAGES_KEPT ? LONGEST_MESSAGE : SHORTENED_MESSAGE;
    this.#messages += Math.min(length, room);
    const type = hint.type === undefined ? undefined : this.same(cutOff(hint.type, SHORTENED_MESSAGE));
    if (length <= room) return type === hint.type ? hint : { ...hint, type };
    return { type, message: cutOff(hint.message, room), cut: true };
  }
}

/** A part of a long text that does not keep the rest of it in memory. */
function cutOff(text: string, length: number): string {
  if (text.length <= length) return text;
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, length)));
}
