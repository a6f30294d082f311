import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { TraceError } from "../../engine/errors.ts";
import { createTraceStore } from "../../write/create.ts";
import { parseFile } from "../arguments.ts";
import { UsageError } from "../exit.ts";
import type { StartSession } from "../program.ts";
import { printReport, runsAndSpans } from "../write-view.ts";

interface MigrateOptions {
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** `flujo-lens migrate --db OLD --out NEW`: a database of any layout as a new one in the design document's schema. */
export function addMigrateCommand(program: Command, start: StartSession): void {
  program
    .command("migrate")
    .summary("write a new database in the v2.0 schema from an old one")
    .description(
      "Reads a database of any layout (v1.0 blobs, v2.0, 0.6) and writes a new one in the v2.0 schema, times on the wall clock.\n" +
        "The old one is only read. Says what was mended so that it fits, and what could not be kept.",
    )
    .option("--out <file>", "the new database", parseFile)
    .option("--dry-run", "say what would happen, and leave no file")
    .option("--force", "replace the file at --out; it is kept as a backup")
    .action(async (options: MigrateOptions, command: Command) => {
      const session = start(command);
      if (options.out === undefined && !options.dryRun) {
        throw new UsageError("Name the new database with --out, or try it first with --dry-run.");
      }
      const from = await session.databasePath();
      const { signal } = session;
      const target = path.resolve(
        session.cwd,
        options.out ?? path.join(tmpdir(), `${path.basename(from)}.dry-run`),
      );
      await session.withProgress(async (line) => {
        const writer = await createTraceStore(
          target,
          { from, force: options.force || options.dryRun },
          { signal, onProgress: line.step("Migrating") },
        ).catch(withSalvage);
        if (options.dryRun) {
          const report = await writer.report();
          await writer.discard();
          await line.end();
          await printReport(session, `${runsAndSpans(report)} would be written.`, report);
          return;
        }
        const { report, backup } = await writer.close({ signal, onProgress: line.step("Making indexes") });
        await line.end();
        if (backup !== undefined) await session.note(`The file that was there is kept at ${backup}.`);
        await printReport(session, `Wrote ${runsAndSpans(report)} to ${options.out}.`, report);
      });
    });
}

/** A migration is whole or none. */
function withSalvage(thrown: unknown): never {
  if (!(thrown instanceof TraceError) || thrown.kind !== "corrupt") throw thrown;
  const sentence = `${thrown.message} Use salvage to write what can be read to a new database.`;
  throw new TraceError("corrupt", sentence, { cause: thrown });
}
