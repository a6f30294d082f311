import type { Command } from "commander";
import { formatCount } from "../../format/numbers.ts";
import { oneLine } from "../../format/text.ts";
import { parseRunId } from "../arguments.ts";
import type { StartSession } from "../program.ts";
import { runHeading, runLines } from "../run-view.ts";
import { runShape, shaped } from "../shapes.ts";

/** `flujo-lens get PART`: the run whose id starts with or contains a text, or all that do. */
export function addGetCommand(program: Command, start: StartSession): void {
  program
    .command("get")
    .summary("find a run by part of its id")
    .description(
      "Finds a run by its id, by the start of its id, or by a part of it. Lists all that match when several do.",
    )
    .argument("<part>", "run id or part of it", parseRunId)
    .action(async (part: string, _options: unknown, command: Command) => {
      const session = start(command);
      await session.withStore(async (store) => {
        const found = await store.getRun(part, { signal: session.signal });
        if (!("candidates" in found)) {
          if (session.json) await session.writeJson(runShape(found));
          else await session.writeLines(runHeading(found, session.palette, session.now()));
          return;
        }
        const { candidates } = found;
        if (session.json) {
          await session.writeJson({ candidates: shaped(candidates, runShape) });
          return;
        }
        const count = formatCount(candidates.length);
        await session.writeLines(
          [`${count} runs match "${oneLine(part, 100)}"; a longer part tells them apart.`, ""],
          runLines(candidates, session.palette, Number.POSITIVE_INFINITY),
        );
      });
    });
}
