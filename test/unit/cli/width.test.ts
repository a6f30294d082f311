import { describe, expect, it } from "vitest";
import { cutTo, displayWidth, padding } from "../../../src/cli/width.ts";

describe("display width", () => {
  it.each([
    ["plain", "abc", 3],
    ["nothing", "", 0],
    ["accents in one character", "é", 1],
    ["accents as marks of their own", "e\u0301", 1],
    ["Chinese, Japanese, Korean", "日本語 한국", 11],
    ["fullwidth forms", "ＡＢ", 4],
    ["emoji", "😀👍🏽", 4],
    ["an emoji made of three", "👩‍💻", 2],
    ["a flag", "🇩🇪", 2],
    ["text that asks for emoji style", "❤️", 2],
    ["right-to-left letters", "שלום", 4],
    ["the marks of states", "✓✗●⊘", 4],
  ])("counts cells of %s", (_what, text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("cuts to cells, not to characters", () => {
    expect(cutTo("日本語", 6)).toBe("日本語");
    expect(cutTo("日本語", 5)).toBe("日本…");
    expect(cutTo("日本語", 4)).toBe("日…");
    expect(cutTo("abc", 1)).toBe("…");
    expect(cutTo("abc", 0)).toBe("");
  });

  it("pads to cells", () => {
    expect(`日${padding("日", 4)}|`).toBe("日  |");
    expect(padding("abcdef", 3)).toBe("");
  });
});
