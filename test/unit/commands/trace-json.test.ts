import { describe, expect, it } from "vitest";
import { traceJson } from "../../../src/commands/trace-json.ts";
import { makeSpan } from "../support/runs.ts";

const signal = new AbortController().signal;

describe("traceJson", () => {
  it("writes one root as the object that JSON.stringify would write", async () => {
    const root = makeSpan("a", [makeSpan("b", [makeSpan("c")]), makeSpan("d")], {
      attributes: { text: 'line\nbreak } "quoted"', nested: { list: [1, {}] } },
    });
    const text = await traceJson([root], 4, signal);
    expect(JSON.parse(text)).toEqual(root);
    expect(text).toBe(JSON.stringify(root, undefined, 2));
  });

  it("writes several roots as an array, and none as an empty one", async () => {
    const roots = [makeSpan("a", [makeSpan("b")]), makeSpan("c")];
    expect(await traceJson(roots, 3, signal)).toBe(JSON.stringify(roots, undefined, 2));
    expect(JSON.parse(await traceJson([], 0, signal))).toEqual([]);
  });

  it("writes large traces without indentation, and the same value", async () => {
    const roots = [makeSpan("a", [makeSpan("b", [makeSpan("c")]), makeSpan("d")])];
    const text = await traceJson(roots, 1_000_000, signal);
    expect(text).not.toContain("\n");
    expect(JSON.parse(text)).toEqual(roots[0]);
  });

  it("writes chains that are deeper than a stack", async () => {
    let span = makeSpan("leaf");
    for (let depth = 0; depth < 50_000; depth += 1) span = makeSpan("s", [span]);
    const text = await traceJson([span], 50_001, signal);
    expect(text.match(/"span_id"/g)).toHaveLength(50_001);
    expect(text.endsWith("]}".repeat(50_000))).toBe(true);
  });

  it("does not let indentation grow with the square of the depth", async () => {
    let span = makeSpan("leaf");
    for (let depth = 0; depth < 1500; depth += 1) span = makeSpan("s", [span]);
    expect((await traceJson([span], 1501, signal)).length).toBeLessThan(2_000_000);
  });

  it("refuses what no clipboard takes, and stops when nobody waits", async () => {
    const big = makeSpan("a", [], { attributes: { text: "x".repeat(51_000_000) } });
    await expect(traceJson([big], 1, signal)).rejects.toMatchObject({ kind: "too_many_rows" });
    const many = Array.from({ length: 10_000 }, (_, index) => makeSpan(String(index)));
    await expect(traceJson(many, 10_000, AbortSignal.abort())).rejects.toMatchObject({ kind: "cancelled" });
  });
});
