import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fill, readTranslations } from "../../../webview/translate.ts";

describe("translations of the page", () => {
  it("fill placeholders in any order, and once", () => {
    expect(fill("{1} before {0}", ["a", "{1}"])).toBe("{1} before a");
    expect(fill("{0} and {2}", ["a"])).toBe("a and {2}");
  });

  it.each([undefined, null, "", "{", "[1]", '{"a":1}'])("are none when the panel wrote %j", (json) => {
    expect(readTranslations(json)).toEqual({});
  });

  it("are what the panel wrote", () => {
    expect(readTranslations('{"Copied":"Kopiert"}')).toEqual({ Copied: "Kopiert" });
  });

  it("number their placeholders from 0 without a gap", () => {
    const source = readFileSync(new URL("../../../webview/strings.ts", import.meta.url), "utf8");
    const texts = Array.from(
      source.matchAll(/"((?:[^"\\]|\\.)*\{\d+\}(?:[^"\\]|\\.)*)"/g),
      ([, text]) => text!,
    );
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) {
      const used = [...new Set(text.match(/\{\d+\}/g))].sort();
      expect(used, text).toEqual(used.map((_, index) => `{${index}}`));
    }
  });
});
