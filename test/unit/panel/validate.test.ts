import { describe, expect, it } from "vitest";
import { readKeptView } from "../../../src/panel/validate.ts";

describe("readKeptView", () => {
  it("finds the view among the page's own things", () => {
    const view = { tab: "trace", database: "/x.db", runId: "r", key: 3 };
    expect(readKeptView({ view, sizes: { name: 280 }, filter: { text: "x" } })).toEqual(view);
  });

  it.each([
    undefined,
    null,
    5,
    {},
    { view: undefined },
    { view: { tab: "trace" } },
    { view: { tab: "x", database: "/x.db" } },
  ])("finds none in %j", (state) => {
    expect(readKeptView(state)).toBeUndefined();
  });
});
