import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  badDatabases,
  forbiddenDatabase,
  hostileDatabase,
  hostileNames,
  hostileStart,
  oddAttributes,
  writeTraceDatabase,
} from "../support/bad-databases.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { steering } from "../support/inert.ts";
import type { Outcome } from "./fake-process.ts";
import { cli, cliJson, copyOfCli } from "./run-cli.ts";

/** Failed: nothing on stdout, one line on stderr that ends a sentence, and no stack. */
function expectFailure(outcome: Outcome, code: number): void {
  expect(outcome).toMatchObject({ code, stdout: "" });
  expect(outcome.stderr).toMatch(/^[^\n]{10,}\.\n$/);
  expect(outcome.stderr).not.toMatch(/Error:|\bat \w+ \(|undefined|\[object/);
}

describe("a database that is none", async () => {
  const bad = await badDatabases();

  it.each(bad.map(({ what, path: file }) => [what, file]))(
    "%s ends every command with 1 and one sentence",
    async (_what, file) => {
      const commands = [
        ["list", "--limit", "300"],
        ["stats", "--json"],
      ];
      for (const command of commands) expectFailure(await cli([...command, "--db", file!]), 1);
    },
  );
});

describe("a database that may not be read", () => {
  it("ends with 1 and one sentence", async ({ skip }) => {
    if (process.platform === "win32") skip("Windows has no permission bits to take away.");
    const forbidden = forbiddenDatabase();
    // Root may read everything, so the program runs as nobody, from a folder that nobody may read.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const cwd = path.dirname(forbidden.path);
    if (spawnSync(process.execPath, ["--version"], { ...nobody, cwd }).status !== 0) {
      skip(`${process.execPath} may not be run by another user than root.`);
    }
    const outcome = await cli(["list", "--db", forbidden.path], { ...nobody, cwd }, copyOfCli(cwd));
    expectFailure(outcome, 1);
    expect(outcome.stderr).toContain(forbidden.path);
  });
});

describe("runs that are not found", () => {
  it("an unknown run ends with 1 and one sentence", async () => {
    for (const command of ["get", "show", "trace", "spans"]) {
      const outcome = await cli([command, "no_such_run", "--json", "--db", fixture("v0.6.11")]);
      expectFailure(outcome, 1);
      expect(outcome.stderr).toContain("no_such_run");
    }
  });

  it("a part that several runs have ends with 1 and names some of them", async () => {
    for (const command of ["show", "trace", "spans"]) {
      const outcome = await cli([command, "run_f", "--db", fixture("v0.6.11")]);
      expectFailure(outcome, 1);
      expect(outcome.stderr).toMatch(/run_f\w+, run_f\w+/);
    }
  });
});

describe("hostile content", async () => {
  const file = await hostileDatabase();
  const names = [...hostileNames];

  it("comes out of --json as it went in, without steering the terminal", async () => {
    const outcome = await cli(["spans", "run_hostile_names", "--json", "--db", file]);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout.trimEnd()).not.toMatch(steering);
    const spans = JSON.parse(outcome.stdout) as { name: string; attributes: Record<string, unknown> }[];
    expect(spans.slice(0, -1).map((span) => span.name)).toEqual(names);
    expect(spans.slice(0, -1).map((span) => span.attributes.feedback)).toEqual(names);
    expect(spans.slice(-1).map((span) => span.name)).toEqual(["before\u0000after"]);
    expect(spans).toHaveLength(names.length + 1);
  });

  it.each([
    "list",
    "get run_hostile",
    "show run_hostile_names",
    "trace run_hostile_names",
    "spans run_hostile_names",
    "stats",
    "query failed-spans",
    "query error-patterns",
    "query spans-by-attribute --key error_type --value </script><script>alert(1)</script>",
  ])("stays inert text in: %s", async (command) => {
    const args = command.split(" ");
    const outcome = await cli([...args, "--db", file]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).not.toMatch(steering);
    expect(outcome.stdout).not.toContain("\r");
    expect(outcome.stdout.length).toBeGreaterThan(50);
  });

  it("attributes that are no JSON object come as the text they are, and missing ones as an empty object", async () => {
    const spans = await cliJson<{ attributes: unknown }[]>(["spans", "run_odd_attributes", "--db", file]);
    expect(spans.map((span) => span.attributes)).toEqual(
      oddAttributes.map((text) => (text === null || text === "" ? {} : text)),
    );
    expect((await cli(["trace", "run_odd_attributes", "--db", file])).code).toBe(0);
  });
});

describe("traces that are no proper tree", () => {
  it("a chain deeper than 1,000 needs --flat for JSON, and is shown whole as text", async () => {
    const levels = 1500;
    const file = await writeTraceDatabase((database) => {
      database.run("INSERT INTO runs (run_id, pipeline_name, status) VALUES ('deep', 'deep', 'completed')");
      for (let level = 0; level < levels; level += 1) {
        const parent = level === 0 ? null : `s${level - 1}`;
        database.run("INSERT INTO spans VALUES (?, 'deep', ?, ?, ?, ?, 'completed', '{}', NULL)", [
          `s${level}`,
          parent,
          `step_${level}`,
          hostileStart + level,
          hostileStart + 2 * levels - level,
        ]);
      }
    });
    const nested = await cli(["trace", "deep", "--json", "--db", file]);
    expectFailure(nested, 1);
    expect(nested.stderr).toContain("--flat");
    const flat = await cliJson<{ span_id: string }[]>(["trace", "deep", "--flat", "--db", file]);
    expect(flat.map((span) => span.span_id)).toEqual(
      Array.from({ length: levels }, (_, level) => `s${level}`),
    );
    const text = await cli(["trace", "deep", "--db", file]);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(`step_${levels - 1} `);
  });

  it("several roots, orphans and loops come whole, and stderr says what was mended", async () => {
    const file = await writeTraceDatabase((database) => {
      database.run("INSERT INTO runs (run_id, pipeline_name, status) VALUES ('odd', 'odd', 'completed')");
      const links = [
        ["root", null],
        ["other_root", null],
        ["orphan", "nobody"],
        ["loop_a", "loop_b"],
        ["loop_b", "loop_a"],
      ];
      for (const [index, [id, parent]] of links.entries()) {
        database.run("INSERT INTO spans VALUES (?, 'odd', ?, ?, ?, ?, 'completed', '{}', NULL)", [
          id,
          parent,
          id,
          hostileStart + index,
          hostileStart + index + 1,
        ]);
      }
    });
    const { code, stdout, stderr } = await cli(["trace", "odd", "--json", "--db", file]);
    expect(code).toBe(0);
    const roots = JSON.parse(stdout) as { span_id: string; children: { span_id: string }[] }[];
    expect(roots.map((root) => root.span_id)).toEqual(["root", "other_root", "orphan", "loop_a"]);
    expect(roots[3]!.children.map((child) => child.span_id)).toEqual(["loop_b"]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(2);
  });
});

describe("an export that is none", () => {
  const folder = freshFolder();
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };

  it.each([
    ["no such file", path.join(folder, "missing.json")],
    ["a folder", folder],
    ["an empty file", write("empty.json", "")],
    ["text", write("text.json", "\u001B[31mnot JSON")],
    ["half of it", write("half.json", '{"trace_tree": {"name": "root", "children": [')],
    ["a number", write("number.json", "42")],
    ["an object without a span", write("object.json", "{}")],
    ["an empty array", write("array.json", "[]")],
    ["an export without a trace", write("null.json", '{"trace_tree": null}')],
    ["children that are no array", write("children.json", '{"name": "root", "children": {"name": "child"}}')],
    ["a child that is no span", write("child.json", '{"name": "root", "children": [{"name": "a"}, 7]}')],
  ])("%s ends with 1 and one sentence", async (_what, file) => {
    const outcome = await cli(["from-file", file, "--json"]);
    expectFailure(outcome, 1);
    expect(outcome.stderr).not.toContain("\u001B");
  });
});
