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
  nothing: { query: "tab=statistics&empty", ready: ".empty" },
  slow: { query: "delay=60000", ready: "vscode-progress-ring" },
  failing: { query: "failing=outline", ready: ".banner" },
  filtered: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".search").locator("input").fill("classify");
      await page.locator(".duration-filter").locator("input").fill("200");
    },
  },
  hover: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".origin .bar").hover();
      await page.locator("lens-tooltip:not([hidden])").waitFor();
    },
  },
  dimmed: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".duration-filter").locator("input").fill("500ms");
      await page.getByText("Only matches").click();
      await page.locator(".span-row", { hasText: "retrieve_context" }).locator(".twistie").click();
      await page.getByRole("treegrid").focus();
      await page.keyboard.press("Home");
    },
  },
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
  picker: {
    query: "sample=triage",
    ready: ".error-box",
    act: async (page) => {
      await page.locator(".picker-button").click();
      await page.locator(".option").first().waitFor();
    },
  },
};

const sizes = { wide: { width: 1300, height: 800 }, narrow: { width: 420, height: 800 } };
const everywhere = ["triage", "statistics", "conversation"];
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
