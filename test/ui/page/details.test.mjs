// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The details of a span and the run's header in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the details", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show(options) {
    const one = await openPage(options);
    await one.page.locator(".error-box").waitFor();
    return one;
  }

  const asked = (page, method) =>
    page.evaluate((name) => {
      const requests = window.fakeHost.sent.filter((message) => message.method === name);
      return JSON.parse(JSON.stringify(requests.at(-1)?.params ?? null));
    }, method);

  async function select(page, name) {
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 20; step++) {
      if ((await page.locator(".details h2").innerText()) === name) return;
      await page.keyboard.press("ArrowDown");
    }
    throw new Error(`There is no span ${name}.`);
  }

  it("answer in one line whether the error happened before, and lead to the last time", async () => {
    const { page, problems } = await show();
    const line = page.locator(".before");
    await line.getByText("Happened before:").waitFor();
    assert.match(
      await line.innerText(),
      /^Happened before: \d+ times in the newest 94 runs, last 1 h ago in [0-9a-f]{8}\. Last completed/,
    );
    await line.getByRole("button").first().click();
    await page.waitForFunction(() =>
      window.fakeHost.sent.some(
        ({ method, params }) => method === "outline" && params.runId !== "run_a6a3a4506513f0c2",
      ),
    );
    assert.deepEqual(problems, []);
  });

  it("say the drawing of durations in words", async () => {
    const { page } = await show();
    const said = await page.locator(".distribution").getAttribute("aria-label");
    assert.equal(
      said,
      "this one 613 ms. slower than 75 of 79 other completed ones. Half of 79 spans of this name took at most 198 ms, 95 % at most 400 ms. 15 of 94 failed",
    );
  });

  it("list the step in other runs, the same error first, and more on wish", async () => {
    const { page } = await show();
    const rows = page.locator(".occurrence");
    await rows.first().waitFor();
    assert.equal(await rows.count(), 8);
    assert.match(await rows.first().innerText(), /failed.*same error/s);
    await page.getByText("Show 50 of 93").click();
    await page.waitForFunction(() => document.querySelectorAll(".occurrence").length === 50);
  });

  it("search attributes, walk what was found and copy path and value", async () => {
    const { page } = await show();
    await page.getByRole("searchbox", { name: "Search Attributes" }).fill("CONTENT");
    await page.getByText("2 matches").waitFor();
    await page.keyboard.press("ArrowDown");
    const tree = page.getByRole("tree", { name: "Attributes" });
    assert.deepEqual(await tree.locator(".json-name").allInnerTexts(), [
      "messages",
      "0",
      "content",
      "1",
      "content",
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Control+c");
    await page.getByText("Copied").waitFor();
    assert.deepEqual(await asked(page, "copy"), { text: "You classify support tickets." });
    await page.keyboard.press("Control+Shift+c");
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "copy").length === 2,
    );
    assert.deepEqual(await asked(page, "copy"), { text: "messages[0].content" });
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.type), "search");
    await page.keyboard.press("Escape");
    assert.ok((await tree.locator(".json-row").count()) > 5);
    assert.equal(await page.locator(".details").count(), 1);
  });

  it("show prompts, tool calls and responses as messages whose texts stay texts", async () => {
    const { page, problems } = await show();
    await select(page, "draft_reply");
    await page.getByText("61 in · 23 out · 84 in all").waitFor();
    const prompt = page.getByRole("list", { name: "Prompt (2 messages)" });
    assert.deepEqual(await prompt.locator("b").allInnerTexts(), ["System", "User"]);
    assert.match(
      await prompt.innerText(),
      /<img src=x onerror="window.hacked=1"> \[click\]\(command:quit\) \*\*bold\*\*/,
    );
    assert.match(
      await page.getByRole("list", { name: "Response" }).innerText(),
      /calls search call_1.*"customer": 4711/s,
    );
    assert.equal(await page.locator("lens-details :is(img, a, script, strong)").count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(problems, []);
  });

  for (const theme of Object.keys(themes)) {
    it(`have no serious accessibility violation in a conversation: ${theme}`, async () => {
      const { page } = await show({ theme });
      await select(page, "draft_reply");
      await page.locator(".message").first().waitFor();
      await page.locator(".json-row").first().waitFor();
      await assertAccessible(page, { part: "lens-details" });
    });
  }

  it("keep the room of the drawing while it is looked for, and can stop looking", async () => {
    const { page } = await show();
    await page.locator(".distribution").waitFor();
    const height = (selector) =>
      page.locator(selector).evaluate((element) => element.getBoundingClientRect().height);
    const drawn = await height(".timing");
    await page.evaluate(() => {
      window.fakeHost.delay = 60_000;
    });
    await select(page, "pipeline_run");
    await page.locator(".timing-room").getByText("Looking at other runs…").waitFor();
    assert.ok(Math.abs((await height(".timing-room")) - drawn) < 30);
    await page.locator(".timing-room").getByText("Cancel").click();
    await page.locator(".details").getByText("Cancelled.").first().waitFor();
  });

  it("stay where they are when the database changes", async () => {
    const { page } = await show();
    const tree = page.getByRole("tree", { name: "Attributes" });
    await tree.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    const cursor = () => tree.locator("[aria-selected=true] .json-name").innerText();
    const top = () => page.locator(".details").evaluate((element) => element.scrollTop);
    const before = [await cursor(), await top()];
    assert.equal(before[0], "prompt_tokens");
    const asked = () =>
      page.evaluate(() => window.fakeHost.sent.filter(({ method }) => method === "spanDetail").length);
    const times = await asked();
    await page.evaluate(() => window.fakeHost.post({ type: "changed" }));
    await page.waitForFunction(
      (count) => window.fakeHost.sent.filter(({ method }) => method === "spanDetail").length > count,
      times,
    );
    await page.waitForTimeout(300);
    assert.deepEqual([await cursor(), await top()], before);
    assert.ok(await tree.evaluate((element) => element === document.activeElement));
  });

  it("are led by a header that goes to the next failure and to the runs before and after", async () => {
    const { page } = await show();
    await page.locator(".run-header").getByRole("button", { name: "3 failed" }).click();
    await page.locator(".details h2").getByText("pipeline_run").waitFor();
    await page.getByRole("button", { name: "Newer run of support_triage" }).click();
    await page.getByText("This is the newest run of its pipeline.").waitFor();
    await page.getByRole("button", { name: "Older run of support_triage" }).click();
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "outline").length === 2,
    );
    assert.notEqual((await asked(page, "outline")).runId, "run_a6a3a4506513f0c2");
  });

  it("narrow the list of runs to failed ones and to the pipeline", async () => {
    const { page } = await show();
    await page.locator(".picker-button").click();
    await page.locator(".option").first().waitFor();
    const all = await page.locator(".option").count();
    await page.getByRole("button", { name: "Failed only" }).click();
    await page.waitForFunction((count) => document.querySelectorAll(".option").length < count, all);
    assert.ok((await page.locator(".option .unseen").allInnerTexts()).every((state) => state === "failed"));
    await page.getByRole("button", { name: "Only support_triage" }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".option-name")].every(
        ({ textContent }) => textContent === "support_triage",
      ),
    );
  });
});
