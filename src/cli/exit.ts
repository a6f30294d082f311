import { CommanderError } from "commander";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";

/** What the program tells its caller. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Ctrl+C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
  /** Whoever read the output has left: 128 + SIGPIPE. */
  brokenPipe: 141,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line asks for something that cannot be asked for. `message` is one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reader of the output closed it. */
export class BrokenPipeError extends Error {
  override readonly name = "BrokenPipeError";
}

export interface Failure {
  readonly code: ExitCode;
  /** One line for stderr; undefined when there is nothing to say, or it was said already. */
  readonly message?: string;
}

/** Longest line of an error: room for two paths and a sentence. */
const MAX_MESSAGE = 4000;

/** What an exception means to the caller of the program. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof BrokenPipeError) return { code: exitCodes.brokenPipe };
  // Commander has printed its message, or the help that was asked for.
  if (thrown instanceof CommanderError) {
    return { code: thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage };
  }
  if (thrown instanceof UsageError) return { code: exitCodes.usage, message: inert(thrown.message) };
  if (thrown instanceof TraceError) return { code: codeOf(thrown), message: inert(thrown.message) };
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: exitCodes.failed, message: inert(`Something unexpected happened: ${text}.`) };
}

function codeOf(error: TraceError): ExitCode {
  if (error.kind === "cancelled") return exitCodes.interrupted;
  return error.kind === "invalid_argument" ? exitCodes.usage : exitCodes.failed;
}

function inert(message: string): string {
  return oneLine(message, MAX_MESSAGE);
}
