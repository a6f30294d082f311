import { describe, expect, it } from "vitest";
import { byDay, dayOf } from "../../../src/views/days.ts";
import { makeRun } from "../support/runs.ts";

const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime() / 1000;

describe("days", () => {
  it("puts runs of one local day together, in their order", () => {
    const runs = [
      makeRun("c", { start_time: at(2025, 9, 2, 0, 1) }),
      makeRun("b", { start_time: at(2025, 9, 1, 23, 59) }),
      makeRun("a", { start_time: at(2025, 9, 1, 0, 0) }),
      makeRun("x", { start_time: null }),
    ];
    expect(byDay(runs).map(({ date, runs }) => [date, runs.map((run) => run.run_id)])).toEqual([
      ["2025-10-02", ["c"]],
      ["2025-10-01", ["b", "a"]],
      ["", ["x"]],
    ]);
  });

  it("knows no day of a time beyond the calendar", () => {
    expect(dayOf(1e18)).toBe("");
  });
});
