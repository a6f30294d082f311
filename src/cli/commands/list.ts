import type { Command } from "commander";
import { formatCount } from "../../format/numbers.ts";
import { oneLine } from "../../format/text.ts";
import { parseFilterFor, parseLimit } from "../arguments.ts";
import type { StartSession } from "../program.ts";
import { runLines } from "../run-view.ts";
import { runShape, shaped } from "../shapes.ts";

interface ListOptions {
  readonly status?: string;
  readonly pipeline?: string;
  readonly filter?: string;
  readonly limit: number;
}

/** `flujo-lens list`: the runs, newest first. */
export function addListCommand(program: Command, start: StartSession): void {
  program
    .command("list")
    .summary("list runs, newest first")
    .description("Lists runs, newest first.")
    .option(
      "--status <status>",
      "only runs with this status, as flujo writes it: completed, failed, running, …",
    )
    .option("--pipeline <name>", "only runs of this pipeline")
    .option(
      "--filter <expression>",
      "only runs that it takes: 'duration > 2s and failed > 0'",
      parseFilterFor("runs"),
    )
    .option("--limit <number>", "at most so many runs", parseLimit, 50)
    .action(async (options: ListOptions, command: Command) => {
      const session = start(command);
      const { limit, ...query } = options;
      await session.withStore(async (store) => {
        if (session.json) {
          const runs = await store.listRuns({ ...query, limit }, { signal: session.signal });
          await session.writeJson(shaped(runs, runShape));
          return;
        }
        // One more than is shown tells whether there are more.
        const runs = await store.listRuns({ ...query, limit: limit + 1 }, { signal: session.signal });
        if (runs.length === 0) {
          await session.writeLines([whyEmpty(options)]);
          return;
        }
        const shown = runs.slice(0, limit);
        await session.writeLines(runLines(shown, session.palette, session.out.width));
        if (runs.length > limit) {
          const sentence = `The newest ${formatCount(limit)} are shown; --limit shows more.`;
          await session.writeLines(["", session.palette.dim(sentence)]);
        }
      });
    });
}

function whyEmpty({ status, pipeline, filter }: ListOptions): string {
  const filters = [
    status === undefined ? "" : `the status "${oneLine(status, 100)}"`,
    pipeline === undefined ? "" : `the pipeline "${oneLine(pipeline, 100)}"`,
    filter === undefined ? "" : `what the filter "${oneLine(filter, 100)}" asks for`,
  ].filter((filter) => filter !== "");
  if (filters.length === 0) return "There are no runs in this database yet.";
  return `No run has ${filters.join(" and ")}.`;
}
