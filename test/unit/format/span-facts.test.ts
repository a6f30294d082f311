import { describe, expect, it } from "vitest";
import { inputPreview, timesUsual } from "../../../src/format/span-facts.ts";

describe("how a duration compares with the usual one", () => {
  it("is exact enough to tell and short enough to read", () => {
    expect([
      timesUsual(0.613, 0.198),
      timesUsual(24.4, 2),
      timesUsual(0.1, 2),
      timesUsual(2, 2),
      timesUsual(1, 0),
    ]).toEqual(["3.1", "12", "0.05", "1", undefined]);
  });
});

describe("the preview of an input", () => {
  it("is some lines of it", () => {
    const { text } = inputPreview(Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n"));
    expect(text.split("\n").length).toBe(13);
    expect(text.endsWith("\n…")).toBe(true);
    expect(inputPreview("x".repeat(5000)).text.length).toBeLessThan(700);
  });

  it("knows JSON by its first sign", () => {
    expect(inputPreview(' {"a": 1}').language).toBe("json");
    expect(inputPreview("Hello").language).toBe("plaintext");
  });
});
