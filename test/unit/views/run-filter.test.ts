import { describe, expect, it } from "vitest";
import { filterFrom, groupingFrom, isFiltering, noFilter, toQuery } from "../../../src/views/run-filter.ts";

describe("run filter", () => {
  it("asks for everything when nothing is chosen", () => {
    expect(toQuery(noFilter)).toEqual({});
    expect(isFiltering(noFilter)).toBe(false);
  });

  it("asks for every word that means a chosen state", () => {
    const filter = { ...noFilter, states: ["failed", "paused"] as const };
    expect(toQuery(filter).status).toEqual(["failed", "error", "paused"]);
    expect(isFiltering(filter)).toBe(true);
  });

  it.each([undefined, null, 7, "x", [], { states: "failed", pipeline: 3, text: {} }])(
    "reads %j from the memory as no filter",
    (value) => {
      expect(filterFrom(value)).toEqual(noFilter);
    },
  );

  it("comes back from the memory as it went in, without states that no longer exist", () => {
    const filter = { states: ["failed"], pipeline: "p", text: "t", expression: "duration > 2s" };
    expect(filterFrom(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
    expect(filterFrom({ states: ["failed", "lost"] }).states).toEqual(["failed"]);
  });

  it("reads unknown groupings as none", () => {
    expect([groupingFrom("day"), groupingFrom("week"), groupingFrom(undefined)]).toEqual([
      "day",
      "none",
      "none",
    ]);
  });
});
