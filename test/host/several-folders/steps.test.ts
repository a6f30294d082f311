import assert from "node:assert/strict";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { databasesIn, hoverOn, lensesOf, until } from "../beside-source.ts";
import { activated, allRuns, allSpans, unpack, withDatabase } from "../support.ts";

describe("beside the source in a workspace of several folders", () => {
  const folder = (name: string) =>
    vscode.workspace.workspaceFolders!.find((one) => one.name === name)!.uri.fsPath;
  const source = (name: string, file = "support_triage.py") =>
    vscode.Uri.file(path.join(folder(name), "pipelines", file));
  const database = (name: string) => path.join(folder(name), ".flujo", "flujo_ops.db");

  before(async () => {
    await activated();
    // VS Code reads the workspace's file while it already runs extensions.
    await until("the folders are open", () =>
      ["new", "old ä", "bare"].every((name) =>
        vscode.workspace.workspaceFolders?.some((one) => one.name === name),
      ),
    );
    await until("both databases are found", async () => {
      const { databases } = await activated();
      return (await databases.available()).length === 2;
    });
  });
  after(() => vscode.commands.executeCommand("workbench.action.closeAllEditors"));

  /** What stands above the steps and pipelines of a file. */
  const titles = async (uri: vscode.Uri) => (await lensesOf(uri)).map(({ title }) => title);
  const toldOn = async (uri: vscode.Uri) => databasesIn(await hoverOn(uri, '"classify_ticket"'));

  it("looks through no folder before a file with steps is open", async () => {
    const { steps } = await activated();
    const plain = vscode.Uri.file(path.join(folder("bare"), "plain.py"));
    writeFileSync(plain.fsPath, "def step(): ...\nstep()\n");
    await vscode.window.showTextDocument(plain);
    assert.deepEqual(await titles(plain), []);
    assert.deepEqual([steps.searching, steps.files], [false, []]);
    await vscode.window.showTextDocument(source("bare"));
    await until(
      "all folders are looked through",
      async () => (await steps.find("classify_ticket")).length === 3,
    );
    rmSync(plain.fsPath);
  });

  it("tells the steps of each folder of that folder's database", async () => {
    for (const name of ["new", "old ä"]) {
      for (const file of ["support_triage.py", "code_review.yaml"]) {
        await vscode.window.showTextDocument(source(name, file));
        const found = await titles(source(name, file));
        assert.ok(found.length >= 4, found.join("\n"));
        // All that ended days ago stands in one database, all of today in the other.
        for (const title of found) assert.equal(/ \d+ d ago ·/.test(title), name === "old ä", title);
      }
      assert.deepEqual(await toldOn(source(name)), [database(name)]);
      // The lens of the pipeline leads to the run itself.
      const targets = (await lensesOf(source(name))).flatMap(({ command, arguments: given }) =>
        command === "flujoLens.openSpan" ? [(given as [{ database: string }])[0].database] : [],
      );
      assert.deepEqual([...new Set(targets)], [database(name)]);
    }
  });

  it("puts a problem where the folder's own database says that the last run failed", async () => {
    const { databases, steps } = await activated();
    for (const name of ["new", "old ä"]) {
      const uri = source(name);
      await vscode.window.showTextDocument(uri);
      const definitions = (await steps.in(await vscode.workspace.openTextDocument(uri))).filter(
        ({ kind }) => kind !== "pipeline",
      );
      const store = await (await databases.find(database(name)))!.store();
      const { steps: found } = await store.getStepSummaries({ steps: definitions, runs: 200 });
      const failed = found.flatMap((one) => (one?.last.span.state === "failed" ? [one.name] : [])).sort();
      await until(`the problems of ${name} are those of its database`, () => {
        const told = vscode.languages.getDiagnostics(uri).map(({ message }) => message.split(" ")[0]!);
        return told.sort().join() === failed.join();
      });
    }
  });

  it("tells the steps of a folder without a database of all, the newest first", async () => {
    const uri = source("bare");
    await vscode.window.showTextDocument(uri);
    assert.deepEqual(await toldOn(uri), [database("new"), database("old ä")]);
    assert.deepEqual(await titles(uri), await titles(source("new")));
  });

  it("tells of the newest of several databases of a folder above a step, and of each on hover", async () => {
    const uri = source("old ä");
    const before = await titles(uri);
    // Of years ago.
    const older = unpack("flujo-v1.0", folder("old ä"));
    await withDatabase(older, async () => {
      await until("the older one is told of", async () => (await toldOn(uri)).length === 2);
      assert.deepEqual(await toldOn(uri), [database("old ä"), older]);
      assert.deepEqual(await titles(uri), before);
    });
    rmSync(older);
    const newer = path.join(folder("old ä"), "newer.db");
    copyFileSync(database("new"), newer);
    await withDatabase(newer, async () => {
      await until("the newer one is told of", async () => (await toldOn(uri))[0] === newer);
      assert.deepEqual(await titles(uri), await titles(source("new")));
      const command = (await lensesOf(uri)).find((one) => one.command === "flujoLens.openSpan");
      assert.equal((command!.arguments as [{ database: string }])[0].database, newer);
    });
    rmSync(newer);
    await until("what was before is told again", async () => (await titles(uri)).join() === before.join());
  });

  it("goes from a span to the step in the folder of its database, without a choice", async () => {
    const { runs } = await activated();
    for (const name of ["new", "old ä"]) {
      const root = (await runs.getChildren()).find(
        (row) => row.kind === "database" && row.database.path === database(name),
      );
      assert.ok(root?.kind === "database");
      const run = (await allRuns(root)).find((row) => row.run.pipeline_name === "support_triage");
      const span = (await allSpans(run!)).find((row) => row.span.name === "classify_ticket");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await vscode.commands.executeCommand("flujoLens.goToStep", span);
      assert.equal(vscode.window.activeTextEditor?.document.fileName, source(name).fsPath);
    }
  });
});
