import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Keeper, parseKept } from "../../../webview/state.ts";

function holder(stored?: unknown) {
  let state = stored;
  return {
    getState: () => state,
    setState: (next: unknown) => {
      state = next;
    },
  };
}

describe("kept state", () => {
  it("comes back after a reload", () => {
    const storage = holder();
    const first = new Keeper(storage);
    first.set({
      view: { tab: "statistics", database: "/d.db", runId: "r", key: 3 },
      collapsed: { runId: "r", keys: [1, 2] },
    });
    first.flush();
    const { value } = new Keeper(storage);
    expect(value.view).toEqual({ tab: "statistics", database: "/d.db", runId: "r", key: 3 });
    expect(value.collapsed).toEqual({ runId: "r", keys: [1, 2] });
  });

  it("does not keep more collapsed spans than is quick to write", () => {
    const keeper = new Keeper(holder());
    keeper.set({ collapsed: { runId: "r", keys: Array.from({ length: 6000 }, (_, index) => index) } });
    keeper.flush();
    expect(keeper.value.collapsed.keys).toEqual([]);
  });

  it("mends what is broken and keeps the rest", () => {
    const kept = parseKept({
      filter: { text: "status = failed", mode: 7 },
      sizes: { name: -5, details: 300 },
      view: { tab: "x" },
    });
    expect(kept.filter).toMatchObject({ text: "status = failed", mode: "only" });
    expect(kept.sizes).toMatchObject({ name: 280, details: 300 });
    expect(kept.view).toBeUndefined();
  });

  it("has defaults whatever was stored", () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        expect(parseKept(stored).statistics.range).toBeTypeOf("string");
      }),
    );
  });
});
