// Builds the page with a fake host and opens it in a browser, under the content security policy that the panel sets.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");
const ORIGIN = "http://page.test";
const NONCE = "dGVzdC1ub25jZQ";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };

/** The variables that VS Code's default themes set, with the classes of the body. */
export const themes = JSON.parse(readFileSync(path.join(here, "themes.json"), "utf8"));

/** Builds into a new temporary folder. */
export async function build() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "flujo-lens-page-"));
  const common = {
    absWorkingDir: root,
    bundle: true,
    outdir: folder,
    platform: "browser",
    target: "es2022",
    format: "iife",
  };
  await esbuild.build({
    ...common,
    minify: true,
    legalComments: "none",
    entryPoints: { main: "webview/main.ts" },
    tsconfig: "webview/tsconfig.json",
    loader: { ".ttf": "file" },
  });
  await esbuild.build({ ...common, entryPoints: { host: "test/ui/page/host.ts" } });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function document(theme) {
  const variables = Object.entries(theme.variables).map(([name, value]) => `${name}: ${value};`);
  return `<!DOCTYPE html>
<html lang="en" style="${variables.join(" ").replaceAll('"', "&quot;")}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${NONCE}'; style-src ${ORIGIN} 'unsafe-inline'; font-src ${ORIGIN}; img-src ${ORIGIN}">
<title>Flujo Lens</title>
<style>body { padding: 0 20px; color: var(--vscode-editor-foreground); }</style>
<link rel="stylesheet" href="${ORIGIN}/main.css">
</head>
<body class="${theme.classes}">
<flujo-lens-app></flujo-lens-app>
<script nonce="${NONCE}" src="${ORIGIN}/host.js"></script>
<script nonce="${NONCE}" src="${ORIGIN}/main.js"></script>
</body>
</html>`;
}

/**
 * Opens the page. `query` picks the sample and the tab (see host.ts); `problems` collects errors and refused content.
 */
export async function open(
  browser,
  built,
  { query = "", theme = "dark", width = 1300, height = 800, scale = 1 } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    timezoneId: "UTC",
    bypassCSP: false,
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(new Date(1_759_478_400_000));
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.stack ?? String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.route(`${ORIGIN}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") return route.fulfill({ contentType: "text/html", body: document(themes[theme]) });
    const file = path.join(built.folder, path.basename(pathname));
    if (!existsSync(file)) return route.fulfill({ status: 404, body: "" });
    return route.fulfill({ contentType: TYPES[path.extname(file)], body: readFileSync(file) });
  });
  await page.goto(`${ORIGIN}/?${query}`);
  return { page, problems, close: () => context.close() };
}
