// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
// The Statistics tab of the page in a real browser, with a fake host in place of VS Code. Run by Mocha.
import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { themes } from "./harness.mjs";
import { pagesOfSuite } from "./pages.mjs";

describe("the Statistics tab of the page", function () {
  this.timeout(60_000);
  const openPage = pagesOfSuite();

  async function show({ query = "tab=statistics", ...options } = {}) {
    return openPage({ query, ...options });
  }

  const chart = (page, name) => page.getByRole("listbox", { name: new RegExp(`^${name}\\.`) });
  const list = (page) => page.locator(".list-rows");
  const tile = (page, name) => page.locator(".tile", { hasText: name });

  /** What the page asked for last with a method. */
  async function asked(page, method) {
    return page.evaluate((name) => {
      const requests = window.fakeHost.sent.filter((message) => message.method === name);
      return JSON.parse(JSON.stringify(requests.at(-1)?.params ?? null));
    }, method);
  }

  async function choose(page, select, label) {
    await page.locator(`${select} vscode-dropdown`).click();
    await page.locator(`${select} vscode-option`, { hasText: label }).click();
  }

  /** Drags from the middle of one bar of 48 to the middle of another. */
  async function drag(page, name, from, to) {
    const box = await chart(page, name).boundingBox();
    const x = (bar) => box.x + ((bar + 0.5) / 48) * box.width;
    await page.mouse.move(x(from), box.y + 50);
    await page.mouse.down();
    await page.mouse.move(x(to), box.y + 50, { steps: 4 });
    await page.mouse.up();
  }

  it("narrows every figure to the time that is dragged over, says so, and takes it back", async () => {
    const { page, problems } = await show();
    await page.locator(".durations").waitFor();
    await drag(page, "Runs over time", 12, 23);
    const chip = page.locator(".brush-chip");
    assert.match(await chip.innerText(), /Started 2025-10-01 20:00:00 … 2025-10-02 07:59:59/);
    const start = 1_759_478_400 - 172_800;
    const params = await asked(page, "statistics");
    assert.equal(params.from, start + 12 * 3600);
    assert.ok(params.to < start + 24 * 3600 && params.to > start + 24 * 3600 - 0.001);
    assert.deepEqual(params.axis, {});
    await tile(page, "Runs").getByText("42").first().waitFor();
    assert.equal(await page.locator(".chart-slot.brushed").count(), 12);
    assert.ok((await page.locator(".chart-ghost").count()) > 0);
    await chip.getByRole("button").click();
    await chip.waitFor({ state: "detached" });
    await tile(page, "Runs").getByText("300").first().waitFor();
    assert.deepEqual(problems, []);
  });

  it("shows the newest runs and says so, until all are read", async () => {
    const { page, problems } = await show({ query: "tab=statistics&preview&delay=3000" });
    const note = page.getByText(
      "So far only the newest 42 of 300 runs are counted. The others are being read.",
    );
    await note.waitFor();
    await tile(page, "Runs").first().waitFor();
    await page.locator("lens-statistics .waiting").getByText("Cancel").waitFor();
    assert.equal(await page.getByRole("button", { name: "Export Statistics" }).count(), 0);
    await note.waitFor({ state: "detached" });
    await tile(page, "Runs").getByText("300").first().waitFor();
    assert.deepEqual(problems, []);
  });

  it("keeps the figures of the newest runs when the wait for all is given up", async () => {
    const { page } = await show({ query: "tab=statistics&preview&delay=600000" });
    await page.locator("lens-statistics .waiting").getByText("Cancel").click();
    await page.getByText("Only the newest 42 of 300 runs are counted. The others were not read.").waitFor();
    await page.locator(".banner").getByText("Try Again").waitFor();
    await assertAccessible(page);
  });

  it("narrows with the keyboard alone: arrows with Shift, Escape to clear, Enter to list", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    const bars = chart(page, "Latency");
    await bars.focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 20; step += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await page.locator(".brush-chip").waitFor();
    assert.equal(await bars.getByRole("option", { selected: true }).count(), 3);
    const { minDuration, maxDuration } = await asked(page, "statistics");
    assert.ok(
      minDuration > 0.07 && maxDuration > minDuration && maxDuration < 0.3,
      `${minDuration} ${maxDuration}`,
    );
    await page.keyboard.press("Enter");
    await list(page).getByRole("option").first().waitFor();
    assert.equal((await asked(page, "spanList")).minDuration, minDuration);
    await page.keyboard.press("Escape");
    await list(page).waitFor({ state: "detached" });
    assert.equal(await bars.evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press("Escape");
    await page.locator(".brush-chip").waitFor({ state: "detached" });
  });

  it("has every bar as text, and all of them as a table", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    const option = chart(page, "Runs over time").getByRole("option").first();
    assert.equal(
      await option.getAttribute("aria-label"),
      "2025-10-01 08:00:00 … 2025-10-01 09:00:00: 8 runs, 3 failed, 1 paused",
    );
    const section = page.locator('section[aria-label="Runs over time"]');
    await section.locator("summary").click();
    assert.match(
      await section.locator("tbody tr").first().innerText(),
      /2025-10-01 09:00:00\s+8\s+3\s+4\s+1\s+0$/,
    );
  });

  it("leads from every kind of figure to a list, and from there to the trace", async () => {
    const { page, problems } = await show();
    await page.locator(".durations").waitFor();
    const steps = [
      [tile(page, "Failed runs").getByRole("button"), "countedRuns", { runStates: ["failed"] }],
      [tile(page, "Run p95").getByRole("button"), "countedRuns", { atLeast: 24.1 }],
      [tile(page, "Failed spans").getByRole("button"), "spanList", { states: ["failed"] }],
      [
        tile(page, "unfinished").getByRole("button", { name: /unfinished/ }),
        "spanList",
        { unfinished: true },
      ],
      [
        page.locator(".durations tbody tr").first().locator("td button").first(),
        "spanList",
        { names: ["ocr"] },
      ],
      [
        page.locator(".errors tbody tr").first().locator("td.figure button"),
        "spanList",
        { fingerprint: "call_tool:search" },
      ],
      [
        page.locator(".pipelines tbody tr").first().locator("td button").first(),
        "countedRuns",
        { pipelineName: "support_triage" },
      ],
      [
        page.locator('section[aria-label="Latency"] .legend', { hasText: /^failed/ }),
        "spanList",
        { states: ["failed"] },
      ],
      [
        page.locator('section[aria-label="Runs over time"] .legend', { hasText: /^paused/ }),
        "countedRuns",
        { runStates: ["paused"] },
      ],
    ];
    for (const [button, method, expected] of steps) {
      await button.click();
      await list(page).getByRole("option").first().waitFor();
      await page.waitForFunction(
        ([name, wanted]) => {
          const { params } = window.fakeHost.sent.filter((message) => message.method === name).at(-1) ?? {};
          return Object.entries(wanted).every(
            ([key, value]) => JSON.stringify(params?.[key]) === JSON.stringify(value),
          );
        },
        [method, expected],
      );
    }
    await list(page).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Trace", selected: true }).waitFor();
    assert.deepEqual(problems, []);
  });

  it("asks for the pages of a long list as they come into view, and draws few rows", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    await tile(page, "Spans").locator(".tile-figure button").first().click();
    await page.getByText("2,935 spans, newest first").waitFor();
    await list(page).focus();
    await page.keyboard.press("End");
    await list(page).locator("#listed-2934.selected .list-name").waitFor();
    assert.equal((await asked(page, "spanList")).offset, 2900);
    assert.ok((await list(page).getByRole("option").count()) < 60);
    await page.getByRole("button", { name: /Close the list/ }).click();
    assert.equal(
      await tile(page, "Spans")
        .locator("button")
        .first()
        .evaluate((one) => one === document.activeElement),
      true,
    );
  });

  it("shows the spans of a listed name in the open run", async () => {
    const { page } = await show();
    await page.locator(".durations").getByRole("button", { name: "draft_reply", exact: true }).click();
    await page.getByRole("button", { name: "Show the spans of this name in the open run" }).click();
    await page.getByText("1 of 11").waitFor();
  });

  it("tells what changed since the period before, in words", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    assert.equal(await page.locator(".tile-change").count(), 0);
    await choose(page, ".range-filter", "Last 7 days");
    await page.locator(".tile-change").first().waitFor();
    assert.match(await tile(page, "Failed runs").innerText(), /3\.4 points less/);
    assert.match(await tile(page, "Run p95").innerText(), /20\.5 % slower/);
    assert.match(await tile(page, "Cost").innerText(), /12\.0 % cheaper/);
    assert.match(
      await tile(page, "Runs").first().locator(".tile-change").getAttribute("title"),
      /2025-09-19 08:00:00 … 2025-09-26 08:00:00: 260/,
    );
  });

  it("compares with a version and with the period before", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    await page.getByRole("button", { name: "Compare with support_triage v2.1.0" }).click();
    await page.locator(".compared").first().waitFor();
    const params = await asked(page, "statistics");
    assert.equal(params.pipelineVersion, "2.1.0");
    assert.equal(params.pipelineName, "support_triage");
    await choose(page, ".range-filter", "Last 7 days");
    await choose(page, ".compare-filter", "The period before");
    await page.waitForFunction(() => {
      const { params: last } = window.fakeHost.sent.filter(({ method }) => method === "statistics").at(-1);
      return last.from === 1_759_478_400 - 2 * 604_800 && last.to > last.from;
    });
    const runs = page
      .locator(".compared")
      .first()
      .getByRole("row", { name: /^Failed runs/ });
    await runs.getByRole("button").nth(1).click();
    await page.getByRole("listbox", { name: "B: Failed runs" }).getByRole("option").first().waitFor();
    const { runStates, from } = await asked(page, "countedRuns");
    assert.deepEqual([runStates, from], [["failed"], 1_759_478_400 - 2 * 604_800]);
    await choose(page, ".compare-filter", "Last 24 hours");
    await page.waitForFunction(() => {
      const { params: last } = window.fakeHost.sent.filter(({ method }) => method === "statistics").at(-1);
      return last.from === 1_759_478_400 - 86_400 && last.to === undefined;
    });
  });

  it("follows a drag while it goes on, and asks for one thing at a time", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    const box = await chart(page, "Runs over time").boundingBox();
    const x = (bar) => box.x + ((bar + 0.5) / 48) * box.width;
    await page.mouse.move(x(10), box.y + 50);
    await page.mouse.down();
    await page.mouse.move(x(20), box.y + 50, { steps: 20 });
    await tile(page, "Runs").getByText("42").first().waitFor();
    assert.equal(await page.locator(".chart-slot.brushed").count(), 11);
    await page.mouse.move(x(14), box.y + 50, { steps: 10 });
    await page.mouse.up();
    await page.waitForFunction(
      (to) => {
        const { params } = window.fakeHost.sent.filter(({ method }) => method === "statistics").at(-1);
        return Math.abs(params.to - to) < 0.001;
      },
      1_759_478_400 - 172_800 + 15 * 3600,
    );
    const givenUp = await page.evaluate(
      () => window.fakeHost.sent.filter(({ type }) => type === "cancel").length,
    );
    assert.equal(givenUp, 0);
    assert.equal(await list(page).count(), 0);
  });

  it("counts only a status, a name and an error type, each taken back by itself", async () => {
    const { page, problems } = await show();
    await page.locator(".durations").waitFor();
    await choose(page, ".state-filter", "failed");
    await page.getByRole("button", { name: "Count only draft_reply" }).click();
    const chips = page.locator(".brush-chip");
    await chips.filter({ hasText: "Name: draft_reply" }).waitFor();
    let params = await asked(page, "statistics");
    assert.deepEqual([params.states, params.names], [["failed"], ["draft_reply"]]);
    // What is kept is written a moment later.
    await page.waitForFunction(() => window.fakeHost.state?.statistics.names?.join() === "draft_reply");
    await choose(page, ".group-filter", "By error type");
    await page.getByRole("button", { name: "Count only no error" }).click();
    await chips.filter({ hasText: "Error type: no error" }).waitFor();
    params = await asked(page, "statistics");
    assert.deepEqual(params.errorTypes, [null]);
    await page.getByRole("button", { name: "No longer only: Name: draft_reply" }).click();
    params = await asked(page, "statistics");
    assert.deepEqual([params.names, params.errorTypes, params.states], [undefined, [null], ["failed"]]);
    await page.locator(".durations").getByRole("button", { name: "no error", exact: true }).click();
    await list(page).getByRole("option").first().waitFor();
    assert.deepEqual((await asked(page, "spanList")).errorTypes, [null]);
    assert.deepEqual(problems, []);
  });

  it("opens what is behind every figure of a chart's table", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    const runs = page.locator("section", { has: page.getByRole("heading", { name: "Runs over time" }) });
    await runs.locator("summary").click();
    const failed = await runs.locator("thead th").allInnerTexts();
    const column = failed.indexOf("failed");
    await runs.locator("tbody tr").first().locator("td").nth(column).getByRole("button").click();
    await list(page).getByRole("option").first().waitFor();
    const params = await asked(page, "countedRuns");
    assert.deepEqual(params.runStates, ["failed"]);
    assert.ok(params.to - params.from < 3600);
    const spans = page.locator("section", { has: page.getByRole("heading", { name: "Latency" }) });
    await spans.locator("summary").click();
    const fine = (await spans.locator("thead th").allInnerTexts()).indexOf("not failed");
    await spans.locator("tbody tr").nth(5).locator("td").nth(fine).getByRole("button").click();
    await page.waitForFunction(() => window.fakeHost.sent.some(({ method }) => method === "spanList"));
    const { states, minDuration, maxDuration } = await asked(page, "spanList");
    assert.ok(!states.includes("failed") && states.includes("completed"));
    assert.ok(minDuration > 0 && maxDuration > minDuration);
  });

  it("compares two time ranges of one's own", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    await choose(page, ".range-filter", "Custom");
    const fields = (place) => page.locator(`${place} input[type="datetime-local"]`);
    await fields(".toolbar").nth(0).fill("2025-10-02T00:00");
    await fields(".toolbar").nth(1).fill("2025-10-02T12:00");
    await choose(page, ".compare-filter", "Another time range");
    await page.getByText("Choose the beginning or the end of the other time range.").waitFor();
    await fields(".compare-choice").nth(0).fill("2025-10-01T00:00");
    await fields(".compare-choice").nth(1).fill("2025-10-01T12:00");
    await page.keyboard.press("Tab");
    await page.locator(".compared").first().waitFor();
    await page.waitForFunction(
      (from) => {
        const { params } = window.fakeHost.sent.filter(({ method }) => method === "statistics").at(-1);
        return params.from === from && params.to === from + 43_200;
      },
      Date.UTC(2025, 9, 1) / 1000,
    );
    await fields(".compare-choice").nth(1).fill("2025-09-01T12:00");
    await page.keyboard.press("Tab");
    await page.locator(".compare-choice").getByRole("alert").waitFor();
  });

  it("groups by what is chosen, keeps the choice, and a version belongs to a pipeline", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    await choose(page, ".group-filter", "By status");
    await page.locator(".durations").getByRole("button", { name: "failed", exact: true }).waitFor();
    assert.equal((await asked(page, "statistics")).groupBy, "state");
    assert.equal(await page.locator(".version-filter").count(), 0);
    await choose(page, ".pipeline-filter", "support_triage");
    await choose(page, ".version-filter", "without a version");
    await page.waitForFunction(() => {
      const { params } = window.fakeHost.sent.filter(({ method }) => method === "statistics").at(-1);
      return params.pipelineVersion === null;
    });
    await page.waitForFunction(() => {
      const { groupBy, version } = window.fakeHost.state?.statistics ?? {};
      return groupBy === "state" && version === null;
    });
  });

  it("has columns that keep the width they are given, and figures that arrows walk through", async () => {
    const { page } = await show();
    await page.locator(".durations").waitFor();
    const header = page.locator(".durations thead th").first();
    const before = (await header.boundingBox()).width;
    await page.getByRole("separator", { name: "Width of Name" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => window.fakeHost.state?.widths.name > 210);
    assert.ok((await header.boundingBox()).width > before);
    const first = page.locator(".durations tbody tr").first().locator("button");
    await first.first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await first.nth(1).evaluate((one) => one === document.activeElement), true);
    await page.keyboard.press("ArrowDown");
    const below = page.locator(".durations tbody tr").nth(1).locator("button").nth(1);
    assert.equal(await below.evaluate((one) => one === document.activeElement), true);
  });

  it("keeps scroll, focus and list while figures are computed anew, and nothing moves", async () => {
    const { page } = await show({ height: 500 });
    await page.locator(".durations").waitFor();
    await page.locator(".durations tbody th button").nth(2).click();
    await list(page).getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    const body = page.locator(".statistics-body");
    await body.evaluate((element) => element.scrollTo(0, 220));
    const places = () =>
      page.evaluate(() =>
        [".tile", ".durations", ".chart-bars"].map(
          (one) => document.querySelector(one).getBoundingClientRect().top,
        ),
      );
    const before = await places();
    await page.evaluate(() => {
      window.fakeHost.delay = 300;
      window.fakeHost.post({ type: "changed" });
    });
    await page.waitForFunction(
      () => window.fakeHost.sent.filter(({ method }) => method === "statistics").length === 2,
    );
    await page.locator(".busy-mark .codicon-loading").waitFor();
    assert.deepEqual(await places(), before);
    await page.locator(".busy-mark .codicon-loading").waitFor({ state: "detached" });
    assert.deepEqual(await places(), before);
    assert.equal(await list(page).evaluate((one) => one === document.activeElement), true);
    assert.equal(await list(page).locator(".selected").getAttribute("id"), "listed-1");
  });

  it("shows the shapes of what is coming, and can be told to stop", async () => {
    const { page } = await show({ query: "tab=statistics&delay=60000" });
    await page.locator(".skeletons").waitFor();
    await page.getByRole("button", { name: "Cancel" }).first().click();
    await page.getByText("Cancelled.").waitFor();
    await page.getByRole("button", { name: "Try Again" }).waitFor();
  });

  for (const theme of Object.keys(themes)) {
    it(`has no serious accessibility violation with a brush, a comparison and a list: ${theme}`, async () => {
      const { page } = await show({ theme });
      await page.locator(".durations").waitFor();
      await drag(page, "Runs over time", 12, 23);
      await page.getByRole("button", { name: "Compare with support_triage v2.1.0" }).click();
      await page.locator(".compared").first().waitFor();
      await page.locator(".durations tbody th button").first().click();
      await list(page).getByRole("option").first().waitFor();
      await assertAccessible(page);
    });
  }
});
