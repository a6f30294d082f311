import type { ErrorHint } from "./span-error.ts";

/** UTF-16 units of messages that are kept of one run, of a single message, and of one after there is no more room. */
const MESSAGES_KEPT = 32 << 20;
const LONGEST_MESSAGE = 64 << 10;
const SHORTENED_MESSAGE = 300;

/** Keeps the messages of one run small in memory, whatever its rows say. */
export class MessageRoom {
  #taken = 0;

  /** The hint with as much of its message as there is room for; `cut` when that is not all of it. */
  bounded(hint: ErrorHint): ErrorHint {
    const { length } = hint.message;
    const room = this.#taken < MESSAGES_KEPT ? LONGEST_MESSAGE : SHORTENED_MESSAGE;
    this.#taken += Math.min(length, room);
    const isLong = hint.type !== undefined && hint.type.length > SHORTENED_MESSAGE;
    if (length <= room && !isLong) return hint;
    const type = hint.type?.slice(0, SHORTENED_MESSAGE);
    if (length <= room) return { ...hint, type };
    return { type, message: hint.message.slice(0, room), cut: true };
  }
}
