import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatStaleness,
  formatTime,
  shortId,
} from "../../../src/format/numbers.ts";

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [0.000_012, "12 µs"],
    [0.000_999_4, "999 µs"],
    [0.000_999_6, "1.0 ms"],
    [0.0042, "4.2 ms"],
    [0.009_96, "10 ms"],
    [0.613, "613 ms"],
    [0.9996, "1 s"],
    [4.2, "4.2 s"],
    [9.994, "9.99 s"],
    [9.996, "10.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min"],
    [192, "3 min 12 s"],
    [3599.4, "59 min 59 s"],
    [3599.6, "1 h"],
    [7500, "2 h 5 min"],
    [86_399, "1 d"],
    [273_600, "3 d 4 h"],
    [-4.2, "-4.2 s"],
  ])("%d s reads %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("never carries a unit past its size", () => {
    for (let seconds = 0.001; seconds < 200_000; seconds *= 1.003) {
      expect(formatDuration(seconds)).not.toMatch(/\b1000 (?:µs|ms)|\b60(?:\.0)? (?:s|min)\b|\b24 h\b/);
    }
  });

  it("says when there is none", () => {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(formatDuration(nothing)).toBe("–");
    }
  });
});

describe("costs", () => {
  it.each([
    [0, "$0"],
    [0.000_004_2, "$0.0000042"],
    [0.0043, "$0.0043"],
    [0.01, "$0.01"],
    [0.05, "$0.05"],
    [0.5, "$0.50"],
    [1.32, "$1.32"],
    [999.99, "$999.99"],
    [999.996, "$1,000"],
    [1204.4, "$1,204"],
    [-0.5, "-$0.50"],
    [null, "–"],
  ])("%d dollars read %s", (dollars, text) => {
    expect(formatCost(dollars)).toBe(text);
  });
});

describe("counts, shares and bytes", () => {
  it.each([
    [formatCount(1_234_567), "1,234,567"],
    [formatCount(null), "–"],
    [formatPercent(0), "0 %"],
    [formatPercent(0.0434), "4.3 %"],
    [formatPercent(1), "100 %"],
    [formatPercent(Number.NaN), "–"],
    [formatBytes(512), "512 B"],
    [formatBytes(1_900_000), "1.9 MB"],
    [formatBytes(999_600), "1.0 MB"],
    [formatBytes(2_700_000_000), "2.7 GB"],
  ])("%s is %s", (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe("times", () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = "Asia/Kolkata";
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("are local", () => {
    expect(formatTime(Date.UTC(2025, 9, 1, 2, 30, 5) / 1000)).toBe("2025-10-01 08:00:05");
  });

  it("say when there is none or it is no time at all", () => {
    expect(formatTime(null)).toBe("–");
    expect(formatTime(1e20)).toBe("–");
  });

  it.each([
    [0, "just now"],
    [45, "45 s ago"],
    [200, "3 min ago"],
    [5 * 3600 + 10, "5 h ago"],
    [2 * 86_400 + 10, "2 d ago"],
    [40 * 86_400, "2025-08-22"],
    [-3600, "2025-10-01 09:00:05"],
  ])("%d s back read %s", (age, text) => {
    const now = Date.UTC(2025, 9, 1, 2, 30, 5) / 1000;
    expect(formatAge(now - age, now)).toBe(text);
  });
});

describe("short ids", () => {
  it("leave out what every run id begins with", () => {
    expect(shortId("run_a6a3a4506513b0")).toBe("a6a3a450");
    expect(shortId("nightly")).toBe("nightly");
  });

  it("never cut a character in two", () => {
    expect(shortId("😀".repeat(20))).toBe("😀".repeat(8));
  });
});

describe("how old something is that was read before", () => {
  it.each([
    [0.4, "0 s"],
    [9.9, "9 s"],
    [72, "1 min 12 s"],
    [-3, "0 s"],
  ])("%d s ago reads %s", (age, text) => {
    expect(formatStaleness(1_760_000_000 - age, 1_760_000_000)).toBe(text);
  });
});
