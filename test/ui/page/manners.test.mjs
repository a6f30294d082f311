// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// What holds for every tab of the page: names for screen readers, room at any width, stillness. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { pagesOfSuite } from "./pages.mjs";

const tabs = [
  ["trace", "lens-waterfall"],
  ["statistics", ".durations"],
  ["query", ".query-bar, lens-query"],
  ["sql", ".sql-names dt"],
];

describe("the page's manners", function () {
  this.timeout(60_000);
  const show = pagesOfSuite();

  const scenes = {
    "the list of runs": async (page) => {
      await page.locator("lens-waterfall").waitFor();
      await page.locator(".picker-button").click();
      await page.getByRole("listbox", { name: "Choose a run" }).getByRole("option").first().waitFor();
    },
    "a failure of the panel": (page) => page.getByText("The database is busy.").waitFor(),
    "a long wait": (page) => page.getByRole("button", { name: "Cancel" }).waitFor(),
    "a run without spans": (page) => page.getByText("This run has no spans and no steps yet.").waitFor(),
    "a running run": (page) => page.getByText("No spans are written yet").waitFor(),
  };
  const queries = {
    "a failure of the panel": "failing=outline",
    "a long wait": "delay=600000",
    "a run without spans": "sample=empty",
    "a running run": "sample=running",
  };
  for (const [name, ready] of Object.entries(scenes)) {
    it(`axe finds nothing serious in ${name}`, async () => {
      const { page } = await show({ query: queries[name] ?? "" });
      await ready(page);
      await assertAccessible(page);
    });
  }

  // What a window of 1300 by 800 is at 100 %, 125 %, 150 % and 200 %, and a side column.
  const sizes = [
    [1300, 800],
    [1040, 640],
    [866, 533],
    [650, 480],
    [330, 800],
  ];
  for (const [tab, ready] of tabs) {
    it(`has room for everything at any width, without sideways scrolling: ${tab}`, async () => {
      const { page } = await show({ query: `tab=${tab}` });
      await page.locator(ready).first().waitFor();
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(100);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${tab} is ${wide} pixels wide in a page of ${width}`);
      }
    });
  }

  it("shows the shapes of what is waited for, past a moment, and only to the eye", async () => {
    const { page } = await show({ query: "delay=2500" });
    const shapes = page.locator("#view-trace .skeleton-lines");
    await shapes.waitFor();
    assert.equal(await shapes.getAttribute("aria-hidden"), "true");
    assert.ok((await shapes.locator(".skeleton").count()) > 5);
    await page.getByRole("status").filter({ hasText: "Reading the trace" }).waitFor();
    await page.locator("lens-waterfall").waitFor();
    await shapes.waitFor({ state: "detached" });
  });

  it("does not push what is there aside while it loads", async () => {
    const { page } = await show({ query: "delay=250" });
    await page.locator(".error-box").waitFor();
    await page.waitForTimeout(600);
    const shifts = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) =>
            resolve(
              list.getEntries().map(({ value, sources }) => ({
                value,
                moved: sources.map(({ node }) => node?.className || node?.nodeName),
              })),
            ),
          ).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve([]), 300);
        }),
    );
    const total = shifts.reduce((sum, { value }) => sum + value, 0);
    // Below this, people do not notice: the limit that browsers' makers call good.
    assert.ok(total < 0.1, JSON.stringify(shifts));
  });

  it("moves nothing where people ask for less motion", async () => {
    const { page } = await show({ query: "sample=running" });
    const moving = () =>
      page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
    await page.getByText("No spans are written yet").waitFor();
    assert.ok((await moving()) > 0, "what runs turns");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.waitForTimeout(100);
    assert.equal(await moving(), 0);
  });

  it("reaches every button of each tab with the Tab key, and shows where it is", async () => {
    for (const [tab, ready] of tabs) {
      const { page } = await show({ query: `tab=${tab}` });
      await page.locator(ready).first().waitFor();
      await page.waitForTimeout(300);
      // From the top: the SQL tab begins in its editor.
      await page.locator(".picker-button").evaluate((first) => {
        first.focus();
        window.stops = [first];
      });
      const reached = new Set();
      for (let press = 0; press < 500; press += 1) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
          const active = document.activeElement;
          if (!active || active === document.body) return undefined;
          window.stops ??= [];
          const known = window.stops;
          if (!known.includes(active)) known.push(active);
          return known.indexOf(active);
        });
        if (at === undefined || (reached.has(at) && press > 5 && at === 0)) break;
        reached.add(at);
      }
      const missed = await page.evaluate(() =>
        [
          ...document.querySelectorAll(
            "button, vscode-button, [role=combobox], [role=treegrid], [role=tree], [role=grid], summary",
          ),
        ]
          .filter(
            (element) =>
              element.checkVisibility() &&
              element.getAttribute("tabindex") !== "-1" &&
              !element.hasAttribute("disabled"),
          )
          .filter(
            (element) =>
              !window.stops.some(
                (stop) => stop === element || element.contains(stop) || stop.contains(element),
              ),
          )
          .map((element) => element.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(missed, [], tab);
    }
  });
});
