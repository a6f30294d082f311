import type { Attributes, SpanError } from "./model.ts";
import { isObject } from "./values.ts";

const EXCEPTION = /\b((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Timeout|Interrupt|Failure|Warning))\b/;
const LEADING_WORD = /^\s*([A-Za-z_][\w.-]*):/;
const HTTP_REASON = /^\s*([1-5]\d\d [A-Z][A-Za-z-]*(?: [A-Z][A-Za-z-]*)*)/;
/** An error's name stands near the front of its message; a message may be megabytes long. */
const LOOKED_AT = 2_000;

/** What kind of error a message tells of: an exception class, a leading `word:`, or `429 Too Many Requests`. */
export function errorTypeOf(message: string): string | undefined {
  const head = message.slice(0, LOOKED_AT);
  return EXCEPTION.exec(head)?.[1] ?? LEADING_WORD.exec(head)?.[1] ?? HTTP_REASON.exec(head)?.[1];
}

/** What one place says of an error. The type is undefined when that place does not tell it. */
export interface ErrorHint {
  readonly type: string | undefined;
  readonly message: string;
  /** The message is only the beginning of what is stored. */
  readonly cut?: true;
}

/** What attributes alone say of an error; undefined when they say nothing. OpenTelemetry's names count too. */
export function errorFromAttributes(attributes: Attributes): ErrorHint | undefined {
  if (!isObject(attributes)) return undefined;
  const type =
    word(attributes.error_type) ?? word(attributes["error.type"]) ?? word(attributes["exception.type"]);
  const message =
    word(attributes.feedback) ??
    word(attributes.error_message) ??
    word(attributes["exception.message"]) ??
    word(attributes.error) ??
    "";
  if (type === undefined && message === "") return undefined;
  return { type: type ?? errorTypeOf(message), message };
}

/** An error told by a text that is stored plain or as a JSON string or object (`steps.error_blob`, `runs.error_message`). */
export function errorFromText(stored: string | null): ErrorHint | undefined {
  if (stored === null || stored.trim() === "" || stored.trim() === "null") return undefined;
  let message = stored;
  let type: string | undefined;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value === "string") message = value;
    else if (isObject(value)) {
      type = word(value.error_type) ?? word(value.type);
      message = word(value.message) ?? word(value.error) ?? word(value.feedback) ?? stored;
    }
  } catch {
    // Plain text is what most writers store.
  }
  return { type: type ?? errorTypeOf(message), message };
}

/** One error out of several hints, the most trusted first: the first type and the first message that any of them has. */
export function mergeErrors(...hints: readonly (ErrorHint | undefined)[]): SpanError {
  const type = hints.find((hint) => hint?.type !== undefined)?.type;
  const message = hints.find((hint) => hint !== undefined && hint.message !== "")?.message;
  return { type: type ?? "unknown", message: message ?? "" };
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** The message with what differs from one occurrence to the next taken out: numbers, ids, quoted values. */
export function fingerprint(message: string): string {
  return message
    .slice(0, LOOKED_AT)
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "#")
    .replace(/(["'`])(?:(?!\1).){0,200}\1/g, "$1…$1")
    .replace(/\b0x[0-9a-f]+\b|\b[0-9a-f]{12,}\b/gi, "#")
    .replace(/\d+(?:\.\d+)?/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}
