import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { formatDuration } from "../../src/format/numbers.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

interface SampleSpan {
  span_id: string;
  parent_span_id: string | null;
  name: string;
  status: string;
  duration: number;
  attributes: string;
}

describe("Show Trace", () => {
  let sample: Sample;
  let code: Workbench;
  let runs: TreeView;
  let page: TracePage;
  /** The failed run with the most spans. */
  let run: { run_id: string; pipeline_name: string; id: string };
  /** In order of start, the root first. */
  let spans: SampleSpan[];
  const violations: string[] = [];

  before(async () => {
    sample = await makeSample();
    const [failed] = sample.rows(`
      SELECT r.run_id, r.pipeline_name FROM runs r JOIN spans s USING (run_id) WHERE r.status = 'failed'
      GROUP BY 1 ORDER BY count(*) DESC, r.created_at DESC LIMIT 1`);
    const run_id = String(failed?.run_id);
    run = { run_id, pipeline_name: String(failed?.pipeline_name), id: shortId(run_id) };
    spans = sample.rows(`
      SELECT span_id, parent_span_id, name, status, end_time - start_time AS duration, attributes
      FROM spans WHERE run_id = '${run_id}' ORDER BY start_time, id`) as unknown as SampleSpan[];
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    await code.page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        console.error(
          `Refused by policy in ${location.href}: ${event.violatedDirective} ${event.blockedURI}`,
        ),
      );
    });
    code.page.on("console", (message) => {
      if (/Refused by policy in .*vscode-webview/.test(message.text())) violations.push(message.text());
    });
    await code.openView("Flujo Lens");
    runs = code.tree("Runs");
    await runs.row(/support_triage/).waitFor();
    page = new TracePage(code);
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  function failure(): SampleSpan & { type: string; message: string } {
    const span = spans.find(({ status, parent_span_id }) => status === "failed" && parent_span_id !== null);
    assert.ok(span);
    const { error_type, feedback } = JSON.parse(span.attributes);
    return { ...span, type: error_type, message: feedback };
  }

  it("offers the runs from new to old, finds one by what is typed, and opens it", async () => {
    await code.command("Flujo Lens: Show Trace");
    const offered = await code.quickPick.texts();
    const newest = sample.rows("SELECT run_id, pipeline_name, status FROM runs ORDER BY created_at DESC");
    assert.deepEqual(
      offered.map(({ label, description }) => [label, ...description.split(" · ").slice(0, 2)]),
      newest
        .slice(0, offered.length)
        .map(({ pipeline_name, run_id, status }) => [pipeline_name, shortId(run_id), status]),
    );
    await code.screenshot("show-trace");

    await code.quickPick.chooseOnly(run.id, run.pipeline_name);
    await code.editorTab(`${run.pipeline_name} ${run.id}`).waitFor();
    await page.row("pipeline_run").waitFor();
  });

  it("states the run's facts above its trace", async () => {
    const facts = (await page.header.allInnerTexts()).join("\n").split("\n");
    const failed = spans.filter(({ status }) => status === "failed").length;
    for (const fact of [run.pipeline_name, run.id, "failed", "flujo_ops.db"])
      assert.ok(facts.includes(fact), fact);
    assert.ok(facts.includes(`${spans.length} spans, ${failed} failed`));
    assert.ok(facts.some((fact) => /^\d+ (min|h|d) ago$/.test(fact)));
    assert.ok(facts.some((fact) => /^\$0\.\d+$/.test(fact)));
  });

  it("draws every span as a row with its duration, children below their parents", async () => {
    const children = (parent: string | null): SampleSpan[] =>
      spans
        .filter((span) => span.parent_span_id === parent)
        .flatMap((span) => [span, ...children(span.span_id)]);
    const rows = await page.rows();
    assert.deepEqual(
      rows.map(({ name, duration }) => [name, duration]),
      children(null).map(({ name, duration }) => [name, formatDuration(duration)]),
    );
    assert.deepEqual([...new Set(rows.map(({ level }) => level))], [1, 2, 3]);
  });

  it("selects the span that failed, and begins its details with the error", async () => {
    const { name, type, message, duration } = failure();
    assert.deepEqual(
      (await page.rows()).filter(({ selected }) => selected).map((row) => row.name),
      [name],
    );
    const said = (await page.details.allInnerTexts())
      .join("\n")
      .split("\n")
      .filter((line) => line !== "");
    assert.deepEqual(said.slice(0, 4), ["failed", name, type, message.split("\n")[0]]);
    assert.ok(said.some((line) => line.startsWith(formatDuration(duration))));
    await page.details.getByRole("group", { name: "Input" }).getByText(`input of ${name}`).waitFor();
    await page.details.getByRole("treeitem", { name: /flujo.cache.hit/ }).waitFor();
    await page.details.getByText("Step record").waitFor();
    await code.screenshot("trace-tab");
  });

  it("explains a failed bar on hover", async () => {
    const { name, type, message } = failure();
    await page.row(name).locator(".bar-cell").hover();
    const tooltip = code.panel().locator("lens-tooltip");
    await tooltip.getByText(message).waitFor();
    await tooltip.getByText(type).waitFor();
    await code.screenshot("trace-tab-hover");
    await page.header.hover();
    await tooltip.getByText(message).waitFor({ state: "detached" });
  });

  it("folds and unfolds by keyboard", async () => {
    const all = spans.length;
    await page.row("pipeline_run").locator(".label").click();
    await code.page.keyboard.press("ArrowLeft");
    await page.row("load").waitFor({ state: "detached" });
    assert.deepEqual(
      (await page.rows()).map(({ name }) => name),
      ["pipeline_run"],
    );
    await code.page.keyboard.press("ArrowRight");
    await page.waterfall
      .locator(".span-row")
      .nth(all - 1)
      .waitFor();

    await code.page.keyboard.press("f");
    await page.details.getByText(failure().message).first().waitFor();
  });

  it("filters by status, name, text and duration, and counts what matches", async () => {
    const expectMatches = async (matches: (span: SampleSpan) => boolean) => {
      await page.matchCount.getByText(`${spans.filter(matches).length} of ${spans.length}`).waitFor();
    };
    const isFailed = ({ status }: SampleSpan) => status === "failed";

    await page.chip(/^failed/).click();
    await expectMatches(isFailed);
    assert.deepEqual(
      (await page.rows()).map(({ name }) => name),
      ["pipeline_run", failure().name],
    );
    await page.chip(/^failed/).click();
    assert.equal(await page.filterBox.inputValue(), "");

    const { name } = spans.find((span) => spans.filter((other) => other.name === span.name).length > 1) ?? {};
    assert.ok(name);
    await page.filter(`name = "${name}"`);
    await expectMatches((span) => span.name === name);

    await page.filter(`"${failure().message.slice(0, 12)}"`);
    await expectMatches(isFailed);

    await page.filter("duration >= 500ms and not status = failed");
    await expectMatches((span) => span.duration >= 0.5 && !isFailed(span));
    await code.screenshot("trace-tab-filtered");

    const text = 'status = failed and not name ~ "retry" and latency_s > 0s and start > -24h';
    await page.filter(text);
    await expectMatches(
      (span) => isFailed(span) && Number(JSON.parse(span.attributes || "{}").latency_s ?? Number.NaN) > 0,
    );
    await page.clearFilter();
    assert.equal((await page.rows()).length, spans.length);
  });

  it("completes a filter from the run's own attributes, marks a mistake, and keeps a filter by its name", async () => {
    await page.filterBox.fill("flujo.step.t");
    await page.offers(/^flujo.step.type/).waitFor();
    await code.page.keyboard.press("ArrowDown");
    await code.page.keyboard.press("Enter");
    await code.page.keyboard.type("= ");
    await page.offers(/./).first().waitFor();
    await code.screenshot("filter-completion");
    await page.filter("duration > soon");
    await code.panel().getByText('"soon" is not a duration').waitFor();
    await code.screenshot("filter-mistake");

    await page.filter("status = failed");
    await code.panel().getByRole("button", { name: "Save this filter…" }).click();
    await code.quickPick.input.fill("What failed");
    await code.quickPick.accept();
    await code.panel().getByRole("button", { name: "Saved and recent filters" }).click();
    await page.offers(/What failed/).waitFor();
    await code.screenshot("filter-kept");
    await code.page.keyboard.press("Escape");
    await page.clearFilter();
  });

  it("opens the page of help on filters", async () => {
    await code.panel().getByRole("button", { name: "Help on filters" }).click();
    await code.editorTab(/filters\.md/).waitFor();
    await code.panel().getByRole("heading", { name: "Filters", exact: true }).waitFor();
    await code.screenshot("filter-help");
    await code.command("View: Close Editor");
    await page.row("pipeline_run").waitFor();
  });

  it("copies a span's id", async () => {
    await page.row(failure().name).locator(".label").click();
    await page.details.getByRole("button", { name: /^Copy span id/ }).click();
    await code.panel().getByText("Copied").waitFor();
    assert.equal(await code.clipboard(), failure().span_id);
  });

  it("keeps run, span and filter when the window is loaded again", async () => {
    await page.filter("status = failed");
    await page.row(failure().name).locator(".label").click();
    await code.reload();
    await page.matchCount.getByText(`2 of ${spans.length}`).waitFor();
    await page.details.getByText(failure().message).first().waitFor();
    assert.equal((await page.rows()).find(({ selected }) => selected)?.name, failure().name);
    assert.equal(await page.filterBox.inputValue(), "status = failed");
    await page.clearFilter();
  });

  it("keeps them when the panel moves to another group", async () => {
    await page.filter("status = failed");
    await page.matchCount.getByText(`2 of ${spans.length}`).waitFor();
    await page.row(failure().name).locator(".label").click();
    await code.command("View: Move Editor into Next Group");
    await page.matchCount.getByText(`2 of ${spans.length}`).waitFor();
    assert.equal((await page.rows()).find(({ selected }) => selected)?.name, failure().name);
    await code.command("View: Move Editor into Previous Group");
    await page.clearFilter();
  });

  it("shows the selected row: by its button, its menu and Ctrl+Enter", async () => {
    const [first, second, third] = sample
      .rows("SELECT run_id, pipeline_name FROM runs ORDER BY created_at DESC LIMIT 4")
      .slice(1)
      .map(({ run_id, pipeline_name }) => ({
        id: shortId(run_id),
        tab: `${pipeline_name} ${shortId(run_id)}`,
      }));
    assert.ok(first && second && third);
    await runs.inlineAction(first.id, "Show Trace");
    await code.editorTab(first.tab).waitFor();
    await runs.contextMenu(second.id, "Show Trace");
    await code.editorTab(second.tab).waitFor();
    await runs.select(third.id);
    await code.page.keyboard.press("Control+Enter");
    await code.editorTab(third.tab).waitFor();
  });

  it("lets nothing into the page but its own script and styles", async () => {
    const policy = await code
      .panel()
      .locator('meta[http-equiv="Content-Security-Policy"]')
      .getAttribute("content");
    assert.ok(policy?.startsWith("default-src 'none'; "));
    assert.match(policy ?? "", /script-src 'nonce-[\w+/=]+';/);
    assert.deepEqual(violations, []);
  });
});
