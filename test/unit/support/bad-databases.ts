import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ErrorKind } from "../../../src/engine/errors.ts";
import { fixtureCopy, freshFolder } from "./fixtures.ts";
import { type StockDatabase, writeDatabase } from "./stock-sqlite.ts";

/** Something that is not a readable trace database, and what a reader must say about it. */
export interface BadDatabase {
  readonly what: string;
  readonly path: string;
  readonly kind: ErrorKind;
}

/** The smallest PNG: one transparent pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const PAGE = 4096;

/** Every kind of bad input that needs no special permissions. Each is made anew. */
export async function badDatabases(): Promise<BadDatabase[]> {
  const folder = freshFolder();
  const at = (name: string) => path.join(folder, name);
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(at(name), content);
    return at(name);
  };
  mkdirSync(at("folder.db"));
  return [
    { what: "no such file", path: at("missing.db"), kind: "not_found" },
    { what: "a folder", path: at("folder.db"), kind: "unreadable" },
    { what: "an empty file", path: file("empty.db", ""), kind: "not_a_database" },
    { what: "a text file", path: file("text.db", "Not a database.\n".repeat(1000)), kind: "not_a_database" },
    { what: "a PNG", path: file("picture.db", PNG), kind: "not_a_database" },
    {
      what: "a database without the tables",
      path: await withoutTables(at("other.db")),
      kind: "unsupported_layout",
    },
    { what: "a truncated database", path: truncated(), kind: "corrupt" },
    { what: "a database with zeroed pages in the middle", path: zeroed(), kind: "corrupt" },
  ];
}

async function withoutTables(file: string): Promise<string> {
  return writeDatabase(file, (database) => {
    database.run("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)");
    database.run("INSERT INTO customers (name) VALUES ('Ada'), ('Grace')");
  });
}

/** The first half of a real database. */
function truncated(): string {
  const file = fixtureCopy("v0.4.32");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / PAGE / 2) * PAGE));
  return file;
}

/** A real database whose middle third holds nothing but zeros. */
function zeroed(): string {
  const file = fixtureCopy("v0.4.32");
  const bytes = readFileSync(file);
  const pages = bytes.length / PAGE;
  bytes.fill(0, Math.floor(pages / 3) * PAGE, Math.floor((pages * 2) / 3) * PAGE);
  writeFileSync(file, bytes);
  return file;
}

/** A real database that its owner alone may read, and not even the owner does. Root reads it all the same: drop root first. */
export function forbiddenDatabase(): BadDatabase {
  const file = fixtureCopy("v0.4.32");
  chmodSync(file, 0o000);
  // The way to the file has to be open, so that it is the file itself that refuses.
  for (let folder = path.dirname(file); folder.includes("flujo-lens-test-"); folder = path.dirname(folder)) {
    chmodSync(folder, statSync(folder).mode | 0o055);
  }
  return { what: "a database without permission to read", path: file, kind: "unreadable" };
}

/** Names that try to break out of every place where a name is shown. */
export const hostileNames: readonly string[] = [
  `<img src=x onerror="alert(1)">`,
  "</script><script>alert(1)</script>",
  "[click me](command:workbench.action.quit) **bold** `code`",
  "right-to-left \u202Egnp.exe\u202C and \u2066isolated\u2069",
  "red \u001B[31mterminal\u001B[0m \u009B2J \u0007",
  "two\nlines\rover\ttabs",
  "wide 日本語 and 👩‍💻 and e\u0301",
];

/** Attributes that are not what they should be, as stored. */
export const oddAttributes: readonly (string | null)[] = [
  "{not JSON",
  "",
  null,
  "[1, 2, 3]",
  '"a string"',
  "null",
];

const SCHEMA = `
  CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT,
    start_time TEXT, end_time TEXT, total_cost REAL, final_context_blob TEXT);
  CREATE TABLE spans (span_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, parent_span_id TEXT, name TEXT NOT NULL,
    start_time REAL NOT NULL, end_time REAL, status TEXT DEFAULT 'running', attributes TEXT, created_at TEXT);
  CREATE TABLE steps (step_run_id TEXT PRIMARY KEY, run_id TEXT, step_name TEXT, step_index INTEGER, status TEXT,
    start_time TEXT, end_time TEXT, duration_ms INTEGER, cost REAL, tokens INTEGER,
    input_blob TEXT, output_blob TEXT, error_blob TEXT);`;

/** Start of the runs in written databases: 2025-10-01 08:00:00 UTC, in seconds since the epoch. */
export const hostileStart = 1_759_305_600;

/** An empty trace database in the layout of 0.4.32, for a test to fill. */
export function writeTraceDatabase(fill: (database: StockDatabase) => void): Promise<string> {
  return writeDatabase(path.join(freshFolder(), "flujo_ops.db"), (database) => {
    database.run(SCHEMA);
    fill(database);
  });
}

/**
 * A database whose content attacks: the run `run_hostile_names` has one failed span for each of {@link hostileNames}, which is also
 * its message, and one whose name holds a NUL; `run_odd_attributes` has one completed span for each of {@link oddAttributes}.
 */
export function hostileDatabase(): Promise<string> {
  return writeTraceDatabase((database) => {
    const run =
      "INSERT INTO runs VALUES (?, ?, '1', ?, '2025-10-01T08:00:00+00:00', '2025-10-01T08:01:00+00:00', 0.5, NULL)";
    const span = "INSERT INTO spans VALUES (?, ?, NULL, ?, ?, ?, ?, ?, NULL)";
    database.run(run, ["run_hostile_names", hostileNames[0], "failed"]);
    for (const [index, name] of hostileNames.entries()) {
      const attributes = JSON.stringify({ feedback: name, error_type: name, [name]: name });
      const start = hostileStart + index;
      database.run(span, [
        `span_${name}`,
        "run_hostile_names",
        name,
        start,
        start + 0.5,
        "failed",
        attributes,
      ]);
    }
    database.run(
      `INSERT INTO spans VALUES ('span_nul', 'run_hostile_names', NULL, 'before' || char(0) || 'after', ?, ?, 'failed', '{}', NULL)`,
      [hostileStart + 50, hostileStart + 51],
    );
    database.run(run, ["run_odd_attributes", "odd", "completed"]);
    for (const [index, attributes] of oddAttributes.entries()) {
      const start = hostileStart + index;
      database.run(span, [
        `span_odd_${index}`,
        "run_odd_attributes",
        `odd_${index}`,
        start,
        start + 1,
        "completed",
        attributes,
      ]);
    }
  });
}
