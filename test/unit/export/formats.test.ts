import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportFormats } from "../../../src/export/formats.ts";
import { anyRun, exportedRunOf, text } from "./made-up.ts";

const hostile = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "```\n# out\n````",
  "[x](command:evil)",
  "![x](http://evil)",
  "| a | b |",
  "\u202Ereversed\u2069",
  "=cmd|' /C calc'!A0",
];

function hostileRun() {
  return exportedRunOf(
    hostile.map((name, at) => ({
      id: name,
      name,
      parent: at === 0 ? undefined : 0,
      status: "failed",
      attributes: { feedback: name, error_type: name, [name]: name, step_input: name },
    })),
  );
}

/** A chain of spans. */
const chain = exportedRunOf(
  Array.from({ length: 20_000 }, (_, at) => ({ id: `s${at}`, parent: at === 0 ? undefined : at - 1 })),
);

describe("exports", () => {
  it.each(exportFormats)("%s: is written for any run, and for a chain of 20,000 spans", (format) => {
    fc.assert(
      fc.property(anyRun, (exported) => void text(exported, format)),
      { numRuns: 50 },
    );
    expect(text(chain, format).length).toBeGreaterThan(1000);
  });

  it("flujo's JSON has the whole tree in flujo's own words", () => {
    fc.assert(
      fc.property(anyRun, (exported) => {
        const value = JSON.parse(text(exported, "json"));
        const roots = Array.isArray(value.trace_tree) ? value.trace_tree : [value.trace_tree];
        const shape = (span: { children: unknown[] }): unknown => {
          const { run_id, ...own } = span as typeof span & { run_id?: string };
          return { ...own, children: span.children.map((child) => shape(child as typeof span)) };
        };
        expect(roots).toEqual(JSON.parse(JSON.stringify(exported.roots.map((root) => shape(root)))));
        expect(value.run).toEqual(exported.run);
      }),
    );
  });

  it("Chrome's events nest on every track, and none is lost", () => {
    fc.assert(
      fc.property(anyRun, (exported) => {
        const { traceEvents } = JSON.parse(text(exported, "chrome"));
        const spans = traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
        expect(spans.length).toBe(exported.spans.filter(({ start_time }) => start_time !== null).length);
        for (const one of spans) {
          for (const other of spans) {
            if (one === other || one.tid !== other.tid) continue;
            const apart = one.ts + one.dur <= other.ts || other.ts + other.dur <= one.ts;
            const inside = one.ts >= other.ts && one.ts + one.dur <= other.ts + other.dur;
            const around = other.ts >= one.ts && other.ts + other.dur <= one.ts + one.dur;
            expect(apart || inside || around).toBe(true);
          }
        }
      }),
    );
  });

  it("CSV has a line a span, and no formula", () => {
    const lines = text(hostileRun(), "csv");
    expect(lines).not.toMatch(/(?:^|,)"?[=+@\t\r]/m);
    expect(lines).toContain(`'=cmd`);
    const [titles, ...rows] = text(exportedRunOf([{ id: "a" }, { id: "b", parent: 0 }]), "csv")
      .trim()
      .split("\r\n");
    expect(titles?.split(",").slice(0, 5)).toEqual([
      "run_id",
      "pipeline_name",
      "span_id",
      "parent_span_id",
      "depth",
    ]);
    expect(rows.map((row) => row.split(",").slice(2, 5))).toEqual([
      ["a", "", "0"],
      ["b", "a", "1"],
    ]);
  });

  it("HTML holds text of the trace only as text, and nothing that runs or loads", () => {
    const page = text(hostileRun(), "html");
    expect(page).not.toMatch(/<script|<img|<a |onerror=(?!alert)|url\(|@import|\u202E/i);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    const tags = new Set(
      Array.from(page.matchAll(/<\/?([a-z!][a-z0-9]*)/gi), ([, tag]) => tag!.toLowerCase()),
    );
    expect([...tags].sort()).toEqual([
      "!doctype",
      "b",
      "details",
      "h1",
      "html",
      "i",
      "main",
      "meta",
      "p",
      "pre",
      "small",
      "span",
      "style",
      "summary",
      "title",
    ]);
  });

  it("Markdown keeps text of the trace inside code blocks that it cannot end, or as plain text", () => {
    const lines = text(hostileRun(), "markdown").split("\n");
    let fence: string | undefined;
    for (const line of lines) {
      const ticks = /^(`{3,})(?:text)?$/.exec(line)?.[1];
      if (fence === undefined) {
        if (ticks) fence = ticks;
        else expect(line).not.toMatch(/<|(?<!\\)[`*[\]!~]|:\/\/|@/);
      } else if (ticks === fence) fence = undefined;
    }
    expect(fence).toBeUndefined();
    const escaped = '"&#62;&#60;img src=x onerror=alert(1)&#62;';
    expect(lines).toContain(`### ${escaped}: ${escaped}`);
    expect(lines.join("\n")).not.toContain("\u202E");
  });
});
