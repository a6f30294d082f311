// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The panel's page in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the panel's page", function () {
  this.timeout(60_000);
  const show = pagesOfSuite();

  const rowNames = (page) => page.locator(".span-row .label").allInnerTexts();
  const selectedName = (page) => page.locator(".span-row.selected .label").innerText();

  async function choose(page, select, label) {
    await page.locator(`${select} vscode-dropdown`).click();
    await page.locator(`${select} vscode-option`, { hasText: label }).click();
  }

  it("shows a failed run with its cause selected and explained", async () => {
    const { page, problems } = await show();
    await page.locator(".error-box").waitFor();
    assert.equal(await selectedName(page), "call_tool:search");
    assert.match(await page.locator(".error-box").innerText(), /tool_error\s+Tool 'search' raised KeyError/);
    assert.match(
      await page.locator(".facts").innerText(),
      /failed.*3 min ago.*4\.2 s.*11 spans, 3 failed.*\$0\.0043.*1,204 tokens/s,
    );
    await page.getByText("3.1× its usual 198 ms").waitFor();
    assert.deepEqual(problems, []);
  });

  for (const theme of Object.keys(themes)) {
    for (const [tab, ready] of [
      ["trace", ".json-tree"],
      ["statistics", ".durations"],
    ]) {
      it(`has no serious accessibility violation: ${tab}, ${theme}`, async () => {
        const { page } = await show({ query: `tab=${tab}`, theme });
        await page.locator(ready).waitFor();
        await assertAccessible(page);
      });
    }
  }

  it("is walked with the keyboard as a tree", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    const tree = page.getByRole("treegrid", { name: "Spans of the run" });
    await tree.focus();
    const press = async (key, name) => {
      await page.keyboard.press(key);
      assert.equal(await selectedName(page), name, key);
    };
    await press("Home", "pipeline_run");
    await press("ArrowDown", "load_ticket");
    await press("ArrowDown", "retrieve_context");
    await press("ArrowRight", "embed_query");
    await press("ArrowLeft", "retrieve_context");
    await press("ArrowLeft", "retrieve_context");
    assert.ok(!(await rowNames(page)).includes("embed_query"));
    await press("ArrowDown", "draft_reply");
    await press("ArrowUp", "retrieve_context");
    await press("ArrowRight", "retrieve_context");
    await press("PageDown", "notify");
    await press("PageUp", "pipeline_run");
    await press("End", "notify");
    await press("f", "pipeline_run");
    await press("f", "classify_ticket");
    await press("Shift+F", "pipeline_run");
    await page.keyboard.press("Control+c");
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "copy"));
    const active = await tree.getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${active} .label`).innerText(), "pipeline_run");
  });

  it("moves the focus into the details with Enter and closes them with Escape", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".details").evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Escape");
    await page.locator(".details").waitFor({ state: "detached" });
    assert.ok(await page.getByRole("treegrid").evaluate((element) => element === document.activeElement));
  });

  it("keeps the page small with 100,000 spans, at the top, in the middle and at the end", async () => {
    const { page, problems } = await show({ query: "sample=big" });
    await page.locator(".error-box").waitFor();
    assert.equal(await page.getByRole("treegrid").getAttribute("aria-rowcount"), "100001");
    const count = () => page.locator(".span-row").count();
    assert.ok((await count()) < 200);
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("End");
    await page.locator("#span-row-99999").waitFor();
    assert.ok((await count()) < 200);
    await page.locator(".waterfall").evaluate((element) => {
      element.scrollTop = 1_000_000;
    });
    await page.locator(`#span-row-${Math.ceil(1_000_000 / 22) + 3}`).waitFor();
    assert.ok((await count()) < 200);
    await page.getByRole("button", { name: "Collapse all" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length === 1);
    assert.deepEqual(problems, []);
  });

  it("shows the cause at the end of a chain of 20,000 spans", async () => {
    const { page, problems } = await show({ query: "sample=deep" });
    await page.locator(".error-box").waitFor();
    await page.locator("#span-row-19999").waitFor();
    assert.match(await page.locator(".trail").innerText(), /level_0.*level_1.*19,993 more.*level_19998/s);
    await page.locator(".trail").getByRole("button", { name: "level_1", exact: true }).click();
    await page.locator("#span-row-1.selected").waitFor();
    assert.deepEqual(problems, []);
  });

  it("keeps hostile text inert and visible", async () => {
    const { page, problems } = await show({ query: "sample=hostile" });
    await page.locator(".json-tree").waitFor();
    await page.locator(".note summary").click();
    for (const row of await page.locator(".span-row").all()) {
      await row.click();
      await row.hover();
      await page.waitForTimeout(20);
    }
    await page.getByRole("tab", { name: "Statistics" }).click();
    await page.locator(".durations").waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("img, iframe, flujo-lens-app script, a[href]").count(), 0);
    assert.deepEqual(problems, []);
    await page.getByRole("tab", { name: "Trace" }).click();
    const names = await rowNames(page);
    assert.ok(
      names.some((name) => name.includes("\\u{202E}gnp.exe\\u{202C}")),
      names.join("\n"),
    );
    assert.ok(names.some((name) => name.includes("nul\\u{200B}width\\u{2066}")));
    assert.ok(names.includes("(no name)"));
  });

  it("explains a failed bar on hover", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    await page.locator(".origin .bar-cell").hover();
    const tip = page.locator("lens-tooltip");
    await tip.getByText("tool_error").waitFor();
    assert.match(
      await tip.innerText(),
      /KeyError.*Duration\s+613 ms.*Attempt\s+2.*Parents\s+pipeline_run › classify_ticket/s,
    );
    await page.mouse.move(5, 5);
    await tip.waitFor({ state: "hidden" });
  });

  it("keeps selection, filter and scroll when the database changes", async () => {
    const { page } = await show({ query: "sample=big" });
    await page.locator(".error-box").waitFor();
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("End");
    const before = await page.locator(".waterfall").evaluate((element) => element.scrollTop);
    const asked = () =>
      page.evaluate(() => window.fakeHost.sent.filter(({ method }) => method === "outline").length);
    assert.equal(await asked(), 1);
    await page.evaluate(() => window.fakeHost.post({ type: "changed" }));
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "outline").length === 2,
    );
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".waterfall").evaluate((element) => element.scrollTop), before);
    assert.ok(await page.locator("#span-row-99999.selected").isVisible());
  });

  it("tells the panel what it shows and keeps it for the next time", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    await page.locator(".span-row", { hasText: "draft_reply" }).click();
    await page.waitForFunction(() => window.fakeHost.state?.view?.key === 7);
    const last = await page.evaluate(() =>
      window.fakeHost.sent.filter(({ type }) => type === "shown").at(-1),
    );
    assert.equal(last.view.key, 7);
    assert.equal(last.view.tab, "trace");
  });

  it("switches runs through the picker", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    await page.locator(".picker-button").click();
    await page.locator(".popup input").fill("code_review");
    await page.locator(".option", { hasText: "0b1f9a77" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "code_review" }).waitFor();
    assert.deepEqual(await rowNames(page), ["pipeline_run", "review_code"]);
  });

  it("draws an unfinished provisional run and says what it is", async () => {
    const { page } = await show({ query: "sample=running" });
    await page.getByText("No spans are written yet").waitFor();
    assert.equal(await page.locator(".bar-cell").getByText("not finished").count(), 2);
    assert.match(await page.locator(".span-row").last().innerText(), /≥ 3\.1 s/);
  });

  it("says why a run is empty", async () => {
    const { page } = await show({ query: "sample=empty" });
    await page.getByText("This run has no spans and no steps yet.").waitFor();
  });

  it("shows a long wait, and ends it on request", async () => {
    const { page } = await show({ query: "delay=600000" });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled.").waitFor();
    assert.ok(await page.evaluate(() => window.fakeHost.sent.some(({ type }) => type === "cancel")));
  });

  it("shows a failure as a sentence and recovers on a new try", async () => {
    const { page } = await show({ query: "failing=outline" });
    await page.getByText("The database is busy.").waitFor();
    await page.evaluate(() => {
      window.fakeHost.failing = undefined;
    });
    await page.getByRole("button", { name: "Try Again" }).click();
    await page.locator(".error-box").waitFor();
    assert.equal(await page.locator(".banner").count(), 0);
  });

  it("folds long texts, unfolds them and hands them to an editor", async () => {
    const { page } = await show();
    await page.locator(".error-box").waitFor();
    await page.locator(".span-row", { hasText: "draft_reply" }).click();
    const input = page.locator("lens-text", { has: page.getByRole("group", { name: "Input" }) });
    await input.getByRole("button", { name: "Show all 3,013 characters" }).click();
    assert.equal((await input.locator("pre").innerText()).length, 3013);
    await input.getByRole("button", { name: "Open in Editor" }).click();
    await page.waitForFunction(() =>
      window.fakeHost.sent.some(({ method, params }) => method === "openText" && params.text.length === 3013),
    );
  });

  it("unfolds attributes with the keyboard and copies the value", async () => {
    const { page } = await show();
    const tree = page.getByRole("tree", { name: "Attributes" });
    await tree.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await tree.getByRole("treeitem", { name: /prompt_tokens/ }).waitFor();
    await page.keyboard.press("Control+c");
    await page.waitForFunction(() =>
      window.fakeHost.sent.some(({ method, params }) => method === "copy" && params.text === "61"),
    );
  });

  it("states the time range, sorts the durations and goes from an error to its span", async () => {
    const { page, problems } = await show({ query: "tab=statistics" });
    await page.getByText("All time: spans started 2025-10-01 08:00:00 … 2025-10-03 08:00:00").waitFor();
    const first = () => page.locator(".durations tbody th").first().innerText();
    assert.equal(await first(), "ocr");
    await page.locator(".durations").getByRole("button", { name: "Fail rate" }).click();
    assert.equal(await first(), "pipeline_run");
    assert.equal(await page.locator(".durations th[aria-sort=descending]").innerText(), "Fail rate");
    await page.getByRole("button", { name: /ValidationError/ }).click();
    await page.locator("h1", { hasText: "code_review" }).waitFor();
    assert.equal(await selectedName(page), "review_code");
    assert.deepEqual(problems, []);
  });

  it("scrolls to the failure that statistics led to, although its tab was hidden", async () => {
    const { page } = await show({ query: "sample=big&tab=statistics" });
    await page.locator(".durations").waitFor();
    await page.evaluate(() => {
      const view = {
        tab: "trace",
        database: "/work/flujo_ops.db",
        runId: "run_b16b16b16b16b16b",
        key: 50_000,
      };
      window.fakeHost.post({ type: "show", view, databaseName: "flujo_ops.db" });
    });
    await page.locator("#span-row-49999.selected").waitFor();
  });

  it("asks for one pipeline and one time, says that nothing is there, and offers the way back", async () => {
    const { page } = await show({ query: "tab=statistics" });
    await page.locator(".durations").waitFor();
    await choose(page, ".pipeline-filter", "code_review");
    await choose(page, ".range-filter", "Last 24 hours");
    await page.getByText("Nothing was found for code_review, Last 24 hours.").waitFor();
    const params = await page.evaluate(() => {
      const asked = window.fakeHost.sent.filter(({ method }) => method === "statistics");
      return JSON.parse(JSON.stringify(asked.at(-1).params));
    });
    assert.deepEqual(params, { pipelineName: "code_review", from: 1_759_478_400 - 86_400, utcOffset: 0 });
    await page.getByRole("button", { name: "Show all pipelines, all time" }).click();
    await page.locator(".durations").waitFor();
    await page.locator(".pipeline-filter .selected-value", { hasText: "All pipelines" }).waitFor();
    await page.locator(".range-filter .selected-value", { hasText: "All time" }).waitFor();
  });

  it("puts the details below the waterfall in a narrow panel, and both can be resized with the keyboard", async () => {
    const { page } = await show({ width: 420 });
    await page.locator(".error-box").waitFor();
    const [waterfall, details] = await Promise.all([
      page.locator("lens-waterfall").boundingBox(),
      page.locator("lens-details").boundingBox(),
    ]);
    assert.ok(details.y >= waterfall.y + waterfall.height);
    await page.getByRole("separator", { name: "Size of the details" }).focus();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(
      (before) => document.querySelector("lens-details").clientHeight > before,
      details.height,
    );
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });

  it("keeps the selected row in view when the window shrinks", async () => {
    const { page } = await show({ query: "sample=deep", width: 420 });
    await page.locator("#span-row-19999.selected").waitFor();
    await page.setViewportSize({ width: 420, height: 600 });
    await page.waitForFunction(() => {
      const row = document.querySelector("#span-row-19999").getBoundingClientRect();
      const rows = document.querySelector(".waterfall").getBoundingClientRect();
      return row.bottom <= rows.bottom && row.top >= rows.top;
    });
  });

  it("can be used at 200 % zoom", async () => {
    const { page } = await show({ width: 640, height: 400, scale: 2 });
    await page.locator(".error-box").waitFor();
    assert.ok((await page.locator("lens-waterfall").boundingBox()).height >= 100);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });

  it("says so when the panel never answers", async () => {
    const { page } = await show({ query: "silent" });
    await page.getByText("The panel does not answer.").waitFor({ timeout: 15_000 });
  });
});
