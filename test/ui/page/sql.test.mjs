// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The SQL tab in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the SQL tab", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show(options = {}) {
    const opened = await openPage({ ...options, query: `tab=sql${options.query ?? ""}` });
    await opened.page.locator(".sql-names dt").first().waitFor();
    return { ...opened, field: opened.page.getByRole("textbox", { name: "Statement in SQL" }) };
  }

  async function run(page, text = "SELECT 1") {
    await page.locator(".sql-field").fill(text);
    await page.keyboard.press("Control+Enter");
  }

  const asked = (page, method) =>
    page.evaluate((name) => {
      const requests = window.fakeHost.sent.filter((message) => message.method === name);
      return JSON.parse(JSON.stringify(requests.at(-1)?.params ?? null));
    }, method);

  it("has the keyboard at once, and runs the statement at the cursor with its limits", async () => {
    const { page, field, problems } = await show();
    await page.waitForFunction(() => document.activeElement?.classList.contains("sql-field"));
    await field.fill("SELECT 1;\nSELECT 2;");
    await page.getByRole("textbox", { name: "Rows" }).fill("7");
    await field.focus();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("grid", { name: "Rows of the statement" }).waitFor();
    assert.deepEqual(await asked(page, "sql"), {
      query: "         \nSELECT 2",
      limit: 7,
      seconds: 30,
      plan: false,
    });
    assert.match(
      await page.locator(".query-facts [role=status]").innerText(),
      /^the first 7 rows in .*raise the limit/,
    );
    assert.deepEqual(problems, []);
  });

  it("completes names by keyboard, and leaves Enter and Tab alone when nothing is offered", async () => {
    const { page, field } = await show();
    await field.pressSequentially("sel");
    await page.getByRole("option", { name: /SELECT/ }).waitFor();
    assert.equal(await field.getAttribute("aria-activedescendant"), "filter-option-0");
    await page.keyboard.press("Enter");
    await field.pressSequentially("* FROM lens_r");
    await page.keyboard.press("Tab");
    assert.equal(await field.inputValue(), "SELECT * FROM lens_runs");
    await page.keyboard.press("Enter");
    await field.pressSequentially("WHERE lens_runs.");
    await page.getByRole("option", { name: /pipeline_version/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: /total_cost/ }).click();
    assert.equal(await field.inputValue(), "SELECT * FROM lens_runs\nWHERE lens_runs.total_cost");
    await page.keyboard.press("Control+z");
    assert.equal(await field.inputValue(), "SELECT * FROM lens_runs\nWHERE lens_runs.");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("sql-field")), false);
  });

  it("says in one sentence what is wrong, marks the place and leads there", async () => {
    const { page, field } = await show();
    await run(page, "SELECT nope FROM lens_runs");
    await page.getByRole("alert").filter({ hasText: "no such column: nope (line 1, column 8)." }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator(".sql-wrong").innerText(), "nope");
    await page.getByRole("button", { name: "Go to the mistake" }).click();
    const selected = await field.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
    assert.equal(selected, "nope");
    await page.keyboard.type("name");
    await page.locator(".sql-wrong").waitFor({ state: "detached" });
  });

  it("refuses limits out of bounds beside their field, and an empty statement", async () => {
    const { page } = await show();
    await page.locator(".sql-run").click();
    await page.getByText("Write a statement first.").waitFor();
    await page.getByRole("textbox", { name: "Seconds" }).fill("601");
    await run(page);
    await page.getByText("Write a whole number from 1 to 600.").waitFor();
    assert.equal(await asked(page, "sql"), null);
  });

  it("starts from examples, and brings back what was run before", async () => {
    const { page, field } = await show();
    await page.getByRole("button", { name: "Examples" }).click();
    await page.getByRole("option").nth(4).waitFor();
    assert.equal(await page.getByRole("option").count(), 5);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.match(await field.inputValue(), /^SELECT name, avg\(end_raw - start_raw\)/);
    await run(page, "SELECT 1");
    await run(page, "SELECT 2");
    await page.waitForFunction(() => window.fakeHost.statements.length === 2);
    await page.keyboard.press("Alt+ArrowUp");
    assert.equal(await field.inputValue(), "SELECT 1");
    await page.keyboard.press("Alt+ArrowDown");
    assert.equal(await field.inputValue(), "SELECT 2");
    await page.getByRole("button", { name: "History" }).click();
    await page.getByRole("option", { name: "SELECT 1" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Delete");
    await page.getByRole("option", { name: "SELECT 1" }).waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => window.fakeHost.statements), ["SELECT 2"]);
  });

  it("says that it works, how long, and stops when asked", async () => {
    const { page } = await openPage({ query: "tab=sql&delay=60000" });
    await run(page);
    await page.getByText("Running the query…").waitFor();
    await page
      .locator("lens-sql")
      .getByText(/^0 s of at most 30 s$/)
      .or(page.getByText(/of at most 30/))
      .first()
      .waitFor();
    await page.locator("lens-sql").getByText("Cancel", { exact: true }).click();
    await page.locator("lens-sql").getByText("Cancelled.").waitFor();
    assert.ok(await page.evaluate(() => window.fakeHost.sent.some(({ type }) => type === "cancel")));
  });

  it("hands out files of what is shown: CSV without formulas, JSON as it is", async () => {
    const { page } = await show({ query: "&hostile" });
    await page.getByRole("textbox", { name: "Rows" }).fill("3");
    await run(page);
    await page.getByRole("grid").waitFor();
    await page.getByText("Save as CSV…").click();
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "saveTable"));
    const file = await asked(page, "saveTable");
    assert.deepEqual([file.name, file.format], ["query", "csv"]);
    const lines = file.text.split("\r\n");
    assert.equal(lines[0], "run_id,span_id,name,cost,1,input");
    assert.match(lines[2], /,1\.5,,"'=cmd\|""/);
    await page.getByText("Save as JSON…").click();
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "saveTable").length === 2,
    );
    const json = JSON.parse((await asked(page, "saveTable")).text);
    assert.equal(json.length, 3);
    assert.deepEqual(
      [json[0].cost, json[1].cost, json[0]["1"]],
      [null, 1.5, "x'89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a…' (2,048 bytes)"],
    );
    assert.match(json[1].input, /^=cmd/);
  });

  it("draws hostile text as text, and leads from a row to its span", async () => {
    const { page, problems } = await show({ query: "&hostile" });
    await run(page);
    await page.locator("lens-sql").getByText("<img src=x").first().waitFor();
    assert.equal(await page.locator("lens-sql img").count(), 0);
    assert.ok(await page.locator("lens-sql").getByText("\\u{202E}").first().isVisible());
    await page.locator("#cell-4-0 .grid-link").click();
    await page.getByRole("tab", { name: "Trace", selected: true }).waitFor();
    assert.deepEqual(problems, []);
  });

  it("shows a plan as an outline", async () => {
    const { page } = await show();
    await page.locator(".sql-field").fill("SELECT 1");
    await page.getByRole("button", { name: "Explain" }).click();
    const steps = page.getByRole("list", { name: "How SQLite runs the statement" }).getByRole("listitem");
    await steps.first().waitFor();
    assert.equal((await asked(page, "sql")).plan, true);
    assert.deepEqual(await steps.evaluateAll((all) => all.map((one) => one.getAttribute("aria-level"))), [
      "1",
      "2",
      "2",
      "1",
      "1",
      "1",
    ]);
    await steps.nth(1).getByText("reads every row").waitFor();
  });

  it("keeps the statement, and asks again for rows that came quickly, when the page starts anew", async () => {
    const { page } = await show();
    await run(page, "SELECT 42");
    await page.getByRole("grid").waitFor();
    await page.waitForFunction(() => window.fakeHost.state?.sql?.ran === true);
    const state = await page.evaluate(() => window.fakeHost.state);
    assert.deepEqual([state.sql.text, state.sql.limit], ["SELECT 42", "1000"]);
  });

  for (const theme of Object.keys(themes)) {
    it(`has no serious accessibility violation: ${theme}`, async () => {
      const { page, field } = await show({ theme });
      await run(page, "SELECT 'x' -- a comment\n, 1.5");
      await page.getByRole("grid").waitFor();
      await field.pressSequentially(", co");
      await page.getByRole("option").first().waitFor();
      await assertAccessible(page);
      await page.keyboard.press("Escape");
      await page.locator(".sql-explain").click();
      await page.locator(".plan").waitFor();
      await page.mouse.move(0, 0);
      await assertAccessible(page);
    });
  }
});
