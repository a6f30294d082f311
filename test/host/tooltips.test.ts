import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { OutlineSpan, Run, SpanDetail } from "../../src/store/model.ts";
import { runTooltip, spanTooltip } from "../../src/views/tooltips.ts";
import { activated, allRuns, allSpans, unpack, withDatabase } from "./support.ts";

const hostile = [
  "[a link](https://evil.example)",
  "![an image](https://evil.example/x.png)",
  "<https://evil.example>",
  "https://evil.example",
  "www.evil.example",
  "mail@evil.example",
  "[a command](command:workbench.action.quit)",
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script>",
  "$(bug) $(sync~spin)",
  "**bold** _italic_ ~~struck~~ `code`",
  "# heading",
  "- item",
  "1. item",
  "| a | b |\n|---|---|\n| 1 | 2 |",
  "line\n\n---\n\n    indented",
  "```\nfence\n```` \n````` end",
  "&lt;b&gt; &#60;i&#62;",
  "\u202Ereversed\u202C \u0000 \u2066isolated",
];

const run: Run = {
  run_id: "run_1",
  pipeline_name: "p",
  pipeline_version: null,
  status: "failed",
  state: "failed",
  start_time: 1_760_000_000,
  end_time: 1_760_000_001,
  duration: 1,
  total_cost: null,
  total_tokens: null,
  span_count: 1,
  failed_count: 1,
};

const span: OutlineSpan = {
  key: 0,
  span_id: "s",
  parent: -1,
  depth: 0,
  child_count: 0,
  name: "s",
  status: "failed",
  state: "failed",
  start_time: 1,
  end_time: 2,
  duration: 0.613,
  self_time: 0.613,
  cost: 0.0043,
  tokens: 1204,
  attempt: 2,
};

const detail: SpanDetail = {
  span,
  run,
  attributes: {},
  attributes_text: null,
  error: { type: "tool_error", message: "Tool raised KeyError" },
  parents: ["pipeline_run", "classify_ticket"],
  input: "the input",
  output: null,
  step: null,
  evaluations: [],
  usual: { count: 9, p50: 0.198, p95: 0.4 },
  provisional: false,
  snapshot: { at: 1, stale: false },
};

/** What is left of a tooltip's source without its own bold marks and fenced blocks, each reference as a letter. */
function structureOf(markdown: vscode.MarkdownString): string {
  return markdown.value
    .replace(/^(`{3,})(?:json|plaintext)\n[\s\S]*?\n\1$/gm, "")
    .replace(/&#\d+;/g, "x")
    .replace(/\*\*(?=\S)([^*\n]+)\*\*/g, "$1");
}

describe("tooltips", () => {
  it("explain a failed span: error first, then attempt, duration, cost, parents and input", () => {
    const plain = spanTooltip(detail).value.replace(/&#(\d+);/g, (_match, code) => String.fromCharCode(code));
    const facts = [
      "**tool_error**: Tool raised KeyError",
      "**s** · failed · attempt 2",
      "613 ms · 3.1x its usual 198 ms",
      "$0.0043 · 1,204 tokens",
      "in pipeline_run › classify_ticket",
      "the input",
    ];
    const places = facts.map((fact) => plain.indexOf(fact));
    assert.ok(!places.includes(-1), plain);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it("trust nothing: no links, no HTML, no icons", () => {
    for (const markdown of [
      spanTooltip(detail),
      runTooltip({ run, steps: [], error: null, snapshot: detail.snapshot }),
    ]) {
      assert.equal(markdown.isTrusted, false);
      assert.ok(!markdown.supportHtml);
      assert.ok(!markdown.supportThemeIcons);
    }
  });

  for (const text of hostile) {
    it(`show ${JSON.stringify(text)} as text`, () => {
      const markdown = spanTooltip({
        ...detail,
        span: { ...span, name: text },
        parents: [text, text],
        error: { type: text, message: text },
        input: text,
      });
      assert.match(structureOf(markdown), /^[\p{L}\p{N}\s·›…]*$/u);
      const asRun = runTooltip({
        run: { ...run, run_id: text, pipeline_name: text, pipeline_version: text, status: text },
        steps: [],
        error: { type: text, message: text },
        snapshot: detail.snapshot,
      });
      assert.match(structureOf(asRun), /^[\p{L}\p{N}\s·›…–]*$/u);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be left.
      assert.doesNotMatch(markdown.value + asRun.value, /[\u0000\u202A-\u202E\u2066-\u2069]/);
    });
  }

  it("stay small, however long the texts are", () => {
    const long = "`[x](y) ".repeat(500_000);
    const markdown = spanTooltip({
      ...detail,
      parents: Array.from({ length: 100_000 }, () => long),
      error: { type: long, message: long },
      input: long,
    });
    assert.ok(markdown.value.length < 20_000, String(markdown.value.length));
  });

  it("are resolved for the rows of a real database, and give up when nobody waits", async () => {
    const { runs } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const failed = (await allRuns(root)).find((row) => row.run.state === "failed")!;
      const row = (await allSpans(failed)).find(
        (span) => span.span.state === "failed" && span.span.child_count === 0,
      )!;
      const source = new vscode.CancellationTokenSource();
      const item = await runs.resolveTreeItem(runs.getTreeItem(row), row, source.token);
      assert.ok(item.tooltip instanceof vscode.MarkdownString);
      assert.match(item.tooltip.value, /pipeline&#95;run/);
      source.cancel();
      const given = await runs.resolveTreeItem(runs.getTreeItem(row), row, source.token);
      assert.equal(given.tooltip, undefined);
    });
  });
});
