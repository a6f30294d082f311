// Takes the README's pictures anew, after `npm run package`: `node test/ui/readme-pictures.mjs`, then
// `pngquant --nofs --strip --speed 1 --force --ext .png 128 media/screenshot-*.png`, which makes them a third as large.
import { mkdtempSync, rmSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../tools/paths.mjs";
import { makeSampleWorkspace } from "../tools/sample-workspace.mjs";

register("../tools/typescript-hooks.mjs", import.meta.url);
const { Workbench } = await import("./support/workbench.ts");
const { TracePage } = await import("./support/trace-page.ts");

/** A failed run with a tree of three levels. */
const run = { id: "f49f1dbf", failed: "summarize" };

const parent = mkdtempSync(path.join(tmpdir(), "flujo-lens-pictures-"));
const code = await Workbench.open({
  folder: await makeSampleWorkspace(path.join(parent, "assistants")),
  settings: { "workbench.colorTheme": "Default Dark Modern" },
  viewport: { width: 1480, height: 820 },
});
try {
  await code.openView("Flujo Lens");
  await code.setSideBarWidth(420);
  const runs = code.tree("Runs");
  const page = new TracePage(code);
  await runs.row("support_triage").waitFor();

  await code.command("Flujo Lens: Filter Runs by Status…");
  await code.quickPick.toggle("failed");
  await code.quickPick.accept();
  await runs.message.getByText("filter: failed").waitFor();
  await runs.expand(run.id);
  await runs.expand("pipeline_run");
  const tooltip = await runs.tooltip(run.failed, "Input");
  await tooltip.getByText(`input of ${run.failed}`).waitFor();
  await tooltip.evaluate((content) => {
    const animations = content.closest(".workbench-hover-container")?.getAnimations({ subtree: true }) ?? [];
    return Promise.all(animations.map((animation) => animation.finished));
  });
  await take("tooltip", { x: 0, y: 36, width: 900, height: 640 });

  await runs.inlineAction(run.failed, "Show Trace");
  await page.details.getByText("Step record").waitFor();
  await page.header.hover();
  await take("trace");

  await code.command("Flujo Lens: Clear Filter");
  await runs.message.getByText("filter").waitFor({ state: "detached" });
  await page.openTab("Statistics");
  await code.panel().locator(".tile").first().waitFor();
  await page.header.hover();
  await take("statistics");

  await page.openTab("Trace");
  await code.setTheme("light");
  await code.panel().locator("body.vscode-light").waitFor();
  await page.header.hover();
  await take("light");
} finally {
  await code.close();
  rmSync(parent, { recursive: true, force: true });
}

/**
 * @param {string} name
 * @param {{ x: number, y: number, width: number, height: number }} [clip]
 */
async function take(name, clip) {
  await code.page.screenshot({ path: path.join(root, "media", `screenshot-${name}.png`), clip });
}
