import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../../src/sources/open-store.ts";
import { fixture, fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { run } from "./fake-process.ts";

const someRun = "run_a6a3a4506513270e269e0d37f2a74de4";

interface Promised {
  /** What it needs to work on the database `DB`, writing to `OUT`. */
  readonly works: readonly string[];
  /** Options of its own that its help must explain. */
  readonly options: readonly string[];
  /** Wrong usages of its own, beside those that all commands have. */
  readonly wrong: readonly (readonly string[])[];
  /** False for a command that reads no database. */
  readonly reads?: false;
}

/** Every command with what is promised of it. A command without an entry fails the first test. */
const commands: Readonly<Record<string, Promised>> = {
  list: {
    works: [],
    options: ["--status", "--pipeline", "--limit", "--filter"],
    wrong: [
      ["--limit", "0"],
      ["--filter", "status ="],
    ],
  },
  get: { works: [someRun], options: [], wrong: [[]] },
  show: { works: [someRun], options: [], wrong: [[]] },
  trace: { works: [someRun], options: ["--flat", "--filter"], wrong: [[], [someRun, "--flat"]] },
  spans: { works: [someRun], options: ["--status", "--name", "--filter"], wrong: [[]] },
  stats: { works: [], options: ["--pipeline", "--hours", "--filter"], wrong: [["--hours", "0"]] },
  query: { works: ["failed-spans"], options: ["--key", "--value", "--limit"], wrong: [[], ["everything"]] },
  sql: {
    works: ["SELECT 1 AS one"],
    options: ["--csv", "--limit"],
    wrong: [[], ["DELETE FROM runs"], ["SELEKT"]],
  },
  "from-file": { works: ["trace.json"], options: ["--flat"], wrong: [[]], reads: false },
  export: {
    works: [someRun, "--format", "otlp", "--out", "OUT"],
    options: ["--format", "--out", "--redact"],
    wrong: [[], [someRun, "--format", "pdf"], [someRun, "--force"]],
  },
  import: {
    works: ["trace.json", "--out", "OUT"],
    options: ["--out", "--force"],
    wrong: [[], ["trace.json"]],
    reads: false,
  },
  migrate: {
    works: ["--out", "OUT"],
    options: ["--out", "--dry-run", "--force"],
    wrong: [[], ["--out", ""]],
  },
  salvage: { works: ["--out", "OUT"], options: ["--out", "--force"], wrong: [[]] },
  compare: { works: [someRun, someRun], options: [], wrong: [[], [someRun]] },
  steps: { works: ["."], options: [], wrong: [[".", "too", "many"]] },
};

const names = Object.keys(commands);

function folderWithTrace(): string {
  const folder = freshFolder();
  const span = { span_id: "a", name: "pipeline_run", start_time: 1, end_time: 2, children: [] };
  writeFileSync(path.join(folder, "trace.json"), JSON.stringify({ trace_tree: span }));
  return folder;
}

const ask = (args: readonly string[], cwd = folderWithTrace()) => run(args, {}, { openStore, cwd });

it("help lists exactly the commands that are tested here", async () => {
  const { code, stdout } = await ask(["--help"]);
  expect(code).toBe(0);
  const listed = stdout.slice(stdout.indexOf("Commands:"), stdout.indexOf("Examples:"));
  const found = [...listed.matchAll(/^ {2}([a-z-]+)(?= |$)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  expect(found.sort()).toEqual([...names].sort());
});

describe.each(names)("%s", (name) => {
  const { works, options, wrong, reads } = commands[name]!;
  const database = reads === false ? [] : ["--db", fixture("v0.6.11")];

  it("has its help, with a description and every option", async () => {
    const { code, stdout, stderr } = await ask([name, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: flujo-lens ${name}\\b`));
    for (const option of [...options, "--db", "--json", "--partial", "--no-color", "-h, --help"]) {
      // Each with a word about it.
      expect(stdout, option).toMatch(
        new RegExp(`${option.replace(/-/g, "\\-")}\\b[^\\n]* {2,}\\S|${option}[^\\n]*\\n {10,}\\S`),
      );
    }
    expect((await ask(["help", name])).stdout).toBe(stdout);
  });

  it("ends with 0 when it works, and with --json prints one JSON value", async () => {
    const folder = folderWithTrace();
    const args = works.map((arg) => (arg === "OUT" ? path.join(folder, "out.db") : arg));
    const plain = await ask([name, ...args, ...database], folder);
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout.endsWith("\n")).toBe(true);
    const again = folderWithTrace();
    const other = works.map((arg) => (arg === "OUT" ? path.join(again, "out.db") : arg));
    const json = await ask([name, ...other, ...database, "--json"], again);
    expect([json.code, json.stderr]).toEqual([0, ""]);
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
  });

  it("ends with 2 for wrong usage, says why on stderr, and leaves no file", async () => {
    const folder = folderWithTrace();
    const tries = [
      ...wrong.map((args) => [name, ...args, ...database]),
      [name, "--no-such-option"],
      // It takes any number of runs.
      ...(name === "export" ? [] : [[name, ...works, "one", "too", "many", "x"]]),
    ];
    for (const args of tries) {
      const { code, stdout, stderr } = await ask(
        args.map((arg) => (arg === "OUT" ? path.join(folder, "out.db") : arg)),
        folder,
      );
      expect([code, stdout], args.join(" ")).toEqual([2, ""]);
      expect(stderr, args.join(" ")).toMatch(/\S/);
      expect(stderr, args.join(" ")).not.toMatch(/ {4}at /);
    }
    expect(readdirSync(folder)).toEqual(["trace.json"]);
  }, 120_000);

  it("ends with 1 and one sentence when what it is to read is not there, is none, or is damaged, and leaves no file", async () => {
    const folder = folderWithTrace();
    writeFileSync(path.join(folder, "text.db"), "This is no database.\n".repeat(300));
    const before = readdirSync(folder).sort();
    const bad = ["gone.db", "text.db"];
    const out = path.join(folder, "out.db");
    for (const file of bad) {
      const args = works.map((arg) => (arg === "OUT" ? out : arg === "trace.json" ? file : arg));
      const { code, stdout, stderr } = await ask(
        [name, ...args, ...(reads === false ? [] : ["--db", file])],
        folder,
      );
      expect([code, stdout], file).toEqual([1, ""]);
      expect(stderr, file).toMatch(/^[^\n]{10,400}\.\n$/);
    }
    expect(readdirSync(folder).sort()).toEqual(before);
  }, 120_000);
});

describe.each(["import", "migrate", "salvage"])("%s --out", (name) => {
  const source = name === "import" ? ["trace.json"] : ["--db", fixture("v0.4.32")];

  it("keeps a file that is there, takes its place with --force, and keeps it as a backup", async () => {
    const folder = folderWithTrace();
    const out = path.join(folder, "out.db");
    writeFileSync(out, "mine");
    const kept = await ask([name, ...source, "--out", out], folder);
    expect([kept.code, kept.stdout]).toEqual([1, ""]);
    expect(kept.stderr).toMatch(/^There is a file at .* already\. Add --force to replace it\.\n$/);
    const forced = await ask([name, ...source, "--out", out, "--force"], folder);
    expect(forced.code).toBe(0);
    expect(forced.stderr).toMatch(/kept at .*out\.db\.backup\.\n$/);
    expect(readdirSync(folder).sort()).toEqual(["out.db", "out.db.backup", "trace.json"]);
  });

  it("needs a folder that is there, and never writes over what it reads", async () => {
    const folder = folderWithTrace();
    const nowhere = await ask([name, ...source, "--out", "no/such/new.db"], folder);
    expect([nowhere.code, nowhere.stdout]).toEqual([1, ""]);
    expect(nowhere.stderr).toMatch(/^There is no folder /);
    const file = name === "import" ? path.join(folder, "trace.json") : fixtureCopy("v0.4.32");
    const same = name === "import" ? [file] : ["--db", file];
    const outcome = await ask([name, ...same, "--out", file, "--force"], folder);
    expect([outcome.code, outcome.stdout]).toEqual([2, ""]);
    expect(outcome.stderr).toMatch(/must be another file/);
  });
});
