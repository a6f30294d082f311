import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, oneLine, visible } from "../../../src/format/text.ts";
import { steering } from "../support/inert.ts";

describe("visible", () => {
  it.each([
    ["an escape sequence", "\u001B[31mred", "\\u{001B}[31mred"],
    ["a one-byte escape sequence", "\u009B31m", "\\u{009B}31m"],
    ["NUL", "a\u0000b", "a\\u{0000}b"],
    ["a bidirectional override", "\u202Egnp.exe", "\\u{202E}gnp.exe"],
    ["a right-to-left mark", "a\u200Fb", "a\\u{200F}b"],
    ["a zero-width space", "a\u200Bb", "a\\u{200B}b"],
    ["a soft hyphen", "a\u00ADb", "a\\u{00AD}b"],
    ["a Hangul filler", "a\u3164b", "a\\u{3164}b"],
    ["tags, which smuggle text", "a\u{E0041}b", "a\\u{E0041}b"],
    ["half a surrogate pair", "a\uD83Db", "a\\u{D83D}b"],
    ["a carriage return that would write over its line", "evil\rgood", "evil\\u{000D}good"],
    ["a joiner between letters", "a\u200Db", "a\\u{200D}b"],
  ])("shows %s", (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("keeps tabs, line breaks, accents, emoji made of several, and right-to-left letters", () => {
    const text = "tab\tline\nwindows\r\ne\u0301 日本語 👩‍💻 👍🏽 ❤️ שלום مرحبا";
    expect(visible(text)).toBe(text);
  });

  it("lets nothing through that steers a terminal, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        expect(visible(text).replaceAll("\r\n", "\n")).not.toMatch(steering);
      }),
    );
  });
});

describe("oneLine", () => {
  it("makes one line of several", () => {
    expect(oneLine("  first\r\n\tsecond\u2028third  ")).toBe("first second third");
  });

  it("cuts with an ellipsis and keeps to the limit", () => {
    expect(oneLine("abcdef", 6)).toBe("abcdef");
    expect(oneLine("abcdefg", 6)).toBe("abcde…");
  });

  it("never leaves half a character at the cut, wherever that falls", () => {
    for (let spaces = 0; spaces < 12; spaces += 1) {
      const text = oneLine(`a${" ".repeat(spaces)}${"😀".repeat(20)}`, 6);
      expect(text).not.toMatch(/\p{Cs}|\\u/u);
      expect(text.endsWith("…")).toBe(true);
    }
  });

  it("does not look at megabytes to show a line", () => {
    const text = "x".repeat(50_000_000);
    expect(oneLine(text, 10)).toBe("xxxxxxxxx…");
  });
});

describe("clip", () => {
  it("says how much is missing", () => {
    expect(clip("abc", 3)).toBe("abc");
    expect(clip("a".repeat(1500), 100)).toBe(`${"a".repeat(100)}… (1,400 more characters)`);
  });

  it("never cuts a pair in two", () => {
    expect(clip("a😀b", 2)).toBe("a… (3 more characters)");
  });
});
