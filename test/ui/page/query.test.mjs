// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The Query tab, its keys and its menus in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the Query tab", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show(options) {
    return openPage({ query: "tab=query", ...options });
  }

  async function run(page) {
    await page.locator(".query-limit input").fill("1000");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("grid").waitFor();
  }

  const asked = (page, method) =>
    page.evaluate((name) => {
      const requests = window.fakeHost.sent.filter((message) => message.method === name);
      return JSON.parse(JSON.stringify(requests.at(-1)?.params ?? null));
    }, method);

  it("runs a query with Ctrl+Enter, states its rows and draws only those in the window", async () => {
    const { page, problems } = await show();
    await page.getByText("Choose a query and run it").waitFor();
    await run(page);
    assert.deepEqual(await asked(page, "query"), { name: "failed-spans", params: { limit: 1000 } });
    assert.match(await page.locator(".query-facts [role=status]").innerText(), /^the first 1,000 rows in /);
    assert.equal(await page.getByRole("grid").getAttribute("aria-rowcount"), "1001");
    assert.ok((await page.locator("[data-row]").count()) < 200);
    assert.deepEqual(problems, []);
  });

  it("is walked by keyboard, copies the cell and opens the run of a link", async () => {
    const { page } = await show();
    await run(page);
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+End");
    assert.equal(await page.locator(".grid-cell.selected").getAttribute("id"), "cell-999-3");
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+c");
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "copy"));
    assert.deepEqual(await asked(page, "copy"), { text: "=1+2" });
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.locator(".error-box").waitFor();
  });

  it("leads from any cell of a row to its span", async () => {
    const { page } = await show();
    await run(page);
    await page.locator("#cell-2-2").dblclick();
    await page.getByRole("tab", { name: "Trace", selected: true }).waitFor();
  });

  it("says that it works after a moment, and stops when asked", async () => {
    const { page } = await show({ query: "tab=query&delay=60000" });
    await page.locator(".query-limit input").fill("10");
    await page.keyboard.press("Enter");
    await page.getByText("Running the query…").waitFor();
    await page.locator("lens-query").getByText("Cancel", { exact: true }).click();
    await page.locator("lens-query").getByText("Cancelled.").waitFor();
    assert.ok(await page.evaluate(() => window.fakeHost.sent.some(({ type }) => type === "cancel")));
  });

  it("says that its rows are of before when the database has changed since", async () => {
    const { page } = await show();
    await run(page);
    await page.evaluate(() => window.fakeHost.post({ type: "changed" }));
    await page.getByText("The database has changed since").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("The database has changed since").waitFor({ state: "detached" });
  });

  it("hands out a file in which no cell is a formula", async () => {
    const { page } = await show();
    await run(page);
    await page.getByText("Save as CSV…").click();
    await page.getByText("Saved").waitFor();
    const { name, text } = await asked(page, "saveTable");
    assert.equal(name, "failed-spans");
    assert.match(text, /^span_id,name,start_time,run_id\r\nspan_0,'=1\+2,1759478000,/);
  });

  it("tells VS Code which cell its menu is about, and copies that cell's row", async () => {
    const { page } = await show();
    await run(page);
    await page.locator("#cell-3-1").click({ button: "right" });
    const context = await page.locator("flujo-lens-app").getAttribute("data-vscode-context");
    assert.equal(JSON.parse(context).webviewSection, "cell");
    await page.evaluate(() => window.fakeHost.post({ type: "command", command: "menuCopyRow" }));
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "copy"));
    assert.match((await asked(page, "copy")).text, /^span_3\tstep_3\t/);
  });

  it("goes to failures and other tabs when VS Code's keys ask for it", async () => {
    const { page } = await show();
    const command = (name) =>
      page.evaluate((it) => window.fakeHost.post({ type: "command", command: it }), name);
    await command("nextFailure");
    await page.locator(".span-row.selected").waitFor();
    await command("nextTab");
    await page.getByRole("tab", { name: "Statistics", selected: true }).waitFor();
    await command("previousTab");
    await command("previousTab");
    await page.getByRole("tab", { name: "SQL", selected: true }).waitFor();
  });

  for (const theme of Object.keys(themes)) {
    it(`has no serious accessibility violation: ${theme}`, async () => {
      const { page } = await show({ theme });
      await run(page);
      await assertAccessible(page);
    });
  }
});
