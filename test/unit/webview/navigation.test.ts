import { describe, expect, it } from "vitest";
import { closedSpans } from "../../../webview/timeline/folding.ts";
import { firstNamesakes, groupNamesakes } from "../../../webview/timeline/groups.ts";
import { visibleRows, withAncestors } from "../../../webview/timeline/rows.ts";
import { moveFor, type TreePlace } from "../../../webview/trace/navigation.ts";
import { makeOutline, tableOf } from "./outline.ts";

const outline = makeOutline(`
root
  a
    a1
    a2
  b`);
const spans = tableOf(outline);

function at(name: string | undefined, collapsedKeys: number[] = [], keep?: Uint8Array): TreePlace {
  const closed = closedSpans(spans, { turned: new Set(collapsedKeys) });
  const selected = outline.findIndex((span) => span.name === name);
  return { spans, rows: visibleRows(spans, { closed, keep }), closed, groups: undefined, selected, page: 2 };
}

function press(key: string, place: TreePlace): string | undefined {
  const move = moveFor(key, place);
  if (!move) return undefined;
  return "index" in move ? `${move.kind} ${spans.name(move.index)}` : move.kind;
}

describe("keys in the tree", () => {
  it("move up and down over visible rows and stop at the ends", () => {
    expect(press("ArrowDown", at("a"))).toBe("select a1");
    expect(press("ArrowDown", at("a", [20]))).toBe("select b");
    expect(press("ArrowDown", at("b"))).toBe("select b");
    expect(press("ArrowUp", at("root"))).toBe("select root");
    expect(press("ArrowUp", at("b", [20]))).toBe("select a");
  });

  it("jump by pages and to the ends", () => {
    expect(press("PageDown", at("root"))).toBe("select a1");
    expect(press("PageUp", at("b"))).toBe("select a1");
    expect(press("Home", at("b"))).toBe("select root");
    expect(press("End", at("root"))).toBe("select b");
  });

  it("begin at the top when nothing is selected", () => {
    expect(press("ArrowDown", at(undefined))).toBe("select root");
    expect(press("ArrowUp", at(undefined))).toBe("select root");
    expect(press("ArrowLeft", at(undefined))).toBe("stay");
  });

  it("fold with left, then go to the parent", () => {
    expect(press("ArrowLeft", at("a"))).toBe("toggle a");
    expect(press("ArrowLeft", at("a", [20]))).toBe("select root");
    expect(press("ArrowLeft", at("a2"))).toBe("select a");
    expect(press("ArrowLeft", at("root", [10]))).toBe("stay");
  });

  it("unfold with right, then go to the first child", () => {
    expect(press("ArrowRight", at("a", [20]))).toBe("toggle a");
    expect(press("ArrowRight", at("a"))).toBe("select a1");
    expect(press("ArrowRight", at("b"))).toBe("stay");
  });

  it("do not leave a span for its sibling when a filter hides its children", () => {
    const keep = withAncestors(
      spans,
      Uint8Array.from(outline, ({ name }) => (name === "a" || name === "b" ? 1 : 0)),
    );
    expect(press("ArrowRight", at("a", [], keep))).toBe("stay");
  });

  it("open a group of siblings, and leave it to its parent", () => {
    const table = tableOf(makeOutline("root\n  item\n  item\n  end"));
    const groups = groupNamesakes(table, firstNamesakes(table), new Set());
    const closed = new Uint8Array(4);
    const rows = visibleRows(table, { closed, grouped: groups.hidden });
    expect(Array.from(rows)).toEqual([0, 1, 3]);
    const place: TreePlace = { spans: table, rows, closed, groups, selected: 1, page: 2 };
    expect(moveFor("ArrowRight", place)).toEqual({ kind: "toggle", index: 1 });
    expect(moveFor(" ", place)).toEqual({ kind: "toggle", index: 1 });
    expect(moveFor("ArrowLeft", place)).toEqual({ kind: "select", index: 0 });
    expect(moveFor("ArrowDown", place)).toEqual({ kind: "select", index: 3 });
  });

  it("open the details with Enter and fold with Space", () => {
    expect(press("Enter", at("a"))).toBe("open");
    expect(press(" ", at("a"))).toBe("toggle a");
    expect(press(" ", at("b"))).toBe("stay");
  });

  it("leave other keys alone, and an empty tree too", () => {
    expect(press("x", at("a"))).toBeUndefined();
    expect(press("End", { ...at("a"), rows: new Int32Array() })).toBe("stay");
  });
});
