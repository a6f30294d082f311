import path from "node:path";
import { type Command, Option } from "commander";
import { redactTexts } from "../../export/redaction.ts";
import { type StatisticsFormat, statisticsFormats, statisticsPieces } from "../../export/statistics.ts";
import { writeExport } from "../../export/write-export.ts";
import { formatBytes, formatDuration } from "../../format/numbers.ts";
import {
  type SpanStatistics,
  type SpanStatisticsQuery,
  type State,
  type StatisticsGroup,
  statisticsGroups,
} from "../../store/model.ts";
import { states } from "../../store/status.ts";
import { parseFile, parseFilterFor, parseHours, parseSeconds, parseState } from "../arguments.ts";
import { UsageError } from "../exit.ts";
import { shortageNote, staleNote } from "../notes.ts";
import type { StartSession } from "../program.ts";
import type { Session } from "../session.ts";
import { type StatsScope, scopeText, statsLines } from "../stats-view.ts";

interface StatsOptions {
  readonly pipeline?: string;
  readonly pipelineVersion?: string;
  readonly hours?: number;
  readonly status?: readonly State[];
  readonly name?: readonly string[];
  readonly minDuration?: number;
  readonly maxDuration?: number;
  readonly errorType?: readonly string[];
  readonly groupBy?: StatisticsGroup;
  readonly filter?: string;
  readonly format?: StatisticsFormat;
  readonly out?: string;
  readonly force?: boolean;
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
    .option("--pipeline-version <version>", "only spans of runs of this version")
    .option(
      "--status <status>",
      `only spans with this status; may be repeated: ${states.join(", ")}`,
      addState,
    )
    .option("--name <name>", "only spans with this name; may be repeated", addText)
    .option("--min-duration <duration>", "only spans that took at least so long: 200ms, 2s", parseSeconds)
    .option("--max-duration <duration>", "only spans that took at most so long: 200ms, 2s", parseSeconds)
    .option("--error-type <type>", "only failed spans with this type of error; may be repeated", addText)
    .option(
      "--filter <expression>",
      "only spans that it takes: 'status = failed and flujo.step.type = agent'",
      parseFilterFor("spans"),
    )
    .addOption(
      new Option("--group-by <what>", "figures by these groups instead of by name").choices(statisticsGroups),
    )
    .addOption(
      new Option("--format <format>", "for spreadsheets, reports and programs").choices(statisticsFormats),
    )
    .option("--out <file>", "write to this file (default: standard output)", parseFile)
    .option("--force", "replace the file when there is one")
    .action(async (options: StatsOptions, command: Command) => {
      const session = start(command);
      checkOptions(options, session);
      await session.withStore(async (store) => {
        const statistics = await store.getSpanStatistics(queryOf(options, session.now()), {
          signal: session.signal,
        });
        const stale = staleNote(statistics.snapshot);
        if (stale !== undefined) await session.note(stale);
        if (statistics.shortage) await session.note(shortageNote(statistics.shortage));
        if (options.format !== undefined) await writeStatistics(statistics, options, session);
        else if (session.json) await session.writeJson(statistics);
        else
          await session.writeLines(
            statsLines(statistics, scopeOf(options), session.palette, session.out.width),
          );
      });
    });
}

function checkOptions({ format, out, force }: StatsOptions, session: Session): void {
  if (out !== undefined && format === undefined) throw new UsageError("--out needs a --format.");
  if (force && out === undefined) throw new UsageError("--force is about a file: name it with --out.");
  if (session.json && format !== undefined) throw new UsageError("Choose one of --json and --format.");
}

async function writeStatistics(
  statistics: SpanStatistics,
  options: StatsOptions,
  session: Session,
): Promise<void> {
  const scope = [scopeText(scopeOf(options))];
  const exported = { statistics, scope, groupBy: options.groupBy };
  const pieces = statisticsPieces(redactTexts(exported).value, options.format ?? "csv");
  if (options.out === undefined) {
    await session.out.pieces(pieces, session.signal);
    return;
  }
  const target = path.resolve(session.cwd, options.out);
  const { bytes } = await writeExport(target, pieces, { overwrite: options.force, signal: session.signal });
  await session.writeLines([`Wrote ${formatBytes(bytes)} to ${options.out}.`]);
}

function queryOf(options: StatsOptions, now: number): SpanStatisticsQuery {
  const { pipeline, pipelineVersion, hours, status, name, minDuration, maxDuration } = options;
  return {
    pipelineName: pipeline,
    timeRange: hours === undefined ? undefined : [now - hours * 3600, undefined],
    ...(pipelineVersion !== undefined && { pipelineVersion }),
    ...(status && { states: status }),
    ...(name && { names: name }),
    ...((minDuration ?? maxDuration) !== undefined && { durationRange: [minDuration, maxDuration] }),
    ...(options.errorType && { errorTypes: options.errorType }),
    ...(options.filter !== undefined && { filter: options.filter }),
    ...(options.groupBy && { groupBy: options.groupBy }),
  };
}

function scopeOf({ pipeline, hours, groupBy, ...options }: StatsOptions): StatsScope {
  const quoted = (texts: readonly string[]) => texts.join(" or ");
  return {
    pipeline,
    hours,
    groupBy,
    filters: [
      ...(options.pipelineVersion === undefined ? [] : [`version ${options.pipelineVersion}`]),
      ...(options.status ? [`status ${quoted(options.status)}`] : []),
      ...(options.name ? [`name ${quoted(options.name)}`] : []),
      ...(options.minDuration === undefined ? [] : [`at least ${formatDuration(options.minDuration)}`]),
      ...(options.maxDuration === undefined ? [] : [`at most ${formatDuration(options.maxDuration)}`]),
      ...(options.filter === undefined ? [] : [`filter ${options.filter}`]),
      ...(options.errorType ? [`error ${quoted(options.errorType)}`] : []),
    ],
  };
}

const addText = (text: string, before: readonly string[] = []): string[] => [...before, text];
const addState = (text: string, before: readonly State[] = []): State[] => [...before, parseState(text)];
