import { describe, expect, it } from "vitest";
import { paletteFor } from "../../../src/cli/colour.ts";
import { type TraceRow, traceLines } from "../../../src/cli/trace-view.ts";

const plain = paletteFor(false);

function row(parent: number, depth: number, name: string, more: Partial<TraceRow> = {}): TraceRow {
  return {
    parent,
    depth,
    name,
    child_count: 0,
    state: "completed",
    status: "completed",
    duration: 1,
    cost: null,
    tokens: null,
    attempt: null,
    ...more,
  };
}

const failed = (message: string, type = "unknown"): Partial<TraceRow> => ({
  state: "failed",
  status: "failed",
  error: { type, message },
});

const lines = (rows: TraceRow[], width = Number.POSITIVE_INFINITY) => [...traceLines(rows, plain, width)];

describe("trace as text", () => {
  it("draws the tree, aligns the durations and explains the failure where it happened", () => {
    const error = failed("tool_error: no such tool", "tool_error");
    const rows = [
      row(-1, 0, "pipeline_run", { child_count: 2, duration: 4.2, ...error }),
      row(0, 1, "retrieve", { child_count: 1 }),
      row(1, 2, "search", { duration: 0.613, cost: 0.0012, tokens: 1204 }),
      row(0, 1, "classify", { ...error, attempt: 2 }),
    ];
    expect(lines(rows)).toEqual([
      "✗ pipeline_run       4.2 s",
      "├ ✓ retrieve           1 s",
      "│ └ ✓ search        613 ms  $0.0012  1,204 tokens",
      "└ ✗ classify           1 s  attempt 2",
      "    tool_error: no such tool",
    ]);
  });

  it("keeps the guides of siblings and children beside an explanation", () => {
    const rows = [
      row(-1, 0, "root", { child_count: 2 }),
      row(0, 1, "first", { child_count: 1, ...failed("own words") }),
      row(1, 2, "child"),
      row(0, 1, "second"),
    ];
    expect(lines(rows)[2]).toBe("│ │ own words");
  });

  it("says what a parent says in other words than its child", () => {
    const rows = [
      row(-1, 0, "root", { child_count: 1, ...failed("gave up") }),
      row(0, 1, "step", failed("timeout: 30 s")),
    ];
    expect(lines(rows).filter((line) => /gave up|timeout/.test(line))).toHaveLength(2);
  });

  it("says so when a span failed without a message", () => {
    expect(lines([row(-1, 0, "step", failed(""))])[1]).toMatch(/no error message was recorded/);
  });

  it("shows unfinished, paused and unknown spans as what they are", () => {
    const shown = lines([
      row(-1, 0, "a", { state: "running", status: "running", duration: null }),
      row(-1, 0, "b", { state: "paused", status: "paused" }),
      row(-1, 0, "c", { state: "unknown", status: "strange" }),
    ]);
    expect(shown[0]).toMatch(/● a.*unfinished/);
    expect(shown[1]).toMatch(/⏸ b.*1 s {2}paused/);
    expect(shown[2]).toMatch(/\? c.*1 s {2}strange/);
  });

  it("keeps each span on one line and cuts a long message to the terminal", () => {
    const shown = lines([row(-1, 0, "two\nlines", failed(`${"very ".repeat(100)}long`))], 60);
    expect(shown).toHaveLength(2);
    expect(shown[0]).toContain("two lines");
    expect(shown[1]!.length).toBeLessThanOrEqual(60);
  });

  it("shows 100,000 levels whole, on lines of bounded length", () => {
    const levels = 100_000;
    const rows = Array.from({ length: levels }, (_, depth) =>
      row(depth - 1, depth, `step_${depth}`, { child_count: depth + 1 < levels ? 1 : 0 }),
    );
    const shown = lines(rows);
    expect(shown).toHaveLength(levels);
    expect(Math.max(...shown.slice(-1000).map((line) => line.length))).toBeLessThan(120);
    expect(shown.at(-1)).toMatch(/step_99999 .*level 100,000$/);
  });
});
