import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { freshFolder } from "../support/fixtures.ts";
import { run } from "./fake-process.ts";

const folder = freshFolder();

const root = {
  span_id: "a",
  name: "pipeline_run",
  start_time: 10,
  end_time: 14.2,
  parent_span_id: null,
  status: "failed",
  attributes: { "flujo.run_id": "run_1" },
  events: [],
  children: [
    {
      span_id: "c",
      name: "classify",
      start_time: 12,
      end_time: 12.613,
      status: "failed",
      attributes: { feedback: "tool_error: no such tool", "flujo.attempt_number": 2 },
      children: [],
    },
    { span_id: "b", name: "retrieve", start_time: 10.1, end_time: 11, status: "completed", children: null },
  ],
};

function fromFile(content: unknown, ...args: string[]) {
  writeFileSync(
    path.join(folder, "trace.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return run(["from-file", "trace.json", ...args], {}, { cwd: folder });
}

describe("from-file", () => {
  it("shows an export as a tree, children in order of start, with the reason under the failed span", async () => {
    const { code, stdout, stderr } = await fromFile({ trace_tree: root, step_history: [] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      "✗ pipeline_run       4.2 s",
      "├ ✓ retrieve        900 ms",
      "└ ✗ classify        613 ms  attempt 2",
      "    tool_error: no such tool",
      "",
    ]);
  });

  it("prints what trace prints with --json, from an export, a bare root, or roots", async () => {
    const { stdout } = await fromFile({ trace_tree: root }, "--json");
    expect(JSON.parse(stdout)).toEqual({
      span_id: "a",
      name: "pipeline_run",
      status: "failed",
      start_time: 10,
      end_time: 14.2,
      attributes: { "flujo.run_id": "run_1" },
      children: [
        {
          span_id: "b",
          name: "retrieve",
          status: "completed",
          start_time: 10.1,
          end_time: 11,
          attributes: {},
          children: [],
        },
        {
          span_id: "c",
          name: "classify",
          status: "failed",
          start_time: 12,
          end_time: 12.613,
          attributes: { feedback: "tool_error: no such tool", "flujo.attempt_number": 2 },
          children: [],
        },
      ],
    });
    expect((await fromFile(root, "--json")).stdout).toBe(stdout);
    expect((await fromFile(`\uFEFF${JSON.stringify(root)}`, "--json")).stdout).toBe(stdout);
    expect((await fromFile(JSON.parse(stdout), "--json")).stdout).toBe(stdout);
    expect(JSON.parse((await fromFile([root, root], "--json")).stdout)).toHaveLength(2);
  });

  it("prints a flat array in reading order, with parents from the nesting", async () => {
    const { stdout } = await fromFile(root, "--json", "--flat");
    const spans = JSON.parse(stdout) as Record<string, unknown>[];
    expect(spans.map(({ span_id, parent_span_id, run_id }) => [span_id, parent_span_id, run_id])).toEqual([
      ["a", null, "run_1"],
      ["b", "a", "run_1"],
      ["c", "a", "run_1"],
    ]);
  });

  it("takes spans without ids, names, times or status for what they are", async () => {
    const { code, stdout } = await fromFile(
      { name: "root", children: [{ span_id: 7 }, { name: 5 }] },
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      span_id: "#0",
      status: "unknown",
      start_time: null,
      children: [
        { span_id: "7", name: "" },
        { span_id: "#2", name: "5" },
      ],
    });
  });

  it("reads a trace 100,000 levels deep", async () => {
    const levels = 100_000;
    const open = (level: number) => `{"span_id":"s${level}","name":"n","start_time":${level},"children":[`;
    const text = Array.from({ length: levels }, (_, level) => open(level)).join("") + "]}".repeat(levels);
    const flat = await fromFile(text, "--json", "--flat");
    expect(flat.code).toBe(0);
    expect(flat.stdout.match(/"span_id":/g)).toHaveLength(levels);
    expect(await fromFile(text, "--json")).toMatchObject({ code: 1, stdout: "" });
    const tree = await fromFile(text);
    expect(tree.code).toBe(0);
    expect(tree.stdout.split("\n")).toHaveLength(levels + 1);
  });
});
