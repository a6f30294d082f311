import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run } from "../../../src/protocol/messages.ts";
import { domainOf, durationSoFar, tickLabel, tickStep } from "../../../webview/timeline/scale.ts";
import { makeSpan, tableOf } from "./outline.ts";

function outlineOf(
  spans: readonly Partial<Parameters<typeof makeSpan>[0]>[],
  run: Partial<Run> = {},
  at = 0,
) {
  const whole = { state: "completed", end_time: null, ...run } as Run;
  return {
    run: whole,
    snapshot: { at, stale: false },
    spans: tableOf(spans.map((facts) => makeSpan(facts))),
  };
}

describe("the time domain", () => {
  it("reaches from the first start to the last end", () => {
    const outline = outlineOf([
      { start_time: 10, end_time: 12 },
      { start_time: 11, end_time: 15 },
    ]);
    expect(domainOf(outline)).toEqual({ from: 10, to: 15 });
  });

  it("is undefined when nothing has a start", () => {
    expect(domainOf(outlineOf([]))).toBeUndefined();
    expect(domainOf(outlineOf([{ start_time: null, end_time: 5 }]))).toBeUndefined();
  });

  it("is never empty", () => {
    const { from, to } = domainOf(outlineOf([{ start_time: 10, end_time: 10 }]))!;
    expect(to).toBeGreaterThan(from);
  });

  it("reaches to now while a run goes on, but not when it has been silent for long", () => {
    const spans = [
      { start_time: 10, end_time: 12 },
      { start_time: 12, end_time: null, duration: null },
    ];
    expect(domainOf(outlineOf(spans, { state: "running" }, 60))!.to).toBe(60);
    expect(domainOf(outlineOf(spans, { state: "running" }, 999_999))!.to).toBe(12);
    expect(domainOf(outlineOf(spans, { state: "failed", end_time: 20 }, 999_999))!.to).toBe(20);
  });
});

describe("the duration so far", () => {
  const domain = { from: 100, to: 110 };

  it("tells how long an unfinished span has lasted", () => {
    const unfinished = { start_time: 104, end_time: null, duration: null };
    expect(durationSoFar(unfinished, domain)).toBe(6);
    expect(durationSoFar(unfinished, undefined)).toBeNull();
    expect(durationSoFar({ ...unfinished, start_time: null }, domain)).toBeNull();
    expect(durationSoFar({ start_time: 1, end_time: 3, duration: 2 }, domain)).toBe(2);
  });
});

describe("ticks", () => {
  it("step by 1, 2 or 5, then by minutes, hours and days", () => {
    expect(tickStep(4.2, 5)).toBe(1);
    expect(tickStep(0.0042, 5)).toBe(0.001);
    expect(tickStep(42, 5)).toBe(10);
    expect(tickStep(300, 5)).toBe(60);
    expect(tickStep(5 * 3600, 5)).toBe(3600);
    expect(tickStep(86_400 * 3, 5)).toBe(86_400);
    expect(tickStep(86_400 * 365, 5)).toBe(86_400 * 100);
  });

  it("are at most as many as asked for, at any length", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 30 }),
        (length, most) => {
          expect(length / tickStep(length, most)).toBeLessThanOrEqual(most * (1 + 1e-6));
        },
      ),
    );
  });

  it("are labelled without needless decimals", () => {
    expect([0, 0.000_5, 0.005, 0.2, 1, 1.5, 10, 90].map(tickLabel)).toEqual([
      "0",
      "500 µs",
      "5 ms",
      "200 ms",
      "1 s",
      "1.5 s",
      "10 s",
      "1 min 30 s",
    ]);
  });
});
