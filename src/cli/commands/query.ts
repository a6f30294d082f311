import type { Command } from "commander";
import { formatCount, formatDuration, formatTime } from "../../format/numbers.ts";
import { oneLine } from "../../format/text.ts";
import { type NamedQuery, namedQueries, type QueryRow } from "../../store/model.ts";
import { stateOfRun } from "../../store/status.ts";
import { parseLimit } from "../arguments.ts";
import type { Palette } from "../colour.ts";
import { UsageError } from "../exit.ts";
import { painterOf } from "../marks.ts";
import type { StartSession } from "../program.ts";
import { type Column, tableLines } from "../table.ts";

interface QueryOptions {
  readonly key?: string;
  readonly value?: string;
  readonly limit?: number;
}

/** `flujo-lens query NAME`: one of the named queries. */
export function addQueryCommand(program: Command, start: StartSession): void {
  program
    .command("query")
    .summary("run a named query")
    .description(`Runs a named query: ${namedQueries.join(", ")}.`)
    .argument("<name>", "name of the query")
    .option("--key <attribute>", "for spans-by-attribute: name of the attribute, such as error_type")
    .option("--value <value>", "for spans-by-attribute: value of the attribute, such as timeout")
    .option("--limit <number>", "at most so many rows", parseLimit)
    .action(async (text: string, options: QueryOptions, command: Command) => {
      const session = start(command);
      const name = checkName(text);
      const params = checkParams(name, options);
      await session.withStore(async (store) => {
        const rows = await store.query(name, params, { signal: session.signal });
        if (session.json) await session.writeJson(rows);
        else if (rows.length === 0) await session.writeLines([whyEmpty(name, options)]);
        else
          await session.writeLines(
            tableLines(columnsOf(rows, session.palette), rows, session.palette, session.out.width),
          );
      });
    });
}

function checkName(text: string): NamedQuery {
  const name = namedQueries.find((known) => known === text);
  if (name === undefined) {
    throw new UsageError(`There is no query "${text}"; there are ${namedQueries.join(", ")}.`);
  }
  return name;
}

function checkParams(name: NamedQuery, { key, value, limit }: QueryOptions): Record<string, string | number> {
  const params: Record<string, string | number> = limit === undefined ? {} : { limit };
  if (name === "spans-by-attribute") {
    if (key === undefined || value === undefined) {
      throw new UsageError(
        "spans-by-attribute needs both: --key with the attribute's name and --value with its value.",
      );
    }
    return { ...params, key, value };
  }
  if (key !== undefined || value !== undefined) {
    throw new UsageError(`--key and --value belong to spans-by-attribute; ${name} takes only --limit.`);
  }
  return params;
}

function whyEmpty(name: NamedQuery, { key, value }: QueryOptions): string {
  switch (name) {
    case "failed-spans":
    case "error-patterns":
      return "No span has failed in this database.";
    case "duration-by-name":
    case "pipeline-performance":
      return "There are no finished spans in this database yet: flujo writes them when a run ends.";
    case "spans-by-attribute":
      return `No span has an attribute "${oneLine(key ?? "", 100)}" with the value "${oneLine(value ?? "", 100)}".`;
  }
}

function columnsOf(rows: readonly QueryRow[], palette: Palette): Column<QueryRow>[] {
  const titles = Object.keys(rows[0]!);
  // Long texts stand last, where they push nothing out of sight.
  const sorted = [...titles.filter((title) => !isLong(title)), ...titles.filter(isLong)];
  return sorted.map((title) => {
    const numeric = rows.every((row) => row[title] === null || typeof row[title] === "number");
    return {
      title,
      text: (row) => cellText(title, row[title] ?? null),
      align: numeric ? "right" : "left",
      shrinkTo: numeric ? undefined : 8,
      paint: (row) => (title === "status" ? painterOf(stateOfRun(String(row.status)), palette) : undefined),
    };
  });
}

function isLong(column: string): boolean {
  return column === "attributes" || column === "message";
}

function cellText(column: string, value: QueryRow[string]): string {
  if (value === null) return "";
  if (typeof value === "number") {
    if (column.endsWith("_time")) return formatTime(value);
    if (column.includes("duration")) return formatDuration(value);
    return Number.isInteger(value) ? formatCount(value) : String(value);
  }
  return typeof value === "string" ? value : `${value.length} bytes`;
}
