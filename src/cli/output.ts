import { BrokenPipeError } from "./exit.ts";

/** A stream of the process, or a test's stand-in. */
export interface TextStream {
  write(text: string, done: (error?: Error | null) => void): boolean;
  once(event: "error", listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Pieces are gathered to this many UTF-16 units before they are written. */
const BLOCK = 1 << 16;

/**
 * Writes text and waits until the stream has taken it, so that memory stays small however slowly the reader reads.
 * Rejects with {@link BrokenPipeError} when the reader has left.
 */
export class Output {
  private failure: Error | undefined;

  constructor(private readonly stream: TextStream) {
    // Without a listener a closed pipe would end the process with a stack trace.
    stream.once("error", (error) => {
      this.failure ??= error;
    });
  }

  /** Cells a line may take; `Infinity` when nobody looks at a terminal. */
  get width(): number {
    return this.stream.isTTY ? (this.stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  async lines(lines: Iterable<string>, signal?: AbortSignal): Promise<void> {
    await this.pieces(withBreaks(lines), signal);
  }

  /** Writes the pieces one after another. Stops with the signal's reason between two blocks. */
  async pieces(pieces: Iterable<string>, signal?: AbortSignal): Promise<void> {
    let block = "";
    for (const piece of pieces) {
      block += piece;
      if (block.length < BLOCK) continue;
      signal?.throwIfAborted();
      await this.write(block);
      block = "";
    }
    signal?.throwIfAborted();
    if (block !== "") await this.write(block);
  }

  private write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(failureOf(this.failure));
      this.stream.write(text, (error) => (error ? reject(failureOf(error)) : resolve()));
    });
  }
}

function* withBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

function failureOf(error: Error): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ECONNRESET") {
    return new BrokenPipeError("The reader of the output has closed it.", { cause: error });
  }
  return new Error(`the output could not be written (${error.message})`, { cause: error });
}
