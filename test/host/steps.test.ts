import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { SpanNode } from "../../src/views/nodes.ts";
import { databasesIn, hoverOn, lensesOf, until } from "./beside-source.ts";
import { activated, allSpans, isRun, unpack, withDatabase } from "./support.ts";

describe("beside the source", () => {
  const root = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const sample = (name: string) => vscode.Uri.file(path.join(root(), "pipelines", name));
  let scratch: string;

  before(async () => {
    await activated();
    scratch = path.join(root(), "scratch ä");
    mkdirSync(scratch, { recursive: true });
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(scratch, { recursive: true, force: true });
    const configuration = vscode.workspace.getConfiguration("flujoLens");
    for (const name of ["codeLens", "problems", "hover"])
      await configuration.update(name, undefined, vscode.ConfigurationTarget.Workspace);
  });

  const lenses = async (uri: vscode.Uri) => (await lensesOf(uri)).map(({ title }) => title);

  const set = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration("flujoLens").update(name, value, vscode.ConfigurationTarget.Workspace);

  it("tells above each step and pipeline how its last run went", async () => {
    const uri = sample("support_triage.py");
    await vscode.window.showTextDocument(uri);
    const titles = await lenses(uri);
    // Four steps have spans in the sample, and the pipeline has runs.
    assert.equal(titles.length, 5, titles.join("\n"));
    for (const title of titles)
      assert.match(title, /^. \w+ .* · p95 [\d.]+ m?s · [\d.]+ % failed( · \$[\d.]+)?$/);
    await set("codeLens", "failures");
    for (const title of await lenses(uri)) assert.match(title, /^✗ failed /);
    await set("codeLens", "off");
    assert.deepEqual(await lenses(uri), []);
    await set("codeLens", undefined);
  });

  it("tells the same above the steps of a blueprint", async () => {
    const uri = sample("code_review.yaml");
    await vscode.window.showTextDocument(uri);
    assert.ok((await lenses(uri)).length >= 3);
  });

  it("tells on hover the last run, the figures, and where to go on", async () => {
    const uri = sample("support_triage.py");
    const read = () => hoverOn(uri, '"classify_ticket"');
    const text = await read();
    assert.match(text, /p50/);
    assert.match(text, /\[All Spans\]\(command:flujoLens\.findStepSpans\?/);
    await set("hover", false);
    assert.doesNotMatch(await read(), /p50/);
    await set("hover", undefined);
  });

  it("tells of every database of the file's folder, the one with the newest run first", async () => {
    const uri = sample("support_triage.py");
    const { databases } = await activated();
    const told = async () => databasesIn(await hoverOn(uri, '"classify_ticket"'));
    const own = await told();
    assert.equal(own.length, 1);

    const far = unpack("flujo-v0.4.32");
    await withDatabase(far, async () => assert.deepEqual(await told(), own));

    const near = unpack("flujo-v0.4.32", scratch);
    await withDatabase(near, async () => {
      const starts = new Map<string, number>();
      for (const file of [...own, near]) {
        const store = await (await databases.find(file))!.store();
        const { steps } = await store.getStepSummaries({
          steps: [{ name: "classify_ticket" }],
          runs: 200,
        });
        starts.set(file, steps[0]!.last.run.start_time!);
      }
      const newestFirst = [...starts].sort(([, a], [, b]) => b - a).map(([file]) => file);
      assert.equal(newestFirst.length, 2);
      await until("both databases are told of", async () => (await told()).length === 2);
      assert.deepEqual(await told(), newestFirst);
    });
    rmSync(near);
  });

  it("tells a step whose name several pipelines have of its own pipeline, and says when that is not known", async () => {
    const { databases } = await activated();
    const [database] = await databases.available();
    const store = await database!.store();
    const count = async (pipelines?: string[]) => {
      const { steps } = await store.getStepSummaries({
        steps: [{ name: "pipeline_run", pipelines }],
        runs: 200,
      });
      return `${steps[0]!.spans} spans in ${steps[0]!.runs} runs`;
    };
    const told = async (name: string, last: string) => {
      const file = path.join(scratch, name);
      writeFileSync(file, `from flujo import Flujo, Step\na = Step(name="pipeline_run")\n${last}\n`);
      const text = await hoverOn(vscode.Uri.file(file), '"pipeline_run"');
      rmSync(file);
      return text.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)));
    };
    const own = await told("own.py", 'Flujo(a, pipeline_name="support_triage")');
    assert.ok(own.includes(await count(["support_triage"])), own);
    assert.match(own, /of the newest 200 of support_triage/);
    assert.doesNotMatch(own, /taken together/);
    for (const all of [
      await told("unknown.py", ""),
      await told("never.py", 'Flujo(a, pipeline_name="never_ran")'),
    ]) {
      assert.ok(all.includes(await count()), all);
      assert.match(
        all,
        /3 pipelines taken together \(code_review, invoice_extraction, support_triage\), because/,
      );
    }
  });

  it("tells two steps of one name apart by their pipelines, above them and among the problems", async () => {
    const database = unpack("flujo-v0.6.11", scratch);
    const { DatabaseSync } = await import("node:sqlite");
    const writer = new DatabaseSync(database);
    const at = new Date().toISOString().replace("Z", "+00:00");
    const start = Date.now() / 1000 - 1;
    writer.exec(`INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
      VALUES ('run_bad', 'p', 'code_review', '1', 'failed', '${at}', '${at}')`);
    writer.exec(`INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at)
      VALUES ('run_bad', 'bad-1', NULL, 'pipeline_run', ${start}, ${start + 0.5}, 'failed', '{}', '${at}')`);
    writer.close();
    const file = path.join(scratch, "two.py");
    const uri = vscode.Uri.file(file);
    writeFileSync(
      file,
      `from flujo import Flujo, Step
a = Step(name="pipeline_run")
b = Step(name="pipeline_run")
Flujo(a, pipeline_name="support_triage")
Flujo(b, pipeline_name="code_review")
`,
    );
    await vscode.window.showTextDocument(uri);
    await withDatabase(database, async () => {
      const marks = async () => (await lenses(uri)).map((title) => title.slice(0, 8)).join();
      await until("the failure is told of", async () => (await marks()).includes("✗"));
      // Steps, then pipelines.
      assert.equal(await marks(), "✓ comple,✗ failed,✓ comple,✗ failed");
      const lines = () =>
        vscode.languages
          .getDiagnostics(uri)
          .map(({ range }) => range.start.line)
          .join();
      await until("there is a problem", () => lines() !== "");
      assert.equal(lines(), "2");
    });
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(file);
    rmSync(database);
  });

  it("finds steps in files that are made, changed and deleted", async () => {
    const { steps } = await activated();
    await steps.start();
    const file = path.join(scratch, "more.py");
    const place = async () => (await steps.find("brand_new")).map(({ definition }) => definition.line).join();
    writeFileSync(file, 'from flujo import Step\nStep(name="brand_new")\n');
    await until("a new file is found", async () => (await place()) === "2");
    writeFileSync(file, 'from flujo import Step\n\nStep(name="brand_new")\n');
    await until("a change is seen", async () => (await place()) === "3");
    rmSync(file);
    await until("a deleted file is forgotten", async () => (await place()) === "");
  });

  async function spanOf(pipeline: string, name: string): Promise<SpanNode> {
    const { runs } = await activated();
    const rows = await runs.getChildren();
    const first = rows.find((row) => row.kind === "database");
    for (const run of first === undefined ? rows : await runs.getChildren(first)) {
      if (!isRun(run) || run.run.pipeline_name !== pipeline) continue;
      const span = (await allSpans(run)).find((row) => row.span.name === name);
      if (span !== undefined) return span;
    }
    assert.fail(`No run of ${pipeline} has a span named ${name}.`);
  }

  /** Goes to the step of a span; `press` is a command that is given to any choice until an answer is there. */
  async function goTo(span: SpanNode, press?: string): Promise<vscode.TextEditor | undefined> {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    let over = false;
    const going = vscode.commands.executeCommand("flujoLens.goToStep", span);
    const ended = () => {
      over = true;
    };
    void going.then(ended, ended);
    if (press !== undefined)
      await until("the choice is answered", async () => {
        if (!over) await vscode.commands.executeCommand(press);
        return over;
      });
    await going;
    return vscode.window.activeTextEditor;
  }

  it("reads a file again when typing rests", async () => {
    const { steps } = await activated();
    const file = path.join(scratch, "typed.py");
    writeFileSync(file, 'from flujo import Step\nStep(name="")\n');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    const names = async () => (await steps.in(editor.document)).map(({ name }) => name).join();
    assert.equal(await names(), "");
    editor.selection = new vscode.Selection(1, 11, 1, 11);
    const asked: Promise<string>[] = [];
    for (const letter of "typed") {
      await vscode.commands.executeCommand("type", { text: letter });
      asked.push(names());
    }
    const answers = await Promise.all(asked);
    assert.equal(answers.at(-1), "typed");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    rmSync(file);
  });

  it("goes to the step that a name stands for", async () => {
    const editor = await goTo(await spanOf("support_triage", "classify_ticket"));
    assert.equal(editor?.document.fileName, sample("support_triage.py").fsPath);
    assert.equal(editor?.document.getText(editor.selection), '"classify_ticket"');
  });

  it("offers a choice only when the pipeline's name does not decide between steps", async () => {
    const { steps } = await activated();
    const span = await spanOf("support_triage", "classify_ticket");
    const file = path.join(scratch, "twin.py");
    const step = 'from flujo import Flujo, Step\nstep = Step(name="classify_ticket")\n';
    writeFileSync(file, step);
    await until("the twin is found", async () => (await steps.find("classify_ticket")).length === 2);
    assert.equal((await goTo(span))?.document.fileName, sample("support_triage.py").fsPath);

    writeFileSync(file, `${step}runner = Flujo(step, pipeline_name="support_triage")\n`);
    await until("both fit the pipeline", async () => {
      const places = await steps.find("classify_ticket");
      return places.length === 2 && steps.likely(places, "support_triage").length === 2;
    });
    assert.equal(await goTo(span, "workbench.action.closeQuickOpen"), undefined);
    const editor = await goTo(span, "workbench.action.acceptSelectedQuickOpenItem");
    assert.equal(editor?.document.getText(editor.selection), '"classify_ticket"');
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(file);
    await until("the twin is forgotten", async () => (await steps.find("classify_ticket")).length === 1);
  });

  it("knows no place for a name that is built when the pipeline runs", async () => {
    const { steps } = await activated();
    const file = path.join(scratch, "built.py");
    writeFileSync(
      file,
      'from flujo import Step\nn = 1\nStep(name=f"built_{n}")\nStep(name="built_" + str(n))\nStep(name="written")\n',
    );
    await until("the file is read", async () => (await steps.find("written")).length === 1);
    assert.deepEqual(await steps.find("built_1"), []);
    assert.deepEqual(
      steps.files.find(([one]) => one === vscode.Uri.file(file).toString())?.[1].map(({ name }) => name),
      ["written"],
    );
    rmSync(file);
  });
});
