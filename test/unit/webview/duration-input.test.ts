import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration } from "../../../src/format/numbers.ts";
import { parseDuration } from "../../../webview/timeline/duration-input.ts";

describe("typed durations", () => {
  it.each([
    ["200ms", 0.2],
    ["2s", 2],
    [" 2 S ", 2],
    ["1.5 min", 90],
    ["1,5 min", 90],
    [".5s", 0.5],
    ["250 µs", 0.000_25],
    ["250us", 0.000_25],
    ["1 h 5 min", 3900],
    ["1d", 86_400],
    ["0", 0],
  ])("%s is understood", (text, seconds) => {
    const parsed = parseDuration(text);
    expect(parsed.kind === "duration" && parsed.seconds).toBeCloseTo(seconds, 9);
  });

  it.each(["200", "abc", "2 s x", "-1s", "s", "1.2.3s", "2 parsecs", "1e3s", "2constructor"])(
    "%s is refused",
    (text) => {
      expect(parseDuration(text)).toEqual({ kind: "invalid" });
    },
  );

  it("may be absent", () => {
    expect(parseDuration("  ")).toEqual({ kind: "empty" });
  });

  it("never fail on any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseDuration(text);
        if (parsed.kind === "duration") expect(parsed.seconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("accept what the page itself prints", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (seconds) => {
        const parsed = parseDuration(formatDuration(seconds));
        expect(parsed.kind).toBe("duration");
        if (parsed.kind === "duration")
          expect(Math.abs(parsed.seconds - seconds) / seconds).toBeLessThan(0.6);
      }),
    );
  });
});
