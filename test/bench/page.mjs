// The panel's page: how large it is, and how soon a run is drawn in the real VS Code, beside an empty webview in the same window.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { launchBrowser } from "../tools/browser.mjs";
import { root, vsixPath } from "../tools/paths.mjs";
import { run, ToolError } from "../tools/processes.mjs";
import { makeSampleWorkspace } from "../tools/sample-workspace.mjs";
import { installExtension, startServer } from "../tools/vscode-server.mjs";
import { table, times } from "./table.mjs";

const emptyPage = path.join(path.dirname(fileURLToPath(import.meta.url)), "empty-page");
/** Milliseconds in which a window comes to rest. */
const settle = 8_000;
const patience = 60_000;

/**
 * @typedef {object} PageFigures
 * @property {{ file: string, bytes: number, gzip: number }[]} files
 * @property {number[]} empty milliseconds from the key to the paint of an empty webview, turn by turn.
 * @property {number[]} trace milliseconds from the key to the first rows of a run, turn by turn.
 */

/**
 * @param {number} turns
 * @returns {Promise<{ figures: PageFigures, text: string }>}
 * @throws {ToolError} when the package is not there.
 */
export async function measurePage(turns) {
  if (!existsSync(vsixPath)) throw new ToolError("There is no package to open: run `npm run package` first.");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-page-"));
  try {
    const paints = await measurePaints(folder, turns);
    const figures = { files: sizes(), ...paints };
    return { figures, text: describe(figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function sizes() {
  const folder = path.join(root, "dist", "webview");
  return ["main.js", "main.css"].map((file) => {
    const bytes = readFileSync(path.join(folder, file));
    return { file, bytes: bytes.byteLength, gzip: gzipSync(bytes, { level: 9 }).byteLength };
  });
}

/**
 * @param {string} folder
 * @param {number} turns
 */
async function measurePaints(folder, turns) {
  const workspace = await makeSampleWorkspace(path.join(folder, "workspace"));
  const dataDir = path.join(folder, "server");
  await installExtension(dataDir, vsixPath);
  const emptyVsix = path.join(folder, "empty-page.vsix");
  const vsce = path.join(root, "node_modules", "@vscode", "vsce", "vsce");
  const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", emptyVsix];
  await run(process.execPath, [vsce, "package", ...options], { cwd: emptyPage });
  await installExtension(dataDir, emptyVsix);
  const server = await startServer({ dataDir });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(patience);
    /** @type {(paint: { what: string, at: number }) => void} */
    let painted = () => {};
    await page.exposeFunction("pagePainted", (/** @type {string} */ what, /** @type {number} */ at) =>
      painted({ what, at }),
    );
    await page.addInitScript(watchPaints);
    await page.goto(server.url(workspace));
    await page.locator(".part.activitybar").getByRole("tab", { name: "Flujo Lens" }).click();
    const rows = page.locator(".part.sidebar").getByRole("treeitem", { name: /^Run / });
    await rows.nth(turns + 1).waitFor();
    await page.waitForTimeout(settle);

    const one = async (/** @type {string} */ what, /** @type {string} */ key) => {
      const paint = new Promise((resolve) => {
        painted = (found) => {
          if (found.what === what) resolve(found.at);
        };
      });
      await page.keyboard.press(key);
      const pressed = await page.evaluate(() => /** @type {any} */ (window).lastKeyAt);
      const at = await paint;
      await page.waitForTimeout(500);
      await page.locator(".part.editor .tabs-container .tab").first().click({ button: "middle" });
      await page.locator(".part.editor .tabs-container .tab").first().waitFor({ state: "detached" });
      return at - pressed;
    };
    const empty = [];
    const trace = [];
    // The first of each loads what later ones find in memory.
    for (let turn = 0; turn <= turns; turn += 1) {
      await rows.nth(turn).click();
      await page.waitForTimeout(500);
      const first = await one("empty", "Control+Alt+e");
      await rows.nth(turn).click();
      await page.waitForTimeout(500);
      const second = await one("trace", "Control+Enter");
      if (turn > 0) {
        empty.push(first);
        trace.push(second);
      }
    }
    return { empty, trace };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Runs in every frame: tells when its content is painted, and when a key was pressed, both in milliseconds since the epoch. */
function watchPaints() {
  const meaningful = [
    ["empty", "#empty-page"],
    ["trace", '[role="treegrid"] [role="row"][aria-selected], lens-waterfall canvas'],
  ];
  addEventListener(
    "keydown",
    (event) => {
      /** @type {any} */ (window).lastKeyAt = performance.timeOrigin + event.timeStamp;
    },
    true,
  );
  let told = false;
  const look = () => {
    const found = told
      ? undefined
      : meaningful.find(([, selector]) => document.querySelector(selector ?? ""));
    if (!found) return;
    told = true;
    clearInterval(clock);
    // After the frame in which it is drawn.
    requestAnimationFrame(() =>
      setTimeout(() =>
        /** @type {any} */ (window).pagePainted(found[0], performance.timeOrigin + performance.now()),
      ),
    );
  };
  // VS Code writes the page into its frame anew, which an observer of the first document would miss.
  const clock = setInterval(look, 4);
  look();
}

/** @param {readonly number[]} values */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    least: sorted[0],
    most: sorted.at(-1),
  };
}

/** @param {PageFigures} figures */
function describe({ files, empty, trace }) {
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const [base, ours] = [spread(empty), spread(trace)];
  const row = (
    /** @type {string} */ name,
    /** @type {ReturnType<typeof spread>} */ { median, least, most },
  ) => [
    name,
    ...[median, least ?? 0, most ?? 0].map((value) => `${value.toFixed(0)} ms`),
    times(median / base.median),
  ];
  return `${table(
    ["the page's files, minified", "bytes", "gzip"],
    files.map(({ file, bytes, gzip }) => [file, kilobytes(bytes), kilobytes(gzip)]),
    1,
  )}

From the key to the first meaningful paint in VS Code, median of ${trace.length} turns in one window:
${table(
  ["", "median", "least", "most", "ratio"],
  [row("an empty webview", base), row("a run: its header and first rows", ours)],
  1,
)}`;
}
