import path from "node:path";
import type { Command } from "commander";
import { createTraceStore } from "../../write/create.ts";
import { parseFile } from "../arguments.ts";
import type { StartSession } from "../program.ts";
import { printReport, runsAndSpans } from "../write-view.ts";

interface ImportOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** `flujo-lens import FILE --out NEW.db`: traces of another form as a database. */
export function addImportCommand(program: Command, start: StartSession): void {
  program
    .command("import")
    .summary("write a database from traces in a file")
    .description(
      "Reads traces from a file and writes a new database with them: flujo's debug exports, OTLP JSON, OTLP in JSON Lines,\n" +
        "JSON of Jaeger. Which of them it is, is found by looking.",
    )
    .argument("<file>", "the file with traces", parseFile)
    .requiredOption("--out <file>", "the new database", parseFile)
    .option("--force", "replace the file at --out; it is kept as a backup")
    .action(async (name: string, options: ImportOptions, command: Command) => {
      const session = start(command);
      const { signal } = session;
      const target = path.resolve(session.cwd, options.out);
      const writer = await createTraceStore(target, { force: options.force }, { signal });
      try {
        const { notes, report, backup } = await session.withProgress(async (line) => {
          const file = path.resolve(session.cwd, name);
          const left = await writer.importFile(file, { signal, onProgress: line.step("Importing") });
          const published = await writer.close({ signal, onProgress: line.step("Making indexes") });
          return { ...published, notes: left };
        });
        for (const note of notes) await session.note(note);
        if (backup !== undefined) await session.note(`The file that was there is kept at ${backup}.`);
        await printReport(session, `Wrote ${runsAndSpans(report)} to ${options.out}.`, report);
      } finally {
        await writer.discard();
      }
    });
}
