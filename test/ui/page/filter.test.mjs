// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The filter box of the panel's page in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the filter box", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show(options) {
    const one = await openPage(options);
    await one.page.locator(".error-box").waitFor();
    return one;
  }

  const rowNames = (page) => page.locator(".span-row .label").allInnerTexts();
  const box = (page) => page.getByRole("combobox", { name: "Filter spans" });
  const offers = (page) =>
    page.getByRole("listbox", { name: "Completions and kept filters" }).getByRole("option");
  const labels = (page) => page.locator(".filter-option-label").allInnerTexts();
  const sent = (page, wanted) =>
    page.evaluate(
      (name) => window.fakeHost.sent.filter(({ method }) => method === name).map(({ params }) => params),
      wanted,
    );

  async function filter(page, text, count) {
    await box(page).fill(text);
    await box(page).press("Enter");
    if (count !== undefined) await page.locator(".match-count", { hasText: count }).waitFor();
  }

  it("shows matches with their parents and counts them, as Enter is pressed or a moment after typing", async () => {
    const { page, problems } = await show();
    await filter(page, "status = failed", "3 of 11");
    assert.deepEqual(await rowNames(page), ["pipeline_run", "classify_ticket", "call_tool:search"]);
    await box(page).fill("embed ");
    await page.locator(".match-count", { hasText: "1 of 11" }).waitFor();
    assert.deepEqual(await rowNames(page), ["pipeline_run", "retrieve_context", "embed_query"]);
    await page.getByRole("button", { name: "Reset filters" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length === 11);
    assert.equal(await box(page).inputValue(), "");
    assert.deepEqual(problems, []);
  });

  it("highlights matches, or hides them, on wish", async () => {
    const { page } = await show();
    await filter(page, "duration > 1.5s", "2 of 11");
    assert.deepEqual(await rowNames(page), ["pipeline_run", "draft_reply"]);
    const choose = async (label) => {
      await page.locator(".filter-mode vscode-dropdown").click();
      await page.locator(".filter-mode vscode-option", { hasText: label }).click();
    };
    await choose("Highlight matches");
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length === 11);
    assert.equal(await page.locator(".span-row.dim").count(), 9);
    await choose("Hide matches");
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length < 11);
    const names = await rowNames(page);
    assert.ok(!names.includes("draft_reply"));
    assert.ok(names.includes("pipeline_run"), "a match above what stays");
    assert.deepEqual(await page.locator(".span-row.dim .label").allInnerTexts(), ["pipeline_run"]);
  });

  it("completes keys, operators and values from the keyboard alone", async () => {
    const { page } = await show();
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("/");
    assert.ok(await box(page).evaluate((element) => element === document.activeElement));
    await page.keyboard.type("err");
    await offers(page).first().waitFor();
    assert.deepEqual((await labels(page)).slice(0, 2), ["error", "error_type"]);
    assert.equal(await box(page).getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await box(page).getAttribute("aria-activedescendant");
    assert.match(await page.locator(`#${active}`).innerText(), /^error_type/);
    await page.keyboard.press("Tab");
    assert.equal(await box(page).inputValue(), "error_type ");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await box(page).inputValue(), "error_type = ");
    await page.locator(".filter-option", { hasText: "tool_error" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await box(page).inputValue(), "error_type = tool_error ");
    await page.keyboard.press("Enter");
    await page.locator(".match-count", { hasText: "3 of 11" }).waitFor();
    assert.equal(await offers(page).count(), 0);
    await page.keyboard.press("Escape");
    assert.ok(await page.getByRole("treegrid").evaluate((element) => element === document.activeElement));
  });

  it("completes with the mouse, and puts quotes around what needs them", async () => {
    const { page } = await show();
    await box(page).fill("flujo.step.type = to");
    await offers(page).filter({ hasText: "tool call" }).click();
    assert.equal(await box(page).inputValue(), 'flujo.step.type = "tool call" ');
    assert.ok(await box(page).evaluate((element) => element === document.activeElement));
  });

  it("completes in the middle of a filter", async () => {
    const { page } = await show();
    await box(page).fill("sta = failed and duration > 1s");
    await box(page).evaluate((element) => element.setSelectionRange(3, 3));
    await box(page).press("Control+Space");
    await page.locator(".filter-option-label", { hasText: "status" }).first().click();
    assert.equal(await box(page).inputValue(), "status = failed and duration > 1s");
  });

  it("marks a mistake where it stands, says what it is, and leaves the rows as they were", async () => {
    const { page } = await show();
    await filter(page, "status = failed", "3 of 11");
    await filter(page, "duration > soon and name ~ a");
    await page.getByRole("alert").filter({ hasText: '"soon" is not a duration' }).waitFor();
    assert.equal(await page.locator(".filter-wave").innerText(), "soon");
    assert.equal(await box(page).getAttribute("aria-invalid"), "true");
    const described = await box(page).getAttribute("aria-describedby");
    assert.match(await page.locator(`#${described}`).innerText(), /is not a duration/);
    // The mark lies under the very letters.
    const [mark, text] = await page.evaluate(() => {
      const input = document.querySelector(".filter-line input");
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = getComputedStyle(input).font;
      const wave = document.querySelector(".filter-wave").getBoundingClientRect();
      return [
        wave.left - input.getBoundingClientRect().left,
        Number.parseFloat(getComputedStyle(input).paddingLeft) + pen.measureText("duration > ").width,
      ];
    });
    assert.ok(Math.abs(mark - text) < 2, `${mark} beside ${text}`);
    assert.equal((await rowNames(page)).length, 3);
    assert.equal((await sent(page, "matches")).length, 1);
  });

  it("does not call a filter mistaken while it is being written, but when it is used", async () => {
    const { page } = await show();
    await box(page).pressSequentially("status =");
    assert.equal(await page.locator(".filter-mistake").count(), 0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.locator(".filter-mistake", { hasText: "A value is missing here." }).waitFor();
  });

  it("brings back what was used before with the arrow up", async () => {
    const { page } = await show();
    await filter(page, "status = failed", "3 of 11");
    await filter(page, "name = draft_reply", "1 of 11");
    await box(page).fill("");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowUp");
    assert.equal(await box(page).inputValue(), "name = draft_reply");
    await page.keyboard.press("ArrowUp");
    assert.equal(await box(page).inputValue(), "status = failed");
    await page.keyboard.press("ArrowDown");
    assert.equal(await box(page).inputValue(), "name = draft_reply");
    await page.keyboard.press("Enter");
    await page.locator(".match-count", { hasText: "1 of 11" }).waitFor();
  });

  it("keeps filters by a name, offers them, and lets go of them", async () => {
    const { page } = await show();
    await page.getByRole("button", { name: "Saved and recent filters" }).click();
    await page.getByText("No filter was saved or used yet.").waitFor();
    await page.keyboard.press("Escape");
    await filter(page, "status = failed", "3 of 11");
    await page.getByRole("button", { name: "Save this filter…" }).click();
    await page.waitForFunction(() => window.fakeHost.saved.length === 1);
    await filter(page, "", undefined);
    await page.getByRole("button", { name: "Saved and recent filters" }).click();
    await offers(page).filter({ hasText: "Filter 1" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".match-count", { hasText: "3 of 11" }).waitFor();
    assert.equal(await box(page).inputValue(), "status = failed");
    await page.getByRole("button", { name: "Saved and recent filters" }).click();
    await page.keyboard.press("Delete");
    await page.waitForFunction(() => window.fakeHost.saved.length === 0);
    assert.deepEqual(await sent(page, "deleteFilter"), [{ name: "Filter 1" }]);
  });

  it("filters by a status with one click, beside what is written already", async () => {
    const { page } = await show();
    const chip = page.getByRole("button", { name: "failed (3)" });
    await chip.click();
    await page.locator(".match-count", { hasText: "3 of 11" }).waitFor();
    assert.equal(await box(page).inputValue(), "status = failed");
    assert.equal(await chip.getAttribute("aria-pressed"), "true");
    await filter(page, "status = failed and name ~ tool", "1 of 11");
    await chip.click();
    assert.equal(await box(page).inputValue(), "name ~ tool");
  });

  it("says that the filter hides everything and offers the way back", async () => {
    const { page } = await show();
    await filter(page, '"no such thing"');
    await page.getByText("The filters hide all 11 spans.").waitFor();
    await page.locator(".empty").getByRole("button", { name: "Reset filters" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length === 11);
  });

  it("lifts a filter that hides the next failure", async () => {
    const { page } = await show();
    await filter(page, "name = draft_reply", "1 of 11");
    await page.getByRole("treegrid").focus();
    // The top leads to what matches, so it is shown; the failure below it is not.
    await page.keyboard.press("f");
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.querySelectorAll(".span-row").length === 11);
    assert.equal(await box(page).inputValue(), "");
  });

  it("keeps the filter over a change of the database and asks for its matches again", async () => {
    const { page } = await show();
    await filter(page, "status = failed", "3 of 11");
    await page.evaluate(() => window.fakeHost.post({ type: "changed" }));
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "matches").length === 2,
    );
    assert.equal((await rowNames(page)).length, 3);
    await page.waitForFunction(() => window.fakeHost.state?.filter?.text === "status = failed");
  });

  it("asks for the page of help", async () => {
    const { page } = await show();
    await page.getByRole("button", { name: "Help on filters" }).click();
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "filterHelp"));
  });

  for (const theme of Object.keys(themes)) {
    it(`has no serious accessibility violation with its popups open: ${theme}`, async () => {
      const { page } = await show({ theme });
      await filter(page, "status = failed", "3 of 11");
      await page.getByRole("button", { name: "Save this filter…" }).click();
      await page.waitForFunction(() => window.fakeHost.saved.length === 1);
      await page.getByRole("button", { name: "Saved and recent filters" }).click();
      await offers(page).first().waitFor();
      await assertAccessible(page);
      await box(page).fill("duration > soon and na");
      await offers(page).first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.locator(".filter-mistake").waitFor();
      await assertAccessible(page);
    });
  }
});
