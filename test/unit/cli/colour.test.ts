import { describe, expect, it } from "vitest";
import { paletteFor, wantsColour } from "../../../src/cli/colour.ts";

describe("colour", () => {
  it.each([
    ["a terminal", { color: true }, {}, true, true],
    ["a pipe", { color: true }, {}, false, false],
    ["a terminal that cannot", { color: true }, { TERM: "dumb" }, true, false],
    ["NO_COLOR in a terminal", { color: true }, { NO_COLOR: "1" }, true, false],
    ["an empty NO_COLOR, which means nothing", { color: true }, { NO_COLOR: "" }, true, true],
    ["FORCE_COLOR in a pipe", { color: true }, { FORCE_COLOR: "1" }, false, true],
    ["FORCE_COLOR=0 in a terminal", { color: true }, { FORCE_COLOR: "0" }, true, false],
    ["FORCE_COLOR against NO_COLOR", { color: true }, { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    ["--no-color against FORCE_COLOR", { color: false }, { FORCE_COLOR: "1" }, true, false],
  ])("follows %s", (_what, options, environment, isTerminal, wanted) => {
    expect(wantsColour(options, environment, isTerminal)).toBe(wanted);
  });

  it("leaves text alone when there is none", () => {
    expect(paletteFor(false).red("text")).toBe("text");
    expect(paletteFor(true).red("text")).toBe("\u001B[31mtext\u001B[39m");
    expect(paletteFor(true).red("")).toBe("");
  });
});
