import assert from "node:assert/strict";
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { fixture } from "../unit/support/fixtures.ts";
import { rowsOf, stockDatabase } from "../unit/support/stock-sqlite.ts";
import { emptyFolder, fingerprints } from "./support/folders.ts";
import { takeFromMenu } from "./support/menus.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { exactly } from "./support/text.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

const PAGE = 4096;
const start = 1_760_000_000;

describe("files", () => {
  let code: Workbench;
  let runs: TreeView;

  before(async () => {
    code = await Workbench.open({
      folder: emptyFolder(),
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    runs = code.tree("Runs");
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  async function openFolder(folder: string): Promise<void> {
    await code.openFolder(folder);
    await code.openView("Flujo Lens");
  }

  /** Types a path into VS Code's own file dialog and takes it. */
  async function answerDialog(file: string): Promise<void> {
    await code.quickPick.options("..").waitFor();
    await code.quickPick.type(file);
    // The first Enter goes to the folder, another one takes the name there.
    while (await code.quickPick.input.isVisible()) {
      await code.quickPick.input.press("Enter");
      await code.page.waitForTimeout(500);
    }
  }

  const row = (name: string) =>
    code.page.locator(".explorer-folders-view").getByRole("treeitem", { name: exactly(name) });

  async function fromExplorer(name: string, item: string): Promise<void> {
    await code.openView("Explorer");
    const entry = code.page.locator(".monaco-menu").getByRole("menuitem", { name: exactly(item) });
    // Whether a folder is trusted, and with it what the menu holds, turns out a moment after its window is there.
    await takeFromMenu(code.page, () => row(name).click({ button: "right" }), entry);
  }

  describe("a damaged database", () => {
    let folder: string;
    let file: string;
    let before: Record<string, string>;

    it("opens as far as it can be read, and says so in the view, the panel and the status bar", async () => {
      folder = emptyFolder();
      file = path.join(folder, "flujo_ops.db");
      copyFileSync(fixture("v0.6.11"), file);
      await damageSpans(file);
      before = fingerprints(folder);
      await openFolder(folder);
      await code.setSideBarWidth(520);
      await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
      // Lists of runs do not meet the damage; statistics do.
      await code.command("Flujo Lens: Show Statistics");
      const sentence = /Some rows of spans \(2 pages\) could not be read\./;
      await code.panel().locator(".banner.damage").getByText(sentence).waitFor();
      await code.panel().locator(".tiles, .figures, lens-statistics").first().waitFor();
      await runs.message.getByText("flujo_ops.db · 300 runs · partial").waitFor();
      await runs.row(/flujo_ops\.db is damaged/).waitFor();
      await code.statusBarItem("Flujo: partial").waitFor();
      await code.screenshot("damaged");
      for (const theme of ["light", "highContrast", "highContrastLight", "dark"] as const) {
        await code.setTheme(theme);
        await code.screenshot(`damaged-${theme}`);
      }
      assert.deepEqual(fingerprints(folder), before);
    });

    it("opens by the shape of its rows when its start is lost", async () => {
      const start = emptyFolder();
      const lost = path.join(start, "flujo_ops.db");
      copyFileSync(fixture("v0.4.32"), lost);
      const handle = openSync(lost, "r+");
      writeSync(handle, Buffer.alloc(4096), 0, 4096, 0);
      closeSync(handle);
      const untouched = fingerprints(start);
      await openFolder(start);
      await runs.message.getByText("flujo_ops.db · 300 runs · partial").waitFor();
      await runs.row(/flujo_ops\.db is damaged/).waitFor();
      await runs.row(/support_triage/).waitFor();
      await code.screenshot("damaged-start");
      assert.deepEqual(fingerprints(start), untouched);
      await openFolder(folder);
      await code.command("Flujo Lens: Show Statistics");
      await code.panel().locator(".banner.damage").waitFor();
    });

    it("is salvaged from the banner, with a report of what is lost", async () => {
      await code.panel().locator(".banner.damage").getByRole("button", { name: "Salvage…" }).click();
      const target = path.join(emptyFolder(), "saved.db");
      await answerDialog(target);
      const toast = code.toast(
        /Salvaged 300 runs, 2,\d{3} spans to saved\.db\. Some rows of spans \(2 pages\)/,
      );
      await toast.waitFor();
      await code.screenshot("salvaged");
      await toast.getByRole("button", { name: "Show Report" }).click();
      await code.editorTab(/Report of saved\.db/).waitFor();
      await code.page
        .locator(".view-lines")
        .getByText(/could.not.be.read/)
        .first()
        .waitFor();
      await code.screenshot("salvage-report");
      await runs.row(/saved\.db/).waitFor();
      assert.deepEqual(readdirSync(path.dirname(target)), ["saved.db"]);
      const { spans, shown } = await countSpans(target);
      assert.ok(spans > 2800 && spans < 2935, String(spans));
      assert.equal(shown, spans);
      assert.deepEqual(fingerprints(folder), before);
    });

    it("offers to salvage it in the context menu, and is whole again when the file is", async () => {
      await runs
        .row(/flujo_ops\.db/)
        .first()
        .click({ button: "right" });
      await code.page.locator(".monaco-menu").getByText("Salvage…").waitFor();
      await code.page.keyboard.press("Escape");
      copyFileSync(fixture("v0.6.11"), file);
      await code.command("Flujo Lens: Refresh");
      await code.statusBarItem("Flujo: live").waitFor();
      await runs.row(/flujo_ops\.db300 runs$/).waitFor();
    });
  });

  it("of an old layout are migrated after a look at what would happen", async () => {
    const folder = emptyFolder();
    copyFileSync(fixture("v1.0"), path.join(folder, "flujo_ops.db"));
    const before = fingerprints(folder);
    await openFolder(folder);
    await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
    await code.command("Flujo Lens: Migrate Database…");
    await code.quickPick.choose("flujo_ops.db");
    const dialog = code.page.locator(".monaco-dialog-box");
    await dialog.getByText("300 runs, 2,935 spans would be written to a new database.").waitFor();
    await code.screenshot("migrate-review");
    await dialog.getByRole("button", { name: "Show Report" }).click();
    await code.editorTab(/Migration of flujo_ops\.db/).waitFor();
    const question = code.toast("This is what the migration would do.");
    await question.waitFor();
    await code.screenshot("migrate-report");
    await question.getByRole("button", { name: "Migrate…" }).click();
    const target = path.join(emptyFolder(), "new.db");
    await answerDialog(target);
    await code.toast("Migrated 300 runs, 2,935 spans to new.db.").waitFor();
    await runs.row(/new\.db300 runs/).waitFor();
    assert.equal((await countSpans(target)).spans, 2935);
    assert.deepEqual(readdirSync(path.dirname(target)), ["new.db"]);
    assert.deepEqual(fingerprints(folder), before);
  });

  it("with traces are imported from the explorer into a new database", async () => {
    const folder = emptyFolder();
    writeTraceFiles(folder);
    await code.openFolder(folder);
    await fromExplorer("otlp.json", "Import Traces…");
    const target = path.join(folder, "imported.db");
    await answerDialog(target);
    await code.toast("Imported 1 run, 2 spans to imported.db.").waitFor();
    await runs.message.getByText("imported.db · 1 run").waitFor();
    assert.ok(existsSync(target));
  });

  it("with traces open at once from the explorer: OTLP, Jaeger, and flujo's own", async () => {
    const folder = emptyFolder();
    writeTraceFiles(folder);
    const before = fingerprints(folder);
    await code.openFolder(folder);
    for (const name of ["otlp.json", "jaeger.json", "flujo_debug.json"]) {
      await fromExplorer(name, "Open in Flujo Lens");
      await runs
        .row(new RegExp(`^${name.replace(".", "\\.")}`))
        .or(runs.message.getByText(`${name} · 1 run`))
        .first()
        .waitFor();
    }
    await runs.waitForRoots(3);
    await runs.row(/shop/).waitFor();
    await runs.row(/frontend/).waitFor();
    await runs.row(/tidy_up/).waitFor();
    await code.screenshot("trace-files");
    await runs.expand(/frontend/);
    assert.deepEqual(fingerprints(folder), before, "nothing is written beside them");
  });

  it("with traces open when they are dropped on the view", async () => {
    const folder = emptyFolder();
    writeTraceFiles(folder);
    copyFileSync(fixture("v0.4.32"), path.join(folder, "flujo_ops.db"));
    await code.openFolder(folder);
    await code.openFile("jaeger.json");
    await code.openView("Flujo Lens");
    const tab = code.editorTab(/jaeger\.json/);
    await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
    await tab.dragTo(runs.pane.locator(".pane-body"));
    await runs.row("flujo_ops.db").waitFor();
    await runs.collapse("flujo_ops.db");
    await runs.row(/jaeger\.json1 run/).waitFor();
    await runs.row(/frontend/).waitFor();
  });
});

/** Overwrites two leaves of the table of spans. */
async function damageSpans(file: string): Promise<void> {
  const database = await stockDatabase(file);
  const [found] = rowsOf(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'spans'");
  database.close();
  const root = (Number(found!.rootpage) - 1) * PAGE;
  const bytes = readFileSync(file);
  const handle = openSync(file, "r+");
  for (const cell of [3, 9]) {
    const page = bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12 + 2 * cell));
    writeSync(handle, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  }
}

async function countSpans(file: string): Promise<{ spans: number; shown: number }> {
  const database = await stockDatabase(file);
  const [counts] = rowsOf(
    database,
    "SELECT count(*) AS spans, (SELECT count(*) FROM spans JOIN runs USING (run_id)) AS shown FROM spans",
  );
  database.close();
  return { spans: Number(counts!.spans), shown: Number(counts!.shown) };
}

/** One trace in each form. */
function writeTraceFiles(folder: string): void {
  const write = (name: string, value: unknown) =>
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  const nanos = (seconds: number) => `${start + seconds}000000000`;
  const traceId = "0123456789abcdef0123456789abcdef";
  write("otlp.json", {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId,
                spanId: "1111111111111111",
                name: "order",
                startTimeUnixNano: nanos(0),
                endTimeUnixNano: nanos(3),
              },
              {
                traceId,
                spanId: "2222222222222222",
                parentSpanId: "1111111111111111",
                name: "pay",
                startTimeUnixNano: nanos(1),
                endTimeUnixNano: nanos(2),
                status: { code: 2, message: "declined" },
              },
            ],
          },
        ],
      },
    ],
  });
  write("jaeger.json", {
    data: [
      {
        traceID: traceId,
        spans: [
          {
            traceID: traceId,
            spanID: "a1",
            operationName: "GET /",
            processID: "p1",
            startTime: start * 1e6,
            duration: 2e6,
            tags: [],
            logs: [],
            references: [],
          },
          {
            traceID: traceId,
            spanID: "a2",
            operationName: "render",
            processID: "p1",
            startTime: start * 1e6,
            duration: 1e6,
            tags: [],
            logs: [],
            references: [{ refType: "CHILD_OF", traceID: traceId, spanID: "a1" }],
          },
        ],
        processes: { p1: { serviceName: "frontend", tags: [] } },
      },
    ],
  });
  write("flujo_debug.json", {
    trace_tree: {
      span_id: "root",
      name: "tidy_up",
      start_time: start,
      end_time: start + 4,
      status: "completed",
      attributes: { "flujo.run_id": "run_99999999", "flujo.pipeline.name": "tidy_up" },
      events: [],
      children: [
        {
          span_id: "child",
          name: "sweep",
          start_time: start,
          end_time: start + 1,
          status: "completed",
          attributes: {},
          children: [],
        },
      ],
    },
  });
}
