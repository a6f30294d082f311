import { TraceError } from "../engine/errors.ts";
import { jsonPieces } from "../format/json-writer.ts";
import { oneLine } from "../format/text.ts";
import { resolveStateUri, type Source } from "../sources/address.ts";
import { openPartialStore } from "../sources/partial-store.ts";
import { isTraceFile } from "../sources/trace-file.ts";
import type { TraceStore } from "../store/store.ts";
import type { Palette } from "./colour.ts";
import type { Output } from "./output.ts";
import { ProgressLine } from "./progress-line.ts";

/** What the process around the program gives it; tests give their own. */
export interface Surroundings {
  readonly cwd: string;
  /** Seconds since the epoch. */
  now(): number;
  /** `say` gets what is worth knowing about how the database was opened. */
  openStore(path: string, say: (sentence: string) => void): Promise<TraceStore>;
  /** The database that a command means when none is named. */
  findDatabase(): Promise<Source>;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly db?: string;
  readonly json?: boolean;
  readonly partial?: boolean;
}

/** One command under way: where it reads from and where it writes to. */
export class Session {
  constructor(
    private readonly surroundings: Surroundings,
    private readonly options: GlobalOptions,
    readonly out: Output,
    private readonly messages: Output,
    readonly palette: Palette,
    readonly signal: AbortSignal,
  ) {}

  /** Whether what can be read of a damaged database is enough. */
  get partial(): boolean {
    return this.options.partial === true;
  }

  get json(): boolean {
    return this.options.json === true;
  }

  /** Whether the command line names a database. */
  get namesDatabase(): boolean {
    return this.options.db !== undefined;
  }

  /** Seconds since the epoch. */
  now(): number {
    return this.surroundings.now();
  }

  /** Absolute path of a file named on the command line. */
  get cwd(): string {
    return this.surroundings.cwd;
  }

  /** Opens the database, lets `work` read it, and closes it whatever happens. */
  async withStore(work: (store: TraceStore) => Promise<void>): Promise<void> {
    const path = await this.databasePath();
    this.signal.throwIfAborted();
    const notes: Promise<void>[] = [];
    const open = () => this.surroundings.openStore(path, (sentence) => notes.push(this.note(sentence)));
    const store =
      this.partial && !isTraceFile(path)
        ? await openPartialStore(path, open, (damage) => {
            if (damage !== undefined) notes.push(this.note(damage.sentence));
          })
        : await open().catch(withWayOut);
    try {
      await work(store).catch(withWayOut);
    } finally {
      await Promise.all(notes);
      await store.close();
    }
  }

  /** Writes the one JSON value of this command. */
  async writeJson(value: unknown): Promise<void> {
    await this.out.pieces(withBreak(jsonPieces(value)), this.signal);
  }

  async writeLines(...parts: Iterable<string>[]): Promise<void> {
    for (const part of parts) await this.out.lines(part, this.signal);
  }

  /** Does `work` with a line on the terminal that says how far it is; silent with `--json` and where stderr is no terminal. */
  async withProgress<T>(work: (line: ProgressLine) => Promise<T>): Promise<T> {
    const line = new ProgressLine(!this.json && this.messages.isTerminal ? this.messages : undefined);
    try {
      return await work(line);
    } finally {
      await line.end();
    }
  }

  /** Says something beside the answer, on stderr. */
  async note(sentence: string): Promise<void> {
    await this.messages.lines([oneLine(sentence, 1000)]);
  }

  /** Absolute path of the database that the command is about. */
  async databasePath(): Promise<string> {
    const { db } = this.options;
    const source =
      db === undefined
        ? await this.surroundings.findDatabase()
        : resolveStateUri(db, this.surroundings.cwd, "argument");
    switch (source.kind) {
      case "file":
        return source.path;
      case "unsupported":
        throw new TraceError("unsupported_source", source.sentence);
      case "problem":
        throw new TraceError("not_found", source.sentence);
    }
  }
}

function* withBreak(pieces: Iterable<string>): Generator<string> {
  yield* pieces;
  yield "\n";
}

/** A damaged database can be read in part, if the user says so. */
function withWayOut(thrown: unknown): never {
  if (!(thrown instanceof TraceError) || thrown.kind !== "corrupt") throw thrown;
  const sentence = `${thrown.message} Add --partial to be shown what can be read, or write it to a new database with salvage.`;
  throw new TraceError("corrupt", sentence, { cause: thrown });
}
