import type { Command } from "commander";
import { TraceError } from "../../engine/errors.ts";
import { formatCount } from "../../format/numbers.ts";
import type { OutlineColumns, TracePage, TraceStore } from "../../store/store.ts";
import { parseFilterFor, parseRunId } from "../arguments.ts";
import { UsageError } from "../exit.ts";
import { staleNote } from "../notes.ts";
import { OutlineRows } from "../outline-rows.ts";
import type { StartSession } from "../program.ts";
import { runHeading } from "../run-view.ts";
import type { Session } from "../session.ts";
import { checkLevels } from "../shapes.ts";
import { type KeptSpans, keepSpans } from "../trace-filter.ts";
import { traceLines } from "../trace-view.ts";
import { TraceWriter } from "../trace-writer.ts";

/** What `trace` and `from-file` have in common. */
export interface TraceOptions {
  readonly flat?: boolean;
}

interface FilteredOptions extends TraceOptions {
  readonly filter?: string;
}

export const flatOption = [
  "--flat",
  "with --json: a flat array of spans with parent ids, in reading order",
] as const;

/** Rejects `--flat` where it would mean nothing. */
export function checkFlat(options: TraceOptions, session: Session): void {
  if (options.flat && !session.json) throw new UsageError("--flat shapes JSON: use it with --json.");
}

/** `flujo-lens trace RUN`: the spans of a run as a tree. */
export function addTraceCommand(program: Command, start: StartSession): void {
  program
    .command("trace")
    .summary("show the spans of a run as a tree")
    .description("Shows the spans of a run as a tree, and under a failed span the reason.")
    .argument("<run_id>", "run id or a part that only one run has", parseRunId)
    .option(...flatOption)
    .option(
      "--filter <expression>",
      "only spans that it takes, with their parents: 'status = failed or duration > 2s'",
      parseFilterFor("spans"),
    )
    .action(async (runId: string, options: FilteredOptions, command: Command) => {
      const session = start(command);
      checkFlat(options, session);
      await session.withStore((store) =>
        session.json
          ? printJson(session, store, runId, options)
          : printTree(session, store, runId, options.filter),
      );
    });
}

/** How often a trace and what a filter takes of it are asked for until they belong together. */
const ATTEMPTS = 5;

async function printJson(
  session: Session,
  store: TraceStore,
  runId: string,
  options: FilteredOptions,
): Promise<void> {
  const { signal } = session;
  const { first, kept } = await firstPage(store, runId, options.filter, signal);
  if (!options.flat) checkLevels(kept?.levels ?? first.levels);
  await noteState(session, first);
  const writer = new TraceWriter(first, options.flat === true, kept);
  await session.out.pieces(writer.begin(), signal);
  for (let page = first; ; ) {
    await session.out.pieces(writer.page(page), signal);
    const from = page.from + page.spans.length;
    if (from >= page.total) break;
    page = await store.getTracePage(first.run_id, { from, revision: first.revision }, { signal });
  }
  await session.out.pieces(writer.end(), signal);
}

interface Kept extends KeptSpans {
  readonly roots: number;
  readonly levels: number;
}

/** The first page, and with a filter what it takes of the whole trace in the same state of the database. */
async function firstPage(
  store: TraceStore,
  id: string,
  filter: string | undefined,
  signal: AbortSignal,
): Promise<{ first: TracePage; kept?: Kept }> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await store.getTracePage(id, {}, { signal });
    if (filter === undefined) return { first };
    const { run_id, revision, total } = first;
    const { keys } = await store.getMatches(run_id, filter, { signal });
    const columns = await store.getOutlineColumns(run_id, {}, { signal });
    try {
      await store.getTracePage(run_id, { from: total, revision }, { signal });
    } catch (thrown) {
      if (attempt < ATTEMPTS && thrown instanceof TraceError && thrown.kind === "busy") continue;
      throw thrown;
    }
    const kept = keepSpans(columns, keys);
    const { depths } = new OutlineRows(columns, keys);
    let roots = 0;
    let levels = 0;
    for (const depth of depths) {
      if (depth === 0) roots += 1;
      if (depth >= levels) levels = depth + 1;
    }
    return { first, kept: { ...kept, roots, levels } };
  }
}

async function printTree(
  session: Session,
  store: TraceStore,
  part: string,
  filter: string | undefined,
): Promise<void> {
  const { signal } = session;
  const { run } = await store.getRunDetail(part, { signal });
  const outline = await store.getOutlineColumns(run.run_id, {}, { signal });
  await session.writeLines(runHeading(outline.run, session.palette, session.now()), [""]);
  if (outline.size === 0) {
    await session.writeLines([
      "This run has neither spans nor steps yet: flujo writes the trace when a run ends.",
    ]);
  }
  let keys: Float64Array | undefined;
  if (filter !== undefined && outline.size > 0) {
    ({ keys } = await store.getMatches(run.run_id, filter, { signal }));
    await session.writeLines([
      session.palette.dim(`${formatCount(keys.length)} of ${formatCount(outline.size)} spans match`),
    ]);
  }
  const rows = new OutlineRows(outline, keys);
  await session.writeLines(traceLines(rows, session.palette, session.out.width));
  await noteState(session, outline);
}

async function noteState(
  session: Session,
  answer: Pick<OutlineColumns, "provisional" | "warnings" | "snapshot">,
): Promise<void> {
  if (answer.provisional) {
    await session.note("This run has not written its trace yet: the tree is made from its steps so far.");
  }
  for (const warning of answer.warnings) await session.note(warning);
  const stale = staleNote(answer.snapshot);
  if (stale !== undefined) await session.note(stale);
}
