// How long the extension holds the thread of VS Code's extension host while it opens five million spans, a run of a million
// and statistics, beside the host at rest:
//
//   npm run bench -- host
//
// Needs `npm run package`.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root, vsixPath } from "../tools/paths.mjs";
import { run, ToolError } from "../tools/processes.mjs";
import { benchDatabase } from "./databases.mjs";
import { firstPaint, panelFrame, runName, timelineDatabase } from "./timeline.mjs";

const meter = path.join(path.dirname(fileURLToPath(import.meta.url)), "host-meter");
const settle = 8_000;

/**
 * @typedef {object} HostFigures
 * @property {string} title
 * @property {number[]} ours sections of the extension, ascending, in milliseconds.
 * @property {number[]} others those of everyone else in the host.
 * @property {{ p99: number, max: number }} late how late the host's timers were.
 * @property {{ length: number, names: [name: string, milliseconds: number][] }[]} longest
 */

/**
 * @param {number} spans of the database that is opened.
 * @returns {Promise<{ figures: HostFigures[], text: string }>}
 */
export async function measureHost(spans) {
  if (!existsSync(vsixPath))
    throw new ToolError("There is no package to measure: run `npm run package` first.");
  const [large, timeline] = [await benchDatabase("v0.6.11", spans), await timelineDatabase()];
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-host-"));
  try {
    const workspace = path.join(folder, "workspace");
    await mkdir(workspace);
    symlinkSync(large, path.join(workspace, "large.db"));
    symlinkSync(timeline, path.join(workspace, "timeline.db"));
    const figures = await watchHost(folder, workspace, spans);
    return { figures, text: describe(figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {string} folder
 * @param {string} workspace
 * @param {number} spans
 */
async function watchHost(folder, workspace, spans) {
  register("../tools/typescript-hooks.mjs", import.meta.url);
  const { Workbench } = await import("../ui/support/workbench.ts");
  const portFile = path.join(folder, "port");
  const code = await Workbench.open({
    folder: workspace,
    settings: { "flujoLens.databases": ["large.db", "timeline.db"] },
    env: { FLUJO_LENS_METER: portFile },
    more: [await meterPackage(folder)],
  });
  try {
    code.page.setDefaultTimeout(120_000);
    await code.page.waitForTimeout(settle);
    const ask = async (/** @type {string} */ what) =>
      (await fetch(`http://127.0.0.1:${readFileSync(portFile, "utf8")}/${what}`)).json();
    /** @type {HostFigures[]} */
    const figures = [];
    const watch = async (/** @type {string} */ title, /** @type {() => Promise<unknown>} */ work) => {
      await ask("start");
      await work();
      await code.page.waitForTimeout(1_500);
      figures.push({ title, .../** @type {any} */ (await ask("stop")) });
      console.error(JSON.stringify(figures.at(-1)?.longest), figures.at(-1)?.late);
    };
    const million = spans.toLocaleString("en");
    const runs = code.tree("Runs");
    await watch("at rest", () => code.page.waitForTimeout(5_000));
    const minute = () => code.page.waitForTimeout(60_000);
    await watch(`opening: activation, first runs of ${million} spans`, async () => {
      await code.openView("Flujo Lens");
      await runs.row(/support_triage|code_review|invoice/).waitFor();
    });
    await runs.collapse(/large/);
    const deep = runName(1_000_000);
    await runs.row(deep).waitFor();
    await watch("sidebar: a run of 1,000,000 spans, unfolded", async () => {
      await runs.expand(deep);
      await runs.expand("pipeline_run");
    });
    await watch("panel: that run", async () => {
      await runs.select(deep);
      await code.page.keyboard.press("Control+Enter");
      await firstPaint(await panelFrame(code.page, 1_000_000));
    });
    await watch("panel: a filter that nearly every span passes", async () => {
      const frame = code.panel();
      await frame.locator(".filter-box input, lens-filter-box input").first().fill("status = completed");
      await frame.locator(".match-count", { hasText: /of 1,000,000/ }).waitFor();
    });
    await watch("panel: 100,000 rows of a query in SQL", async () => {
      await code.command("Flujo Lens: Open SQL Console");
      await code.quickPick.choose(/large/);
      const sql = code.panel().locator("lens-sql");
      await sql.getByRole("textbox", { name: "Rows" }).fill("100000");
      await sql.getByRole("textbox", { name: "Statement in SQL" }).fill("SELECT * FROM lens_spans");
      await code.page.keyboard.press("Control+Enter");
      await sql.getByText(/the first 100,000 rows in/).waitFor();
    });
    await code.command("View: Close All Editors");
    await watch(`statistics of ${million} spans`, async () => {
      await code.command("Flujo Lens: Show Statistics");
      await code.quickPick.choose(/large/);
      await code.panel().locator("lens-statistics table:visible").first().waitFor();
    });
    await watch("a minute of nothing: Runs view and statistics visible", minute);
    await code.command("View: Close All Editors");
    await code.openView("Explorer");
    await watch("a minute of nothing: none of it visible", minute);
    return figures;
  } finally {
    await code.close();
  }
}

/** @param {string} folder */
async function meterPackage(folder) {
  const target = path.join(folder, "host-meter.vsix");
  const vsce = path.join(root, "node_modules", "@vscode", "vsce", "vsce");
  const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", target];
  await run(process.execPath, [vsce, "package", ...options], { cwd: meter });
  return target;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}

/** @param {readonly number[]} ascending @param {number} share */
function percentile(ascending, share) {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0;
}

/** @param {readonly HostFigures[]} figures */
function describe(figures) {
  const one = (/** @type {number} */ value) => value.toFixed(1);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const headings = [
    ...["", "sections", "together", "99 %", "longest"],
    ...["everyone else in the host: 99 %", "longest", "timers late: 99 %", "most"],
  ];
  const all = figures.flatMap(({ ours }) => ours).sort((a, b) => a - b);
  return [
    "Milliseconds that the extension holds the extension host's thread at a time, by CPU profile of the host:",
    "",
    line(headings),
    line(headings.map((_heading, column) => (column === 0 ? "---" : "---:"))),
    ...figures.map(({ title, ours, others, late }) =>
      line([
        ...[title, String(ours.length), one(sum(ours))],
        ...[one(percentile(ours, 0.99)), one(ours.at(-1) ?? 0)],
        ...[one(percentile(others, 0.99)), one(others.at(-1) ?? 0), one(late.p99), one(late.max)],
      ]),
    ),
    "",
    `Of all ${all.length} sections 99 % take at most ${one(percentile(all, 0.99))} ms. Not counted is what other programs took of the processor`,
    "meanwhile; timers are late by that too.",
  ].join("\n");
}
