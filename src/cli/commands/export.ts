import path from "node:path";
import { type Command, Option } from "commander";
import { TraceError } from "../../engine/errors.ts";
import { collectRun, collectRuns, type ExportPick } from "../../export/collect.ts";
import { type ExportFormat, exportFormats, exportPieces } from "../../export/formats.ts";
import { type RedactionReport, redactRuns } from "../../export/redaction.ts";
import { writeExport } from "../../export/write-export.ts";
import { formatBytes, formatCount } from "../../format/numbers.ts";
import type { TraceStore } from "../../store/store.ts";
import { parseFile, parseFilterFor, parseLimit, parseNames, parseRunId } from "../arguments.ts";
import { UsageError } from "../exit.ts";
import type { StartSession } from "../program.ts";
import type { Session } from "../session.ts";

interface ExportOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly redact?: readonly string[];
  readonly keepSecrets?: boolean;
  readonly preview?: boolean;
  readonly force?: boolean;
  readonly filter?: string;
  readonly span?: string;
  readonly runs?: string;
  readonly limit?: number;
}

/** `flujo-lens export RUN…`: runs in a form that leaves the database. */
export function addExportCommand(program: Command, start: StartSession): void {
  program
    .command("export")
    .summary("write runs as JSON, OTLP, Chrome trace, CSV, Markdown or HTML")
    .description(
      "Writes runs, or some of their spans, for another tool or a bug report. Values that look like secrets are left out.",
    )
    .argument("[run_ids...]", "run ids, or parts that only one run has", parseRunIds)
    .addOption(
      new Option("--format <format>", "json is flujo's own tree; chrome opens in Perfetto")
        .choices([...exportFormats])
        .default("json"),
    )
    .option("--out <file>", "write to this file (default: standard output)", parseFile)
    .option("--force", "replace the file when there is one")
    .option(
      "--runs <expression>",
      "the runs that this filter takes, newest first: 'status = failed'",
      parseFilterFor("runs"),
    )
    .option("--limit <number>", "at most so many of them", parseLimit)
    .option("--span <span_id>", "only this span and everything below it", parseRunId)
    .option(
      "--filter <expression>",
      "only the spans that this filter takes, and the runs that have some",
      parseFilterFor("spans"),
    )
    .option("--redact <keys>", "leave out the values of these attributes: a,b.*,*_email", parseNames)
    .option("--keep-secrets", "keep values that look like secrets")
    .option("--preview", "say what would leave, and write nothing")
    .action(async (runIds: readonly string[], options: ExportOptions, command: Command) => {
      const session = start(command);
      checkOptions(runIds, options, session);
      await session.withStore(async (store) => {
        const { signal } = session;
        const selection = { filter: options.filter, spanId: options.span };
        const picks = await picksOf(store, runIds, options, signal);
        // One run that is named is written even when a filter takes none of its spans.
        const found =
          runIds.length === 1
            ? [await collectRun(store, runIds[0]!, selection, { signal })]
            : await collectRuns(picks, { signal });
        if (found.length === 0) throw nothingFound(picks.length, options);
        const { runs, report } = redactRuns(found, {
          keys: options.redact,
          keepSecrets: options.keepSecrets,
        });
        const spans = runs.reduce((sum, exported) => sum + exported.spans.length, 0);
        const pieces = exportPieces(runs, options.format);
        if (options.preview) {
          let bytes = 0;
          for (const piece of pieces) bytes += Buffer.byteLength(piece);
          await tellPreview(session, { runs: runs.length, spans, bytes, report });
        } else if (options.out === undefined) {
          await session.out.pieces(ended(pieces), signal);
          await noteRedaction(session, report);
        } else {
          const target = path.resolve(session.cwd, options.out);
          const { bytes } = await writeExport(target, ended(pieces), { overwrite: options.force, signal });
          const facts = { file: target, runs: runs.length, spans, bytes };
          if (session.json) await session.writeJson({ ...facts, redacted: Object.fromEntries(report) });
          else await session.writeLines([`Wrote ${spansAndBytes(facts)} to ${options.out}.`]);
          await noteRedaction(session, report);
        }
      });
    });
}

/** The runs that are named, or those that `--runs` takes; all of them with `--filter` alone. */
async function picksOf(
  store: TraceStore,
  runIds: readonly string[],
  { runs, limit, filter, span }: ExportOptions,
  signal: AbortSignal,
): Promise<ExportPick[]> {
  const selection = { filter, spanId: span };
  if (runIds.length > 0) return [...new Set(runIds)].map((runId) => ({ store, runId, selection }));
  const listed = await store.listRuns({ filter: runs, limit }, { signal });
  return listed.map(({ run_id }) => ({ store, runId: run_id, selection }));
}

function nothingFound(runs: number, { filter }: ExportOptions): TraceError {
  return runs > 0 && filter !== undefined
    ? new TraceError("invalid_argument", "The filter takes no span of these runs: there is nothing to write.")
    : new TraceError("unknown_run", "No run matches: there is nothing to write.");
}

function checkOptions(
  runIds: readonly string[],
  { out, force, preview, runs, limit, filter, span }: ExportOptions,
  session: Session,
): void {
  if (runIds.length === 0 && runs === undefined && filter === undefined) {
    throw new UsageError("Say which runs: by their ids, with --runs, or with --filter.");
  }
  if (runIds.length > 0 && runs !== undefined) {
    throw new UsageError("Name runs by their ids or with --runs, not both.");
  }
  if (runIds.length > 0 && limit !== undefined) throw new UsageError("--limit goes with --runs or --filter.");
  if (span !== undefined && runIds.length !== 1) throw new UsageError("--span is about one run: name it.");
  if (force && out === undefined) throw new UsageError("--force is about a file: name it with --out.");
  if (preview && out !== undefined) throw new UsageError("--preview writes nothing: leave out --out.");
  if (session.json && out === undefined && !preview) {
    throw new UsageError("Standard output gets the export itself: use --json with --out or --preview.");
  }
}

interface Facts {
  readonly runs: number;
  readonly spans: number;
  readonly bytes: number;
}

async function tellPreview(session: Session, facts: Facts & { report: RedactionReport }): Promise<void> {
  const { runs, spans, bytes, report } = facts;
  if (session.json) {
    await session.writeJson({ runs, spans, bytes, redacted: Object.fromEntries(report) });
    return;
  }
  await session.writeLines([`${spansAndBytes(facts)} would leave.`], redactionLines(report));
}

async function noteRedaction(session: Session, report: RedactionReport): Promise<void> {
  if (report.size > 0) await session.note(`Left out: ${[...counted(report)].join(", ")}.`);
}

function* redactionLines(report: RedactionReport): Generator<string> {
  if (report.size === 0) yield "Nothing was redacted.";
  else yield "Redacted:";
  for (const line of counted(report)) yield `  ${line}`;
}

function* counted(report: RedactionReport): Generator<string> {
  for (const [rule, count] of report) yield `${rule} (${formatCount(count)})`;
}

function spansAndBytes({ runs, spans, bytes }: Facts): string {
  const of = runs === 1 ? "" : `${formatCount(runs)} runs, `;
  return `${of}${formatCount(spans)} ${spans === 1 ? "span" : "spans"}, ${formatBytes(bytes)}`;
}

function* ended(pieces: Iterable<string>): Generator<string> {
  let last = "";
  for (const piece of pieces) {
    if (piece === "") continue;
    last = piece;
    yield piece;
  }
  if (!last.endsWith("\n")) yield "\n";
}

function parseRunIds(text: string, before: readonly string[] = []): string[] {
  return [...before, parseRunId(text)];
}
