import { describe, expect, test } from "vitest";
import { findMistake } from "../../../src/filter/check.ts";
import { recentFrom, savedFrom, withRecent, withSaved } from "../../../src/filter/saved.ts";
import { statusOf, toggleStatus } from "../../../src/filter/status.ts";

describe("the condition on the status", () => {
  test.each([
    ["", "failed", "status = failed"],
    ["status = failed", "failed", ""],
    ["status = failed", "completed", "status = completed"],
    ["name ~ a", "failed", "name ~ a and status = failed"],
    ["name ~ a or name ~ b", "failed", "(name ~ a or name ~ b) and status = failed"],
    ["name ~ a and status = failed", "failed", "name ~ a"],
    ["status = failed and name ~ a", "failed", "name ~ a"],
    ["status = failed name ~ a", "failed", "name ~ a"],
    ["name ~ a status = failed duration > 1s", "failed", "name ~ a duration > 1s"],
    [
      "name ~ a and STATUS = Failed and duration > 1s",
      "paused",
      "name ~ a and status = paused and duration > 1s",
    ],
    ["status = failed and status = paused", "running", "status = running"],
    ["(status = failed)", "failed", ""],
    ["(status = failed) and name ~ a", "failed", "name ~ a"],
    ["status =", "failed", "status = failed"],
    ["", "in review", 'status = "in review"'],
  ])("%j with %j is %j", (filter, status, expected) => {
    expect(toggleStatus(filter, status)).toBe(expected);
    expect(findMistake(toggleStatus(filter, status), "spans", 0)).toBeUndefined();
  });

  test("is known where it stands beside others, and nowhere else", () => {
    expect(statusOf("name ~ a and status = failed")).toBe("failed");
    for (const other of [
      "",
      "status = failed or name ~ a",
      "not status = failed",
      '"status" = failed',
      "status =",
      "status != failed",
    ])
      expect(statusOf(other), other).toBeUndefined();
  });
});

describe("kept filters", () => {
  test("are read from whatever was stored", () => {
    expect(
      savedFrom([{ name: "a", text: "x" }, { name: "a", text: "y" }, { name: "", text: "z" }, 5, null]),
    ).toEqual([{ name: "a", text: "x" }]);
    expect(savedFrom("no")).toEqual([]);
    expect(recentFrom(["a", "", 7, "b"])).toEqual(["a", "b"]);
    expect(recentFrom({})).toEqual([]);
  });

  test("of the same name give way", () => {
    const saved = withSaved(withSaved([], "a", "1"), "b", "2");
    expect(withSaved(saved, "a", "3")).toEqual([
      { name: "a", text: "3" },
      { name: "b", text: "2" },
    ]);
  });

  test("that were used stand once, the newest first, and not too many of them", () => {
    expect(withRecent(["a", "b"], "b")).toEqual(["b", "a"]);
    const many = Array.from({ length: 50 }, (_, index) => `f${index}`).reduce(withRecent, [] as string[]);
    expect(many).toHaveLength(30);
    expect(many[0]).toBe("f49");
  });
});
