/** What can go wrong between a face and the database. A face switches on the kind; the message is for people. */
export type ErrorKind =
  | "not_found"
  | "not_a_database"
  | "unsupported_layout"
  | "unsupported_source"
  | "unreadable"
  | "corrupt"
  | "busy"
  | "cancelled"
  | "too_many_rows"
  | "invalid_argument"
  | "unknown_run"
  | "ambiguous_run"
  | "closed"
  | "read_only"
  | "exists"
  | "unwritable"
  | "timed_out"
  | "internal";

/** The form in which an error crosses a thread or a webview border. */
export interface ErrorValue {
  readonly kind: ErrorKind;
  /** One sentence: what is wrong and what to do about it. */
  readonly message: string;
  /** The part of a text that somebody wrote in which the mistake is, in UTF-16 units. */
  readonly place?: { readonly from: number; readonly to: number };
}

/** The one error class of the project. `message` is one sentence that says what to do. */
export class TraceError extends Error {
  override readonly name = "TraceError";
  readonly place: ErrorValue["place"];

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: { cause?: unknown; place?: ErrorValue["place"] },
  ) {
    super(message, options);
    this.place = options?.place;
  }

  /** The plain form, safe for `structuredClone` and JSON. */
  toValue(): ErrorValue {
    const { kind, message, place } = this;
    return place === undefined ? { kind, message } : { kind, message, place };
  }

  static fromValue(value: ErrorValue): TraceError {
    return new TraceError(value.kind, value.message, { place: value.place });
  }

  /** Wraps whatever was thrown; a {@link TraceError} comes back as it is. */
  static from(thrown: unknown): TraceError {
    if (thrown instanceof TraceError) return thrown;
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new TraceError("internal", `Something unexpected happened: ${text}. See the log for details.`, {
      cause: thrown,
    });
  }
}
