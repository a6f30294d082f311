import { spawn } from "node:child_process";
import path from "node:path";
import { workerFlags } from "../tools/node-flags.mjs";
import { writeDatabase } from "../unit/support/stock-sqlite.ts";

const tables = `CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT,
  created_at TEXT, updated_at TEXT, total_cost REAL);
  CREATE TABLE spans (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
    start_time REAL, end_time REAL, status TEXT, attributes TEXT, created_at TEXT);
  CREATE INDEX spans_run ON spans (run_id);
  INSERT INTO runs VALUES ('run_1', 'p', '1', 'failed', '2025-10-01T08:00:00', '2025-10-01T08:00:01', 1);`;

function siblings(count: number, name: string, status: string, attributes: string): string {
  return `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
    INSERT INTO spans SELECT NULL, 'run_1', printf('%032x', i), CASE WHEN i > 0 THEN printf('%032x', 0) END, ${name},
      1e9 + i * 1e-3, 1e9 + CASE i WHEN 0 THEN 2000 ELSE i * 1e-3 + 0.5 END, ${status}, ${attributes}, '2025-10-01' FROM n;`;
}

function one(name: string, attributes: string): string {
  return `INSERT INTO spans VALUES (NULL, 'run_1', 'a', NULL, ${name}, 1, 2, 'failed', ${attributes}, NULL);`;
}

const numbers =
  "json_object('flujo.budget.actual_cost_usd', 0.001, 'flujo.budget.actual_tokens', i % 1000, 'step_input', 'text ' || i)";

/** What can be asked; each is bounded by itself. */
export const absurdQuestions = [
  "runs",
  "level",
  "outline",
  "columns",
  "trace",
  "page",
  "run",
  "detail",
  "history",
  "statistics",
  "report",
  "errors",
] as const;

/** Databases that are whole, and absurdly large in one place: how many spans they hold, and the SQL that makes them. */
export const absurdDatabases: Readonly<Record<string, { readonly spans: number; readonly sql: string }>> = {
  "an attribute of 50 MB": {
    spans: 1,
    sql: one("'n'", "json_object('input', printf('%.*c', 50000000, 'x'))"),
  },
  "an error message of 50 MB": {
    spans: 1,
    sql: one("'n'", "json_object('feedback', printf('%.*c', 25000000, 'é'))"),
  },
  "an attribute of ten million nested arrays": {
    spans: 1,
    sql: one(
      "'n'",
      `'{"a":' || replace(printf('%.*c', 10000000, 'x'), 'x', '[0,') || '0' || printf('%.*c', 10000000, ']') || '}'`,
    ),
  },
  "a name of 50 MB": { spans: 1, sql: one("printf('%.*c', 50000000, 'n')", "'{}'") },
  "a chain of 100,000 spans": {
    spans: 100_000,
    sql: `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
      INSERT INTO spans SELECT NULL, 'run_1', 's' || i, CASE WHEN i > 0 THEN 's' || (i - 1) END, 'step',
        1e9 + i * 1e-5, 1e9 + 10 - i * 1e-5, 'completed', '{}', NULL FROM n;`,
  },
  "a million siblings": {
    spans: 1_000_000,
    sql: siblings(
      1_000_000,
      "'step_' || (i % 50)",
      "CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'completed' END",
      numbers,
    ),
  },
  "a million siblings that failed, each in its own way": {
    spans: 1_000_000,
    sql: siblings(
      1_000_000,
      "'step_' || i",
      "'failed'",
      "json_object('error_type', 'E' || i, 'feedback', 'Tool broke in ' || i)",
    ),
  },
};

/** Makes one of them in a folder; gives its path. */
export function makeAbsurd(folder: string, what: string): Promise<string> {
  const file = path.join(folder, `${what.replaceAll(/[^a-z0-9]+/gi, "-")}.db`);
  return writeDatabase(file, (database) => database.run(tables + absurdDatabases[what]!.sql));
}

export interface AbsurdOutcome {
  /** Of every question its answer in short, or the kind of its sentence. */
  readonly answers: Readonly<Record<string, string>>;
  /** Milliseconds that each question took. */
  readonly times: Readonly<Record<string, number>>;
  /** Most that the process with its worker ever held, bytes. */
  readonly peak: number;
  /** Seconds of processor time of the whole process. */
  readonly cpu: number;
}

/**
 * Asks some questions of a database in a process of its own, or everything.
 * @param store The bundled store, as a file.
 */
export function askAbsurd(store: string, file: string, ...questions: string[]): Promise<AbsurdOutcome> {
  return output([path.join(import.meta.dirname, "ask-absurd.mjs"), store, file, ...questions]).then(
    (text) => JSON.parse(text) as AbsurdOutcome,
  );
}

function output(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...workerFlags, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0 ? resolve(out) : reject(new Error(`ended with ${signal ?? code}: ${errors.slice(-2000)}`)),
    );
  });
}
