import path from "node:path";
import type { Command } from "commander";
import { TraceError } from "../../engine/errors.ts";
import { createTraceStore } from "../../write/create.ts";
import { lostSentence } from "../../write/lost-sentence.ts";
import { parseFile } from "../arguments.ts";
import type { StartSession } from "../program.ts";
import { printReport, runsAndSpans } from "../write-view.ts";

interface SalvageOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** `flujo-lens salvage --db OLD --out NEW`: what can still be read of a damaged database, as a new one. */
export function addSalvageCommand(program: Command, start: StartSession): void {
  program
    .command("salvage")
    .summary("write what can still be read of a damaged database")
    .description(
      "Reads what it can of a damaged database and writes it to a new one in the v2.0 schema. The damaged one is only read.\n" +
        "When something is lost, the file is written and the exit code is 1, unless --partial is given.",
    )
    .requiredOption("--out <file>", "the new database", parseFile)
    .option("--force", "replace the file at --out; it is kept as a backup")
    .action(async (options: SalvageOptions, command: Command) => {
      const session = start(command);
      const { signal } = session;
      const from = await session.databasePath();
      const target = path.resolve(session.cwd, options.out);
      const writer = await createTraceStore(target, { force: options.force }, { signal });
      try {
        const { recovery, report, backup } = await session.withProgress(async (line) => {
          const recovery = await writer.salvage(from, { signal, onProgress: line.step("Salvaging") });
          const published = await writer.close({ signal, onProgress: line.step("Making indexes") });
          return { ...published, recovery };
        });
        if (backup !== undefined) await session.note(`The file that was there is kept at ${backup}.`);
        await printReport(session, `Wrote ${runsAndSpans(report)} to ${options.out}.`, report);
        if (recovery.lost.length === 0) return;
        const sentence = `${lostSentence(recovery)} ${options.out} holds only a part.`;
        if (!session.partial) throw new TraceError("corrupt", `${sentence} Add --partial to accept that.`);
        await session.note(sentence);
      } finally {
        await writer.discard();
      }
    });
}
