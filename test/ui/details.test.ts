// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { formatDuration } from "../../src/format/numbers.ts";
import { percentileBySort } from "../unit/support/figures.ts";
import { DatabaseWriter } from "./support/database-writer.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { type Theme, Workbench } from "./support/workbench.ts";

const LONG = 3_000_000;

describe("the details of a span", () => {
  let sample: Sample;
  let code: Workbench;
  let page: TracePage;
  /** The newest failed step, in the run with it. */
  let failed: {
    run_id: string;
    span_id: string;
    name: string;
    pipeline_name: string;
    type: string;
    start: string;
    duration: number;
  };
  /** A completed step of the same run's pipeline that talked to a model, and carries a value of megabytes. */
  let talk: { run_id: string; id: number; name: string };

  before(async () => {
    sample = await makeSample();
    const failures = sample.rows(`
      SELECT s.run_id, s.span_id, s.name, r.pipeline_name, json_extract(s.attributes, '$.error_type') AS type,
        r.created_at AS start, s.end_time - s.start_time AS duration
      FROM spans s JOIN runs r USING (run_id) WHERE s.status = 'failed' AND s.parent_span_id IS NOT NULL
      ORDER BY r.created_at DESC LIMIT 1`);
    failed = failures[0] as unknown as typeof failed;
    const talks = sample.rows(`
      SELECT s.run_id, s.id, s.name FROM spans s JOIN runs r USING (run_id)
      WHERE s.status = 'completed' AND s.attributes LIKE '%"Step"%' AND s.run_id IN
        (SELECT run_id FROM spans WHERE name LIKE '%_item')
      ORDER BY r.created_at DESC, s.id DESC LIMIT 1`);
    talk = talks[0] as unknown as typeof talk;
    const attributes = {
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.usage.input_tokens": 61,
      "gen_ai.usage.output_tokens": 23,
      "gen_ai.input.messages": JSON.stringify([
        { role: "system", parts: [{ type: "text", content: "You route tickets." }] },
        { role: "user", parts: [{ type: "text", content: "<b>Where</b> is **my** [order](command:quit)?" }] },
      ]),
      "gen_ai.output.messages": JSON.stringify([
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "call_1", name: "find_order", arguments: '{"customer":4711}' }],
        },
      ]),
      step_input: `start ${"0123456789".repeat(LONG / 10)}`,
    };
    const writer = await DatabaseWriter.start(sample.file);
    await writer.run(
      `UPDATE spans SET attributes = '${JSON.stringify(attributes).replaceAll("'", "''")}' WHERE id = ${talk.id}`,
    );
    await writer.close();
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    page = new TracePage(code);
    await code.activityBarItem("Flujo Lens").waitFor();
    await open(failed.run_id);
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  async function open(runId: string): Promise<void> {
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.chooseOnly(shortId(runId));
    await page.header.getByText(shortId(runId)).waitFor();
  }

  const same = () => `FROM spans s JOIN runs r USING (run_id)
    WHERE s.name = '${failed.name}' AND r.pipeline_name = '${failed.pipeline_name}'`;

  it("begin with the error and whether it happened before, as SQL counts it", async () => {
    const older =
      sample.rows(`SELECT r.run_id ${same()} AND s.status = 'failed' AND r.created_at < '${failed.start}'
      AND json_extract(s.attributes, '$.error_type') = '${failed.type}' ORDER BY r.created_at DESC`);
    const runs = sample.rows(
      `SELECT count(*) AS runs FROM runs WHERE pipeline_name = '${failed.pipeline_name}'`,
    )[0]?.runs;
    const line = page.details.locator(".before");
    await line.getByText("Last completed").waitFor();
    const text = await line.innerText();
    const times = older.length === 1 ? "once" : `${older.length} times`;
    if (older.length === 0)
      assert.match(text, new RegExp(`^First time: no older run among the newest ${runs} has this error`));
    else {
      assert.ok(text.startsWith(`Happened before: ${times} in the newest ${runs} runs,`), text);
      assert.ok(text.includes(`in ${shortId(older[0]?.run_id)}`), text);
    }
    const good =
      sample.rows(`SELECT r.run_id ${same()} AND s.status = 'completed' AND r.created_at < '${failed.start}'
      ORDER BY r.created_at DESC LIMIT 1`);
    assert.ok(text.includes(`in ${shortId(good[0]?.run_id)}`), text);
  });

  it("place the duration among those of the step, in a drawing and in words, as SQL has them", async () => {
    const durations = sample
      .rows(`SELECT s.end_time - s.start_time AS d ${same()} AND s.status = 'completed'`)
      .map(({ d }) => Number(d));
    const slower = durations.filter((duration) => duration < failed.duration).length;
    const drawing = page.details.getByRole("img");
    const said = (await drawing.getAttribute("aria-label")) ?? "";
    const p50 = formatDuration(percentileBySort(durations, 0.5));
    const p95 = formatDuration(percentileBySort(durations, 0.95));
    assert.ok(
      said.startsWith(
        `this one ${formatDuration(failed.duration)}. slower than ${slower} of ${durations.length} other`,
      ),
      said,
    );
    assert.ok(said.includes(`took at most ${p50}, 95 % at most ${p95}`), said);
    const caption = await page.details.locator("figcaption").innerText();
    for (const fact of [`p50 ${p50}`, `p95 ${p95}`, `this one ${formatDuration(failed.duration)}`])
      assert.ok(caption.includes(fact), caption);
    await code.screenshot("details-failure");
  });

  it("list the step in other runs, failures first, and lead there and to the same span", async () => {
    const first = page.details.locator(".occurrence").first();
    await first.scrollIntoViewIfNeeded();
    const text = await first.innerText();
    assert.match(text, /failed/);
    const id = /[0-9a-f]{8}/.exec(text)?.[0] ?? "";
    await first.click();
    await page.header.getByText(id).waitFor();
    await page.details.getByRole("heading", { name: failed.name }).waitFor();
    await page.details.locator(".error-type").waitFor();
  });

  it("find attributes by name and value, and copy path and value", async () => {
    await page.details.getByRole("searchbox", { name: "Search Attributes" }).fill("policy");
    await page.details.getByText(/^1 match$/).waitFor();
    const row = page.details.getByRole("treeitem", { name: /flujo\.step\.policy/ });
    await row.click();
    await row.getByRole("button", { name: "Copy path" }).click();
    await code.panel().getByText("Copied").waitFor();
    assert.equal(await code.clipboard(), '["flujo.step.policy"]');
    await page.details.getByRole("searchbox").fill("");
  });

  it("show prompts, responses and tool calls as messages, and their texts as texts", async () => {
    await open(talk.run_id);
    await page.row(talk.name).locator(".label").click();
    await page.details.getByText("61 in · 23 out · 84 in all").waitFor();
    const prompt = page.details.getByRole("list", { name: "Prompt (2 messages)" });
    await prompt.scrollIntoViewIfNeeded();
    assert.deepEqual(await prompt.locator(".message-role b").allInnerTexts(), ["System", "User"]);
    await prompt.getByText("<b>Where</b> is **my** [order](command:quit)?").waitFor();
    const response = page.details.getByRole("list", { name: "Response" });
    assert.match(await response.innerText(), /Assistant\s+calls find_order call_1/);
    assert.match(await response.locator("pre").innerText(), /\{\s+"customer": 4711\s+\}/);
  });

  it("fold a value of megabytes, and open it whole in an editor tab", async () => {
    const input = page.details.getByRole("group", { name: "Input", exact: true });
    await input.scrollIntoViewIfNeeded();
    assert.ok((await input.innerText()).length < 3_000);
    await page.details.getByText("3,000,006 characters, too long to show here.").waitFor();
    await code.screenshot("details-megabytes");
    const inside = code.panel().getByRole("group", { name: "Input", exact: true });
    const section = page.details.locator(".section", { has: inside });
    await section.getByRole("button", { name: "Open in Editor" }).click();
    await code.editorTab(/^Input/).waitFor();
    await code.page
      .locator(".editor-instance .view-line")
      .filter({ hasText: "start 0123456789" })
      .first()
      .waitFor();
    await code.command("View: Close Editor");
    await page.waterfall.waitFor();
  });

  it("lead to the next and the previous span of the same name", async () => {
    const items =
      sample.rows(`SELECT name, count(*) AS n FROM spans WHERE run_id = '${talk.run_id}' AND name LIKE '%_item'
      GROUP BY parent_span_id, name HAVING n > 1 LIMIT 1`);
    const name = String(items[0]?.name);
    await page.row(name).locator(".label").click();
    await page.details.getByText(`1 of ${items[0]?.n}`).waitFor();
    await page.details.getByRole("button", { name: "Next of the same name" }).click();
    await page.details.getByText(`2 of ${items[0]?.n}`).waitFor();
    await page.details.getByRole("button", { name: "Previous of the same name" }).click();
    await page.details.getByText(`1 of ${items[0]?.n}`).waitFor();
  });

  it("come back to the failure when its run is opened again", async () => {
    await open(failed.run_id);
    await page.details.getByRole("heading", { name: failed.name }).waitFor();
  });

  for (const theme of [
    "light",
    "highContrast",
    "highContrastLight",
    "dark",
  ] as const satisfies readonly Theme[]) {
    it(`can be read in every theme: ${theme}`, async () => {
      await code.setTheme(theme);
      await page.details.getByRole("img").waitFor();
      await code.screenshot(`details-${theme}`);
    });
  }

  it("fit into a narrow panel", async () => {
    await code.page.setViewportSize({ width: 700, height: 900 });
    await page.details.getByRole("img").waitFor();
    const [wide, shown] = await page.details.evaluate((element) => [
      element.scrollWidth,
      element.clientWidth,
    ]);
    assert.ok(Number(wide) <= Number(shown), `${wide} pixels in ${shown}`);
    await code.screenshot("details-narrow");
  });
});
