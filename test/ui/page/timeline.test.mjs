// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The timeline of the panel's page in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the timeline", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show(options) {
    const one = await openPage(options);
    await one.page.locator(".error-box").waitFor();
    return one;
  }

  const rowNames = (page) => page.locator(".span-row .label").allInnerTexts();
  const selectedName = (page) => page.locator(".span-row.selected .label").innerText();
  const onScreen = (page) => page.locator(".minimap").getAttribute("aria-label");
  const tree = (page) => page.getByRole("treegrid", { name: "Spans of the run" });

  /** Share of the canvas's pixels that are painted, in a part of it given in shares of its size. */
  function painted(page, selector, [left, top, right, bottom] = [0, 0, 1, 1]) {
    return page.locator(selector).evaluate(
      (canvas, [x, y, x2, y2]) => {
        const [width, height] = [canvas.width * (x2 - x), canvas.height * (y2 - y)];
        const { data } = canvas
          .getContext("2d")
          .getImageData(canvas.width * x, canvas.height * y, Math.max(1, width), Math.max(1, height));
        let count = 0;
        for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
        return count / (data.length / 4);
      },
      [left, top, right, bottom],
    );
  }

  it("paints a bar for every row, the ruler and the minimap", async () => {
    const { page, problems } = await show();
    const box = await page.locator("canvas.timeline").boundingBox();
    for (const row of await page.locator(".span-row").all()) {
      const { y, height } = await row.boundingBox();
      const top = (y - box.y) / box.height;
      const share = await painted(page, "canvas.timeline", [0, top, 1, top + height / box.height]);
      assert.ok(share > 0.002, await row.innerText());
    }
    assert.ok((await painted(page, "canvas.timeline", [0, 0, 1, 20 / box.height])) > 0.01);
    assert.ok((await painted(page, "canvas.overview")) > 0.01);
    assert.deepEqual(problems, []);
  });

  it("zooms and pans by keys, and says what is on screen", async () => {
    const { page } = await show();
    assert.equal(await onScreen(page), "The whole run of 4.2 s is on screen");
    await tree(page).focus();
    await page.keyboard.press("z");
    assert.match(await onScreen(page), /^3\.53 s to 4\.2 s of the run's 4\.2 s are on screen$/);
    await page.keyboard.press("-");
    assert.match(await onScreen(page), /^3\.1\d s to 4\.2 s/);
    await page.keyboard.press("Shift+ArrowLeft");
    assert.match(await onScreen(page), /^2\.\d+ s to 3\.\d+ s/);
    await page.keyboard.press("0");
    assert.match(await onScreen(page), /^The whole run/);
    await page.keyboard.press("+");
    assert.doesNotMatch(await onScreen(page), /^The whole run/);
  });

  it("zooms with Ctrl and the wheel around the mouse, pans with Shift and the wheel and by dragging", async () => {
    const { page } = await show();
    const box = await page.locator("canvas.timeline").boundingBox();
    const [left, y] = [box.x, box.y + 100];
    await page.mouse.move(left + 2, y);
    await page.keyboard.down("Control");
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    await page.waitForFunction(() =>
      /^0\.0.* to 1\.2\d s|^\d+ µs|^\d+(\.\d+)? ms to 1\.2\d s/.test(
        document.querySelector(".minimap").ariaLabel,
      ),
    );
    const before = await onScreen(page);
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 200);
    await page.keyboard.up("Shift");
    await page.waitForFunction((label) => document.querySelector(".minimap").ariaLabel !== label, before);
    const moved = await onScreen(page);
    const selected = await selectedName(page);
    await page.mouse.move(left + 100, y);
    await page.mouse.down();
    await page.mouse.move(left + 160, y, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await onScreen(page), moved);
    assert.equal(await selectedName(page), selected, "a drag selects nothing");
  });

  it("zooms to what is brushed in the minimap, moves it, and shows all again on a double click", async () => {
    const { page } = await show();
    const box = await page.locator(".minimap").boundingBox();
    const y = box.y + 20;
    const drag = async (from, to) => {
      await page.mouse.move(box.x + box.width * from, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, y, { steps: 5 });
      await page.mouse.up();
    };
    await drag(0.5, 0.75);
    assert.match(await onScreen(page), /^2\.1\d* s to 3\.15 s/);
    await drag(0.6, 0.35);
    assert.match(await onScreen(page), /^1\.0\d s to 2\.1 s/);
    await page.mouse.dblclick(box.x + box.width * 0.9, y);
    assert.match(await onScreen(page), /^The whole run/);
  });

  it("stands its minimap over the bars", async () => {
    const { page } = await show();
    const [minimap, bars] = await Promise.all([
      page.locator(".minimap").boundingBox(),
      page.locator("canvas.timeline").boundingBox(),
    ]);
    assert.ok(Math.abs(minimap.x - bars.x) <= 2, `${minimap.x} ${bars.x}`);
  });

  it("goes to slow spans and to matches of the filter, around the end", async () => {
    const { page } = await show();
    await tree(page).focus();
    await page.keyboard.press("Home");
    const visited = new Set();
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press("s");
      visited.add(await selectedName(page));
    }
    assert.ok(visited.has("draft_reply") && visited.has("rerank"), [...visited].join());
    assert.ok(!visited.has("load_ticket") || visited.size > 5);
  });

  it("marks the critical path and says which spans are on it", async () => {
    const { page } = await show();
    const spoken = (name) =>
      page.locator(".span-row", { hasText: name }).first().locator(".bar-cell").innerText();
    assert.doesNotMatch(await spoken("draft_reply"), /critical path/);
    await tree(page).focus();
    await page.keyboard.press("c");
    await page.locator('[aria-pressed="true"][aria-label*="critical path"]').waitFor();
    assert.match(await spoken("draft_reply"), /1\.79 s on the critical path/);
    await page.locator(".span-row", { hasText: "draft_reply" }).locator(".bar-cell").hover();
    await page.locator("lens-tooltip").getByText("On critical path").waitFor();
  });

  it("folds siblings of one name into one row with their sums, and opens it", async () => {
    const { page } = await show({ query: "sample=big" });
    await tree(page).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("g");
    await page.locator(".span-row", { hasText: "process_item_2 × 3" }).first().waitFor();
    const before = Number(await tree(page).getAttribute("aria-rowcount"));
    const row = page.locator(".span-row", { hasText: "process_item_2 × 3" }).first();
    assert.equal(await row.getAttribute("aria-expanded"), "false");
    await row.locator(".twistie").click();
    await page.waitForFunction(
      (count) => Number(document.querySelector("[role=treegrid]").getAttribute("aria-rowcount")) > count,
      before,
    );
    assert.equal(Number(await tree(page).getAttribute("aria-rowcount")), before + 2);
  });

  it("opens and closes whole subtrees and shows as many levels as asked for", async () => {
    const { page } = await show();
    await tree(page).focus();
    await page.keyboard.press("2");
    assert.deepEqual(await rowNames(page), [
      "pipeline_run",
      "load_ticket",
      "retrieve_context",
      "draft_reply",
      "classify_ticket",
      "notify",
    ]);
    await page.keyboard.press("9");
    assert.equal((await rowNames(page)).length, 11);
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+X");
    await page.keyboard.press("ArrowRight");
    assert.equal((await rowNames(page)).length, 6);
    await page.keyboard.press("Home");
    await page.keyboard.press("x");
    assert.equal((await rowNames(page)).length, 11);
  });

  it("shows the same run as a flame graph, where a click selects and rows stay readable", async () => {
    const { page, problems } = await show();
    await tree(page).focus();
    await page.keyboard.press("v");
    await page.getByRole("button", { name: /Show as a waterfall/ }).waitFor();
    const box = await page.locator("canvas.timeline").boundingBox();
    assert.ok(box.width > 700);
    // The root takes the first lane from edge to edge.
    await page.mouse.click(box.x + 200, box.y + 34);
    assert.equal(await selectedName(page), "pipeline_run");
    await page.keyboard.press("ArrowDown");
    assert.equal(await selectedName(page), "load_ticket");
    const active = await tree(page).getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${active} .label`).innerText(), "load_ticket");
    await page.mouse.move(box.x + 400, box.y + 34);
    await page.locator("lens-tooltip").getByText("pipeline_run").waitFor();
    await assertAccessible(page);
    assert.deepEqual(problems, []);
  });

  it("explains its keys and marks behind a question mark, and gives the keyboard back", async () => {
    const { page } = await show();
    await tree(page).focus();
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keys and marks" });
    await sheet.getByText("Next and previous failure").waitFor();
    await sheet.getByText(/Critical path:/).waitFor();
    await assertAccessible(page, { part: "dialog" });
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    assert.ok(await tree(page).evaluate((element) => element === document.activeElement));
    assert.equal(await page.locator(".details").count(), 1, "Escape closed the sheet alone");
  });

  it("repaints in the colours of another theme", async () => {
    const { page } = await show();
    const colour = () =>
      page.locator("canvas.timeline").evaluate((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Map();
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] < 250) continue;
          const rgb = `${data[at]},${data[at + 1]},${data[at + 2]}`;
          seen.set(rgb, (seen.get(rgb) ?? 0) + 1);
        }
        return [...seen].sort((a, b) => b[1] - a[1])[0][0];
      });
    const dark = await colour();
    await page.evaluate(({ classes, variables }) => {
      document.body.className = classes;
      for (const [name, value] of Object.entries(variables))
        document.documentElement.style.setProperty(name, value);
    }, themes["hc-light"]);
    await page.waitForTimeout(200);
    assert.notEqual(await colour(), dark);
  });

  it("keeps the part of time, the view and what is folded for the next time", async () => {
    const { page } = await show();
    await tree(page).focus();
    await page.keyboard.press("c");
    await page.keyboard.press("z");
    await page.keyboard.press("2");
    await page.waitForFunction(() => window.fakeHost.state?.collapsed?.depth === 1);
    const { timeView, look } = await page.evaluate(() => window.fakeHost.state);
    assert.equal(look.critical, true);
    assert.ok(timeView.from > 3 && timeView.to < 4.3);
  });

  it("scrolls through a million rows to the last one", async () => {
    const { page, problems } = await show({ query: "sample=million" });
    assert.equal(await tree(page).getAttribute("aria-rowcount"), "1000001");
    await tree(page).focus();
    await page.keyboard.press("End");
    await page.locator("#span-row-999999.selected").waitFor();
    const row = await page.locator("#span-row-999999").boundingBox();
    const pane = await page.locator(".waterfall").boundingBox();
    assert.ok(row.y + row.height <= pane.y + pane.height + 1);
    await page.mouse.move(pane.x + 50, pane.y + 200);
    await page.mouse.wheel(0, -220);
    await page.locator("#span-row-999999").waitFor({ state: "detached" });
    assert.ok(await page.locator("#span-row-999985").isVisible());
    await page.keyboard.press("v");
    await page.keyboard.press("Home");
    await page.locator("#span-row-0.selected").waitFor({ state: "attached" });
    assert.ok((await page.locator(".span-row").count()) < 100);
    assert.deepEqual(problems, []);
  });

  it("shows a chain of 100,000 spans in both views", async () => {
    const { page, problems } = await show({ query: "sample=deepest" });
    await page.locator("#span-row-99999.selected").waitFor();
    await tree(page).focus();
    await page.keyboard.press("c");
    await page.keyboard.press("v");
    await page.keyboard.press("Home");
    await page.locator("#span-row-0.selected").waitFor({ state: "attached" });
    assert.deepEqual(problems, []);
  });
});
