import { Command, Option } from "commander";
import { TraceError } from "../engine/errors.ts";
import { parseDatabase } from "./arguments.ts";
import { paletteFor, wantsColour } from "./colour.ts";
import { addCompareCommand } from "./commands/compare.ts";
import { addExportCommand } from "./commands/export.ts";
import { addFromFileCommand } from "./commands/from-file.ts";
import { addGetCommand } from "./commands/get.ts";
import { addImportCommand } from "./commands/import.ts";
import { addListCommand } from "./commands/list.ts";
import { addMigrateCommand } from "./commands/migrate.ts";
import { addQueryCommand } from "./commands/query.ts";
import { addSalvageCommand } from "./commands/salvage.ts";
import { addShowCommand } from "./commands/show.ts";
import { addSpansCommand } from "./commands/spans.ts";
import { addSqlCommand } from "./commands/sql.ts";
import { addStatsCommand } from "./commands/stats.ts";
import { addStepsCommand } from "./commands/steps.ts";
import { addTraceCommand } from "./commands/trace.ts";
import { type ExitCode, exitCodes, type Failure, failureOf } from "./exit.ts";
import { Output, type TextStream } from "./output.ts";
import { type GlobalOptions, Session, type Surroundings } from "./session.ts";

/** The process that the program runs in. */
export interface Process extends Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Aborts on Ctrl+C. */
  readonly signal: AbortSignal;
}

/** Starts the session of a command that has been parsed. */
export type StartSession = (command: Command) => Session;

const examples = `
Examples:
  flujo-lens list --status failed            the newest failed runs
  flujo-lens trace <run_id>                  a run's spans as a tree; part of an id is enough
  flujo-lens spans <run_id> --status completed --name step_1
  flujo-lens stats --pipeline my_pipeline --hours 24
  flujo-lens query spans-by-attribute --key error_type --value timeout
  flujo-lens compare <run_id> <run_id>        what is slower, failing, fixed or new
  flujo-lens steps . --db .flujo/flujo_ops.db where steps are written, and how they did
  flujo-lens list --db .flujo/flujo_ops.db --json

Without --db, the database is found as flujo finds it: FLUJO_STATE_URI, state_uri in the nearest
flujo.toml, flujo_ops.db, .flujo/flujo_ops.db. It is only ever read.

Exit codes: 0 done, 1 failed (one sentence on stderr says why), 2 wrong usage. Of a damaged database nothing
is answered in part: what meets the damage ends with 1, unless --partial is given.`;

/** Runs the program and resolves to its exit code. Never rejects. */
export async function runProgram(args: readonly string[], around: Process): Promise<ExitCode> {
  const out = new Output(around.stdout);
  const messages = new Output(around.stderr);
  const help: string[] = [];
  const complaints: string[] = [];
  const start: StartSession = (command) => {
    const options = command.optsWithGlobals<GlobalOptions & { color: boolean }>();
    const palette = paletteFor(wantsColour(options, around.environment, out.isTerminal));
    return new Session(around, options, out, messages, palette, around.signal);
  };
  const program = buildProgram(
    start,
    (text) => help.push(text),
    (text) => complaints.push(text),
  );
  const outcome = await program.parseAsync([...args], { from: "user" }).then(
    (): Failure => ({ code: exitCodes.done }),
    (thrown: unknown) => failureOf(cancelledOr(thrown, around.signal)),
  );
  try {
    await out.pieces(help);
    await messages.pieces(complaints);
    if (outcome.message !== undefined) await messages.lines([outcome.message]);
  } catch (thrown) {
    return complain(thrown, messages);
  }
  return outcome.code;
}

/** The output failed; stderr may still work, and where it does not, the exit code has to say it all. */
async function complain(thrown: unknown, messages: Output): Promise<ExitCode> {
  const { code, message } = failureOf(thrown);
  if (message !== undefined) await messages.lines([message]).catch(() => undefined);
  return code;
}

function cancelledOr(thrown: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? new TraceError("cancelled", "Cancelled.") : thrown;
}

function buildProgram(
  start: StartSession,
  writeHelp: (text: string) => void,
  writeComplaint: (text: string) => void,
): Command {
  const program = new Command("flujo-lens")
    .description(
      "Shows what flujo's pipelines did: runs, span trees, failures and statistics of a trace database.",
    )
    .version(__VERSION__)
    .addOption(
      new Option("--db <file>", "trace database (default: found from the current folder)").argParser(
        parseDatabase,
      ),
    )
    .option("--json", "print exactly one JSON value")
    .option("--partial", "go on with what can be read of a damaged database")
    .option("--no-color", "print without colours, as NO_COLOR does")
    .addHelpText("after", examples)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: writeHelp,
      writeErr: writeComplaint,
      outputError: (text, write) =>
        write(text.replace(/^error: (.)/, (_all, first: string) => first.toUpperCase())),
    })
    .showHelpAfterError("(see --help)")
    .exitOverride();
  const add = [
    addListCommand,
    addGetCommand,
    addShowCommand,
    addTraceCommand,
    addSpansCommand,
    addStatsCommand,
    addQueryCommand,
    addSqlCommand,
    addFromFileCommand,
    addExportCommand,
    addImportCommand,
    addMigrateCommand,
    addSalvageCommand,
    addCompareCommand,
    addStepsCommand,
  ];
  for (const addCommand of add) addCommand(program, start);
  return program;
}
