import path from "node:path";
import { type Command, Option } from "commander";
import { collectRun } from "../../export/collect.ts";
import { type ExportFormat, exportFormats, exportPieces } from "../../export/formats.ts";
import { type RedactionReport, redact } from "../../export/redaction.ts";
import { writeExport } from "../../export/write-export.ts";
import { formatBytes, formatCount } from "../../format/numbers.ts";
import { parseFile, parseFilterFor, parseNames, parseRunId } from "../arguments.ts";
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
}

/** `flujo-lens export RUN`: a run in a form that leaves the database. */
export function addExportCommand(program: Command, start: StartSession): void {
  program
    .command("export")
    .summary("write a run as JSON, OTLP, Chrome trace, CSV, Markdown or HTML")
    .description(
      "Writes a run, or some of its spans, for another tool or a bug report. Values that look like secrets are left out.",
    )
    .argument("<run_id>", "run id or a part that only one run has", parseRunId)
    .addOption(
      new Option("--format <format>", "json is flujo's own tree; chrome opens in Perfetto")
        .choices([...exportFormats])
        .default("json"),
    )
    .option("--out <file>", "write to this file (default: standard output)", parseFile)
    .option("--force", "replace the file when there is one")
    .option("--span <span_id>", "only this span and everything below it", parseRunId)
    .option("--filter <expression>", "only the spans that this filter takes", parseFilterFor("spans"))
    .option("--redact <keys>", "leave out the values of these attributes: a,b.*,*_email", parseNames)
    .option("--keep-secrets", "keep values that look like secrets")
    .option("--preview", "say what would leave, and write nothing")
    .action(async (runId: string, options: ExportOptions, command: Command) => {
      const session = start(command);
      checkOptions(options, session);
      await session.withStore(async (store) => {
        const { signal } = session;
        const selection = { filter: options.filter, spanId: options.span };
        const found = await collectRun(store, runId, selection, { signal });
        const { exported, report } = redact(found, {
          keys: options.redact,
          keepSecrets: options.keepSecrets,
        });
        const pieces = exportPieces(exported, options.format);
        if (options.preview) {
          let bytes = 0;
          for (const piece of pieces) bytes += Buffer.byteLength(piece);
          await tellPreview(session, { spans: exported.spans.length, bytes, report });
        } else if (options.out === undefined) {
          await session.out.pieces(ended(pieces), signal);
          await noteRedaction(session, report);
        } else {
          const target = path.resolve(session.cwd, options.out);
          const { bytes } = await writeExport(target, ended(pieces), { overwrite: options.force, signal });
          const facts = { file: target, spans: exported.spans.length, bytes };
          if (session.json) await session.writeJson({ ...facts, redacted: Object.fromEntries(report) });
          else await session.writeLines([`Wrote ${spansAndBytes(facts)} to ${options.out}.`]);
          await noteRedaction(session, report);
        }
      });
    });
}

function checkOptions({ out, force, preview }: ExportOptions, session: Session): void {
  if (force && out === undefined) throw new UsageError("--force is about a file: name it with --out.");
  if (preview && out !== undefined) throw new UsageError("--preview writes nothing: leave out --out.");
  if (session.json && out === undefined && !preview) {
    throw new UsageError("Standard output gets the export itself: use --json with --out or --preview.");
  }
}

interface Facts {
  readonly spans: number;
  readonly bytes: number;
}

async function tellPreview(session: Session, facts: Facts & { report: RedactionReport }): Promise<void> {
  const { spans, bytes, report } = facts;
  if (session.json) {
    await session.writeJson({ spans, bytes, redacted: Object.fromEntries(report) });
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

function spansAndBytes({ spans, bytes }: Facts): string {
  return `${formatCount(spans)} ${spans === 1 ? "span" : "spans"}, ${formatBytes(bytes)}`;
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
