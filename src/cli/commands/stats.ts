import type { Command } from "commander";
import type { TimeRange } from "../../store/model.ts";
import { parseHours } from "../arguments.ts";
import { staleNote } from "../notes.ts";
import type { StartSession } from "../program.ts";
import { statsLines } from "../stats-view.ts";

interface StatsOptions {
  readonly pipeline?: string;
  readonly hours?: number;
}

/** `flujo-lens stats`: counts, averages and percentiles of spans. */
export function addStatsCommand(program: Command, start: StartSession): void {
  program
    .command("stats")
    .summary("counts and durations by step, with percentiles")
    .description(
      "Counts spans and shows how long they take, by name, with percentiles. All time unless --hours is given.",
    )
    .option("--pipeline <name>", "only spans of runs of this pipeline")
    .option("--hours <number>", "only spans that started within so many hours before now", parseHours)
    .action(async ({ pipeline, hours }: StatsOptions, command: Command) => {
      const session = start(command);
      await session.withStore(async (store) => {
        const timeRange: TimeRange | undefined =
          hours === undefined ? undefined : [session.now() - hours * 3600, undefined];
        const statistics = await store.getSpanStatistics(
          { pipelineName: pipeline, timeRange },
          { signal: session.signal },
        );
        const stale = staleNote(statistics.snapshot);
        if (stale !== undefined) await session.note(stale);
        if (session.json) await session.writeJson(statistics);
        else
          await session.writeLines(
            statsLines(statistics, { pipeline, hours }, session.palette, session.out.width),
          );
      });
    });
}
