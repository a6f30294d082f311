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
}

/** The one error class of the project. `message` is one sentence that says what to do. */
export class TraceError extends Error {
  override readonly name = "TraceError";

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** The plain form, safe for `structuredClone` and JSON. */
  toValue(): ErrorValue {
    return { kind: this.kind, message: this.message };
  }

  static fromValue(value: ErrorValue): TraceError {
    return new TraceError(value.kind, value.message);
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
