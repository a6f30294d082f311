import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { DatabaseWriter } from "./support/database-writer.ts";
import { FlujoStandIn } from "./support/flujo-stand-in.ts";
import { emptyFolder, fingerprints } from "./support/folders.ts";
import { openMenu, takeFromMenu } from "./support/menus.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { Workbench } from "./support/workbench.ts";

const HOSTILE = "tool_error: <img src=x onerror=alert(1)> [click](command:workbench.action.quit) $(bug)";

describe("beside the source", () => {
  let sample: Sample;
  let code: Workbench;
  let writer: DatabaseWriter;
  let flujo: FlujoStandIn;

  before(async () => {
    sample = await makeSample();
    flujo = new FlujoStandIn(emptyFolder());
    code = await Workbench.open({
      folder: sample.folder,
      settings: { ...flujo.settings, "workbench.colorTheme": "Default Dark Modern" },
    });
    writer = await DatabaseWriter.start(sample.file);
  });
  afterEach(keepPictureOfFailure(() => code));
  after(async () => {
    await writer?.close();
    await code?.close();
  });

  /** A run of support_triage whose first step ends so. */
  async function write(id: string, status: "failed" | "completed"): Promise<void> {
    const now = new Date();
    const at = now.toISOString().replace("Z", "+00:00");
    const start = now.getTime() / 1000 - 1;
    const attributes = JSON.stringify({
      "flujo.attempt_number": 3,
      step_input: '{"ticket": "T-1"}',
      ...(status === "failed" && { feedback: HOSTILE, error_type: "tool_error" }),
    }).replaceAll("'", "''");
    await writer.run(`INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
      VALUES ('${id}', 'p', 'support_triage', '1.7', '${status}', '${at}', '${at}')`);
    await writer.run(`INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at)
      VALUES ('${id}', '${id}-0', NULL, 'pipeline_run', ${start}, ${start + 0.9}, '${status}', '{}', '${at}'),
        ('${id}', '${id}-1', '${id}-0', 'classify_ticket', ${start + 0.1}, ${start + 0.8}, '${status}', '${attributes}', '${at}')`);
  }

  /** Takes an item of the menu of a row in the panel. */
  async function panelMenu(row: Locator, item: string): Promise<void> {
    const entry = code.page.locator(".monaco-menu").getByRole("menuitem", { name: item, exact: true });
    await takeFromMenu(code.page, () => row.click({ button: "right" }), entry);
  }

  const quickFixes = () => code.page.locator(".action-widget");

  /** Opens the quick fixes of a step, with the mouse on one of them. */
  function openQuickFixes(item: string): Promise<void> {
    const line = code.page.locator(".editor-instance .view-line", { hasText: "classify_ticket = Step" });
    const open = async () => {
      await line.click();
      await code.page.keyboard.press("Control+.");
    };
    return openMenu(code.page, open, quickFixes().getByText(item));
  }

  const lens = (text: string | RegExp) => code.codeLenses().filter({ hasText: text }).first();
  const squiggles = () => code.page.locator(".editor-instance .squiggly-warning");
  const settled = (name: string) => code.screenshot(name);

  it("tells above steps and pipelines how they did, in Python and in YAML", async () => {
    await code.openFile("support_triage.py");
    await code.command("View: Toggle Primary Side Bar Visibility");
    await code.page.keyboard.press("Control+G");
    await code.quickPick.type(":56");
    await code.page.keyboard.press("Enter");
    await lens(/✓ completed .* · p95 .* failed · \$/).waitFor();
    assert.ok((await code.codeLenses().count()) >= 4);
    await settled("steps-python");
    await code.openFile("code_review.yaml");
    await lens(/✓ completed .* · p95 /).waitFor();
    await settled("steps-yaml");
  });

  it("shows a failure as it happens: CodeLens, problem and hover, with the trace's text inert", async () => {
    await code.openFile("support_triage.py");
    await lens(/p95/).waitFor();
    assert.equal(await squiggles().count(), 0);
    await write("run_feedbeef01", "failed");
    await lens("✗ failed").waitFor();
    await squiggles().first().waitFor();
    const hover = await code.hoverWord('"classify_ticket"', "tool_error");
    await hover.getByText("click").first().waitFor();
    const text = (await hover.textContent()) ?? "";
    assert.match(text, /attempt 3/);
    assert.match(text, /\[click\]\(command:workbench\.action\.quit\)/);
    assert.match(text, /"ticket"/);
    assert.equal(await hover.locator("img, .codicon-bug").count(), 0);
    assert.deepEqual((await hover.getByRole("link").allInnerTexts()).slice(0, 3), [
      "Open Span",
      "All Spans",
      "Failures",
    ]);
    await settled("steps-hover");
  });

  it("opens the failed span by a click on the hover, and lists the failures before", async () => {
    let hover = await code.hoverWord('"classify_ticket"', "Failures");
    await hover.getByRole("link", { name: "Failures" }).click();
    const list = code.tree("Failures of Step");
    await list
      .row(/just now|s ago/)
      .first()
      .waitFor();
    const [count] = sample.rows(
      "SELECT count(*) AS n FROM spans WHERE name = 'classify_ticket' AND status = 'failed'",
    );
    await list.message.getByText(`${Number(count?.n) + 1} failed of`).waitFor();
    await settled("steps-failures");
    hover = await code.hoverWord('"classify_ticket"', "Open Span");
    await hover.getByRole("link", { name: "Open Span" }).click();
    await code.panel().locator(".span-row.selected", { hasText: "classify_ticket" }).waitFor();
  });

  it("marks the spans of the step at the cursor in an open panel", async () => {
    await code.command("Flujo Lens: Show Trace to the Side");
    await code.panel().locator(".span-row").first().waitFor();
    // Not by a command: the page that has just appeared takes the keyboard from the palette.
    await code.page
      .locator(".part.editor .tabs-container")
      .first()
      .getByRole("tab", { name: "support_triage.py" })
      .click();
    await code.page.locator(".editor-instance .view-line", { hasText: "classify_ticket = Step" }).click();
    const row = code.panel().locator('.span-row[data-name="classify_ticket"]').first();
    await row.waitFor();
    for (let attempt = 0; ; attempt += 1) {
      const shadow = await row.evaluate((element) => getComputedStyle(element).boxShadow);
      if (shadow !== "none") break;
      assert.ok(attempt < 50, "the row is marked");
      await code.page.waitForTimeout(200);
    }
    await settled("steps-highlight");
  });

  it("offers what can be done about a failure, and asks before it replays", async () => {
    await code.command("View: Close All Editors");
    await code.openFile("support_triage.py");
    await squiggles().first().waitFor();
    await code.page.locator(".editor-instance .view-line", { hasText: "classify_ticket = Step" }).click();
    await code.command("Go to Next Problem in Files (Error, Warning, Info)");
    await code.page.keyboard.press("Escape");
    await openMenu(
      code.page,
      () => code.page.keyboard.press("Control+."),
      quickFixes().getByText("Replay Run in Terminal…"),
    );
    await quickFixes().getByText("Copy Error").click();
    await code.statusBarItem("Error copied").waitFor();
    assert.equal(await code.clipboard(), HOSTILE);
    await openQuickFixes("Replay Run in Terminal…");
    await settled("steps-quick-fixes");
    await quickFixes().getByText("Replay Run in Terminal…").click();
    const dialog = code.page.getByRole("dialog");
    await dialog.getByText("flujo lens replay run_feedbeef01").waitFor();
    await settled("steps-replay");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(await code.page.locator(".terminal-wrapper").count(), 0);
    assert.equal(flujo.lastCall, undefined);
  });

  it("replays the run in a terminal, by the very command that it showed", async () => {
    await openQuickFixes("Replay Run in Terminal…");
    await quickFixes().getByText("Replay Run in Terminal…").click();
    const dialog = code.page.getByRole("dialog");
    const command = "flujo lens replay run_feedbeef01";
    await dialog.getByText(command).waitFor();
    await dialog.getByRole("button", { name: "Run in Terminal" }).click();
    await code.page.locator(".terminal-wrapper").first().waitFor();
    for (let attempt = 0; flujo.lastCall === undefined && attempt < 100; attempt += 1)
      await code.page.waitForTimeout(200);
    assert.deepEqual(flujo.lastCall, [sample.folder, ...command.split(" ").slice(1)]);
    await settled("steps-replayed");
    await code.command("Terminal: Kill All Terminals");
    await code.page.locator(".terminal-wrapper").first().waitFor({ state: "detached" });
  });

  it("takes the problem away when the step next succeeds", async () => {
    await write("run_feedbeef02", "completed");
    await squiggles().first().waitFor({ state: "detached" });
    await lens("✓ completed").waitFor();
  });

  it("goes from a span in the sidebar to its step, and from there to all spans", async () => {
    await code.command("View: Close All Editors");
    await code.openView("Flujo Lens");
    await code.setSideBarWidth(460);
    const runs = code.tree("Runs");
    await runs.expand("feedbeef");
    await runs.expand("pipeline_run");
    await runs.contextMenu("classify_ticket", "Go to Step");
    await code.editorTab("support_triage.py").waitFor();
    await code.command("Flujo Lens: Find All Spans of This Step");
    const list = code.tree("Spans of Step");
    const [count] = sample.rows("SELECT count(*) AS n FROM spans WHERE name = 'classify_ticket'");
    await list.message.getByText(`${Number(count?.n) + 2} spans in`).waitFor();
    await list
      .row(/min ago/)
      .first()
      .waitFor();
    await settled("steps-references");
    await list.titleAction("Close List");
    await list.pane.waitFor({ state: "detached" });
  });

  it("goes from a span in the panel to its step, and to all of its spans", async () => {
    await code.command("View: Close All Editors");
    await code.tree("Runs").row("classify_ticket").click();
    const row = code.panel().locator('.span-row.selected[data-name="classify_ticket"]').first();
    await panelMenu(row, "Go to Step");
    await code.editorTab("support_triage.py").waitFor();
    await code.page.locator(".statusbar-item", { hasText: "Ln 51" }).waitFor();
    await code.page.locator(".part.editor .tabs-container").getByRole("tab").first().click();
    await panelMenu(row, "Find All Spans of This Step");
    const list = code.tree("Spans of Step");
    await list.message.getByText(/spans in \d+ runs/).waitFor();
    const [count] = sample.rows("SELECT count(*) AS n FROM spans WHERE name = 'classify_ticket'");
    await list.message.getByText(`${Number(count?.n) + 2} spans in`).waitFor();
    await list.titleAction("Close List");
  });

  it("asks for a step where there is none at the cursor, and lists its spans", async () => {
    await code.command("View: Close All Editors");
    await code.command("Flujo Lens: Find All Spans of This Step");
    await code.quickPick.options("draft_reply").first().waitFor();
    const offered = await code.quickPick.texts();
    assert.ok(
      offered.some(
        ({ label, description }) => label === "review_one" && /code_review\.yaml:42/.test(description),
      ),
    );
    await settled("steps-pick");
    await code.quickPick.choose("draft_reply");
    const [count] = sample.rows("SELECT count(*) AS n FROM spans WHERE name = 'draft_reply'");
    await code
      .tree("Spans of Step")
      .message.getByText(`${Number(count?.n)} spans in`)
      .waitFor();
    await code.command("Flujo Lens: Go to Step");
    await code.quickPick.choose("review_one");
    await code.editorTab("code_review.yaml").waitFor();
    await code.page.locator(".statusbar-item", { hasText: "Ln 42" }).waitFor();
  });

  it("does nothing that is switched off", async () => {
    await code.applySettings({
      "flujoLens.codeLens": "off",
      "flujoLens.problems": "off",
      "flujoLens.hover": false,
      "flujoLens.highlight": false,
    });
    await code.command("View: Close All Editors");
    await code.openFile("support_triage.py");
    await write("run_feedbeef03", "failed");
    await code.page.waitForTimeout(2_500);
    assert.equal(await code.codeLenses().count(), 0);
    assert.equal(await squiggles().count(), 0);
    await code.applySettings({
      "flujoLens.codeLens": undefined,
      "flujoLens.problems": undefined,
      "flujoLens.hover": undefined,
      "flujoLens.highlight": undefined,
    });
    await squiggles().first().waitFor();
  });

  it("compares two runs, and a pair of spans in the diff editor", async () => {
    const runs = code.tree("Runs");
    await runs.contextMenu(/support_triage/, "Compare Runs…");
    const [other] = sample.rows(
      "SELECT run_id FROM runs WHERE pipeline_name = 'support_triage' AND status = 'failed' ORDER BY created_at DESC LIMIT 1",
    );
    await code.quickPick.type(shortId(other?.run_id));
    await code.quickPick
      .options(/support_triage/)
      .first()
      .waitFor();
    await code.page.waitForTimeout(500);
    await code.quickPick.choose(/support_triage/);
    const compare = code.tree("Compare Runs");
    await compare.row("classify_ticket").waitFor();
    await settled("steps-compare");
    await compare.row("classify_ticket").click();
    await code.quickPick.choose("Attributes");
    await code.page
      .locator(".monaco-diff-editor .modified .view-line", { hasText: "tool_error" })
      .first()
      .waitFor();
    await settled("steps-diff");
  });

  it("looks right in light and in high contrast", async () => {
    await code.command("View: Close All Editors");
    await code.openFile("support_triage.py");
    await squiggles().first().waitFor();
    for (const theme of ["light", "highContrast", "highContrastLight"] as const) {
      await code.setTheme(theme);
      await code.hoverWord('"classify_ticket"', "tool_error");
      await settled(`steps-${theme}`);
      await code.command("Problems: Focus on Problems View");
      await code.page
        .locator(".markers-panel")
        .getByText(/classify_ticket failed in run/)
        .first()
        .waitFor();
      await settled(`steps-${theme}-problems`);
      await code.command("View: Hide Panel");
    }
  });

  it("writes nothing into the workspace", () => {
    const files = Object.keys(fingerprints(sample.folder)).filter((file) => !/flujo_ops\.db/.test(file));
    assert.ok(files.length > 0 && files.every((file) => !/lens|tmp/i.test(file)), files.join());
  });
});
