import type { Command } from "commander";
import { csvLine, type TableValue } from "../../format/csv.ts";
import { formatCount } from "../../format/numbers.ts";
import { bytesText } from "../../store/bytes-text.ts";
import type { SqlAnswer } from "../../store/model.ts";
import { parseLimit } from "../arguments.ts";
import { UsageError } from "../exit.ts";
import { staleNote } from "../notes.ts";
import type { StartSession } from "../program.ts";
import { shaped } from "../shapes.ts";
import { tableLines } from "../table.ts";

interface SqlOptions {
  readonly csv?: boolean;
  readonly plan?: boolean;
  readonly limit: number;
  readonly seconds: number;
}

/** `flujo-lens sql QUERY`: one statement of SQL that only reads. */
export function addSqlCommand(program: Command, start: StartSession): void {
  program
    .command("sql")
    .summary("run a query in SQL")
    .description(
      "Runs one statement of SQL that only reads, over the database's own tables and the views lens_runs, lens_spans,\n" +
        "lens_steps, lens_state and lens_evaluations, which have the same columns in every version of flujo.",
    )
    .argument("<query>", "a statement such as: SELECT name, count(*) FROM lens_spans GROUP BY name")
    .option("--csv", "print comma-separated values")
    .option("--plan", "show how SQLite would run it (EXPLAIN QUERY PLAN)")
    .option("--limit <number>", "at most so many rows", parseLimit, 1000)
    .option("--seconds <number>", "stop after so many seconds", parseLimit, 30)
    .action(async (query: string, options: SqlOptions, command: Command) => {
      const session = start(command);
      if (options.csv && session.json) throw new UsageError("Choose one of --json and --csv.");
      await session.withStore(async (store) => {
        const { limit, seconds, plan } = options;
        const answer = await store.sql(query, { limit, seconds, plan }, { signal: session.signal });
        const note = staleNote(answer.snapshot);
        if (note !== undefined) await session.note(note);
        if (session.json) await session.writeJson(shaped(answer.rows, objects(answer)));
        else if (options.csv) await session.out.pieces(csvPieces(answer), session.signal);
        else await session.writeLines(tableOf(answer, session.palette, session.out.width));
        if (answer.more) {
          await session.note(`There are more than ${formatCount(limit)} rows: raise --limit to see them.`);
        }
      });
    });
}

type Row = SqlAnswer["rows"][number];

/** Rows as objects; a name that comes again gets a number. */
function objects({ columns }: SqlAnswer): (row: Row) => Record<string, unknown> {
  const seen = new Map<string, number>();
  const keys = columns.map((column) => {
    const count = (seen.get(column) ?? 0) + 1;
    seen.set(column, count);
    return count === 1 ? column : `${column}:${count}`;
  });
  return (row) => Object.fromEntries(keys.map((key, at) => [key, wholeCell(row[at] ?? null)]));
}

function* csvPieces({ columns, rows }: SqlAnswer): Generator<string> {
  yield csvLine(columns);
  for (const row of rows) yield csvLine(row.map(wholeCell));
}

function tableOf({ columns, rows }: SqlAnswer, palette: Parameters<typeof tableLines>[2], width: number) {
  const numeric = columns.map((_, at) =>
    rows.every((row) => row[at] === null || typeof row[at] === "number"),
  );
  return tableLines(
    columns.map((title, at) => ({
      title,
      text: (row: Row) => String(cell(row[at] ?? null) ?? ""),
      align: numeric[at] ? ("right" as const) : ("left" as const),
      shrinkTo: numeric[at] ? undefined : 8,
    })),
    rows,
    palette,
    width,
  );
}

function cell(value: Row[number]): TableValue {
  return value instanceof Uint8Array ? bytesText(value) : value;
}

/** For programs: nothing is left out. */
function wholeCell(value: Row[number]): TableValue {
  return value instanceof Uint8Array ? bytesText(value, true) : value;
}
