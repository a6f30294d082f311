// Takes pictures of the page in every theme and width: node test/ui/page/screenshots.mjs FOLDER [only]
import { mkdirSync } from "node:fs";
import path from "node:path";
import { launchBrowser } from "../../tools/browser.mjs";
import { build, open } from "./harness.mjs";

const [folder = "screenshots", only = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const scenes = {
  triage: { query: "sample=triage", ready: ".error-box" },
  running: { query: "sample=running", ready: ".span-row" },
  hostile: { query: "sample=hostile", ready: ".error-box" },
  big: { query: "sample=big", ready: ".error-box" },
  deep: { query: "sample=deep", ready: ".error-box" },
  statistics: { query: "tab=statistics", ready: ".durations" },
  brushed: {
    query: "tab=statistics",
    ready: ".durations",
    act: async (page) => {
      const bars = page.locator('[role="listbox"][aria-label^="Runs over time"]');
      const box = await bars.boundingBox();
      await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 5 });
      await page.mouse.up();
      await page.locator(".brush-chip").waitFor();
      await page.locator(".durations tbody th button").first().click();
      await page.locator(".list-row").first().waitFor();
    },
  },
  narrowed: {
    query: "tab=statistics",
    ready: ".durations",
    act: async (page) => {
      await page.locator(".state-filter vscode-dropdown").click();
      await page.locator(".state-filter vscode-option", { hasText: "failed" }).click();
      await page.getByRole("button", { name: "Count only draft_reply" }).click();
      await page.locator(".compare-filter vscode-dropdown").click();
      await page.locator(".compare-filter vscode-option", { hasText: "Another time range" }).click();
      await page.locator(".compare-choice input").first().fill("2025-10-01T00:00");
      await page.keyboard.press("Tab");
      await page.locator(".compared").first().waitFor();
      await page.locator(".durations tbody tr").nth(3).hover();
    },
  },
  before: {
    query: "tab=statistics",
    ready: ".durations",
    act: async (page) => {
      await page.locator(".range-filter vscode-dropdown").click();
      await page.locator(".range-filter vscode-option", { hasText: "Last 7 days" }).click();
      await page.locator(".tile-change").first().waitFor();
      await page.locator(".compare-filter vscode-dropdown").click();
      await page.locator(".compare-filter vscode-option", { hasText: "The period before" }).click();
      await page.locator(".compared").first().waitFor();
      await page.locator(".statistics-body").evaluate((body) => body.scrollTo(0, 100_000));
    },
  },
  loading: { query: "tab=statistics&delay=60000", ready: ".skeleton" },
  nothing: { query: "tab=statistics&empty", ready: ".empty" },
  slow: { query: "delay=60000", ready: "vscode-progress-ring" },
  failing: { query: "failing=outline", ready: ".banner" },
  filtered: {
    query: "sample=triage",
    ready: ".error-box",
    act: (page) => filter(page, "name ~ classify or duration > 1s"),
  },
  mistake: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.getByRole("combobox", { name: "Filter spans" }).fill("duration > soon and na");
      await page.keyboard.press("ArrowDown");
      await page.locator(".filter-mistake").waitFor();
    },
  },
  completion: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.getByRole("combobox", { name: "Filter spans" }).fill("status = failed and e");
      await page.locator(".filter-option").first().waitFor();
      await page.keyboard.press("ArrowDown");
    },
  },
  kept: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      for (const text of ["duration > 1s and not error exists", "status = failed"]) await filter(page, text);
      await page.getByRole("button", { name: "Save this filter…" }).click();
      await page.getByRole("button", { name: "Saved and recent filters" }).click();
      await page.locator(".filter-option").first().waitFor();
    },
  },
  hover: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".origin .bar-cell").hover();
      await page.locator("lens-tooltip:not([hidden])").waitFor();
    },
  },
  dimmed: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await filter(page, "duration > 500ms");
      await page.locator(".filter-mode vscode-dropdown").click();
      await page.locator(".filter-mode vscode-option", { hasText: "Highlight" }).click();
      await page.locator(".span-row", { hasText: "retrieve_context" }).locator(".twistie").click();
      await page.getByRole("treegrid").focus();
      await page.keyboard.press("Home");
    },
  },
  zoomed: {
    query: "sample=triage",
    ready: ".error-box",
    act: (page) => pressInTree(page, "c", "z", "-", "-"),
  },
  flame: { query: "sample=triage", ready: ".error-box", act: (page) => pressInTree(page, "v", "c") },
  grouped: {
    query: "sample=big",
    ready: ".error-box",
    act: (page) => pressInTree(page, "g", "z", "-", "-", "-", "-"),
  },
  bigflame: {
    query: "sample=big",
    ready: ".error-box",
    act: (page) => pressInTree(page, "v", "z", "-", "-", "-"),
  },
  cheat: { query: "sample=triage", ready: ".error-box", act: (page) => pressInTree(page, "?") },
  custom: {
    query: "tab=statistics",
    ready: ".durations",
    act: async (page) => {
      await page.locator(".range-filter vscode-dropdown").click();
      await page.locator(".range-filter vscode-option").last().click();
      await page.getByLabel("From", { exact: true }).fill("2025-10-05T08:00");
      await page.getByLabel("To", { exact: true }).fill("2025-10-01T08:00");
      await page.getByLabel("To", { exact: true }).blur();
    },
  },
  conversation: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".span-row", { hasText: "draft_reply" }).click();
      await page.locator(".message").first().waitFor();
      await page.locator(".details").evaluate((element) => {
        element.scrollTop = element.querySelector(".section").offsetTop - 40;
      });
    },
  },
  attributes: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.getByRole("searchbox").fill("content");
      await page.locator(".json-row.hit").first().waitFor();
      await page.getByRole("searchbox").scrollIntoViewIfNeeded();
      await page.locator(".json-tree").focus();
    },
  },
  sql: { query: "tab=sql&hostile", ready: ".sql-names dt", act: (page) => ask(page) },
  sqlnames: { query: "tab=sql", ready: ".sql-names dt" },
  sqlcompletion: {
    query: "tab=sql",
    ready: ".sql-names dt",
    act: async (page) => {
      await page.locator(".sql-field").fill(`${STATEMENT}\nJOIN lens_runs r USING (run_id)\nWHERE `);
      await page.locator(".sql-field").pressSequentially("st");
      await page.locator(".filter-option").first().waitFor();
    },
  },
  sqlmistake: {
    query: "tab=sql",
    ready: ".sql-names dt",
    act: async (page) => {
      await page.locator(".sql-field").fill(STATEMENT.replace("s.name", "s.nope"));
      await page.keyboard.press("Control+Enter");
      await page.locator(".sql-mistake").waitFor();
    },
  },
  sqlplan: {
    query: "tab=sql",
    ready: ".sql-names dt",
    act: async (page) => {
      await page.locator(".sql-field").fill(STATEMENT);
      await page.locator(".sql-explain").click();
      await page.locator(".plan").waitFor();
    },
  },
  sqlexamples: {
    query: "tab=sql",
    ready: ".sql-names dt",
    act: async (page) => {
      await page.locator(".sql-examples").click();
      await page.locator(".filter-option").first().waitFor();
    },
  },
  sqlslow: {
    query: "tab=sql&delay=60000",
    ready: ".sql-field",
    act: async (page) => {
      await page.locator(".sql-field").fill(STATEMENT);
      await page.keyboard.press("Control+Enter");
      await page.locator("lens-sql vscode-progress-ring").waitFor();
    },
  },
  picker: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".picker-button").click();
      await page.locator(".option").first().waitFor();
    },
  },
};

const STATEMENT = `-- Spans by name, slowest first
SELECT s.name, count(*) AS spans, 'a text' AS text
FROM lens_spans s WHERE end_raw > 1e9`;

async function ask(page) {
  await page.locator(".sql-field").fill(STATEMENT);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("grid").waitFor();
}

async function filter(page, text) {
  const box = page.getByRole("combobox", { name: "Filter spans" });
  await box.fill(text);
  await box.press("Enter");
  await page.locator(".match-count:not(:empty)").waitFor();
}

async function pressInTree(page, ...keys) {
  await page.getByRole("treegrid").focus();
  for (const key of keys) await page.keyboard.press(key);
}

const sizes = { wide: { width: 1300, height: 800 }, narrow: { width: 420, height: 800 } };
const everywhere = [
  "triage",
  "statistics",
  "brushed",
  "before",
  "conversation",
  "mistake",
  "completion",
  "kept",
  "sql",
  "sqlcompletion",
  "sqlmistake",
  "sqlplan",
];
const themeNames = ["dark", "light", "hc-dark", "hc-light"];

const built = await build();
const browser = await launchBrowser();
for (const [name, scene] of Object.entries(scenes)) {
  for (const theme of everywhere.includes(name) ? themeNames : ["dark"]) {
    for (const [sizeName, size] of Object.entries(sizes)) {
      const label = `${name}-${theme}-${sizeName}`;
      if (!label.includes(only)) continue;
      const { page, problems, close } = await open(browser, built, { query: scene.query, theme, ...size });
      await page.locator(scene.ready).first().waitFor();
      await scene.act?.(page);
      await page.waitForTimeout(300);
      await page.screenshot({ path: path.join(folder, `${label}.png`) });
      for (const problem of problems) console.log(`${label}: ${problem}`);
      await close();
    }
  }
}
await browser.close();
built.remove();
