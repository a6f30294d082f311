import path from "node:path";
import type { Command } from "commander";
import { readTraceFile } from "../../import/flujo-file.ts";
import { parseFile } from "../arguments.ts";
import type { StartSession } from "../program.ts";
import { nestedShape, shaped, spanShape } from "../shapes.ts";
import { traceRows } from "../trace-rows.ts";
import { traceLines } from "../trace-view.ts";
import { checkFlat, flatOption, type TraceOptions } from "./trace.ts";

/** `flujo-lens from-file PATH`: the trace in a debug export, without a database. */
export function addFromFileCommand(program: Command, start: StartSession): void {
  program
    .command("from-file")
    .summary("show the trace of a debug export")
    .description(
      "Shows the trace of a debug export (JSON with trace_tree, or a root span by itself). Needs no database.",
    )
    .argument("<path>", "the exported file", parseFile)
    .option(...flatOption)
    .action(async (name: string, options: TraceOptions, command: Command) => {
      const session = start(command);
      checkFlat(options, session);
      const trace = await readTraceFile(path.resolve(session.cwd, name), session.signal);
      if (!session.json) {
        await session.writeLines(traceLines(traceRows(trace), session.palette, session.out.width));
      } else if (options.flat) {
        await session.writeJson(shaped(trace.spans, spanShape));
      } else {
        await session.writeJson(nestedShape(trace.roots));
      }
    });
}
