import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import * as vscode from "vscode";

/** What the harness reads; it is rewritten after every test, so that a hanging one can be named. */
interface Result {
  finished: boolean;
  /** Nothing was run, because the workspace of several folders was opened without them. */
  folderless?: boolean;
  tests: { title: string; state: "passed" | "failed" | "skipped"; error?: string }[];
}

/**
 * Runs inside VS Code's extension host every `*.test.ts` of this folder or, where a workspace of several folders is open,
 * of `several-folders`. VS Code calls it, from the desktop as from the
 * server. Rejects when a test failed; the result lies in the file that FLUJO_LENS_TEST_RESULT names.
 */
export async function run(): Promise<void> {
  const result: Result = { finished: false, tests: [] };
  if (vscode.workspace.workspaceFile !== undefined && !(await hasFolders())) {
    save({ ...result, folderless: true });
    return;
  }
  // The base reporter counts and prints nothing: the harness tells the result.
  const mocha = new Mocha({ ui: "bdd", reporter: Mocha.reporters.Base, timeout: 30_000 });
  const note = (test: Mocha.Test, state: Result["tests"][number]["state"], error?: Error) => {
    result.tests.push({ title: test.fullTitle(), state, error: error?.stack ?? error?.message });
    save(result);
  };
  // Defines `describe` and `it`, which Mocha otherwise does for each file that it loads itself.
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  if (vscode.workspace.workspaceFile === undefined)
    for (const name of testNames("")) await import(`./${name}.test.ts`);
  else for (const name of testNames("several-folders")) await import(`./several-folders/${name}.test.ts`);

  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on("pass", (test) => note(test, "passed"))
      .on("pending", (test) => note(test, "skipped"))
      // A hook that fails is reported in place of its test.
      .on("fail", (test, error) => note(test, "failed", error));
  });
  result.finished = true;
  save(result);
  if (failures > 0) throw new Error(`${failures} of the tests inside VS Code failed.`);
}

/** VS Code reads the file of a workspace while it already runs extensions. */
async function hasFolders(): Promise<boolean> {
  for (let count = 0; count < 100 && !vscode.workspace.workspaceFolders?.length; count += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
}

/** The bundle holds all files that match; their names are in the sources beside it. */
function testNames(folder: string): string[] {
  const sources = path.join(__dirname, "..", "..", "test", "host", folder);
  return readdirSync(sources)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.basename(file, ".test.ts"));
}

function save(result: Result): void {
  const file = process.env.FLUJO_LENS_TEST_RESULT;
  if (file !== undefined) writeFileSync(file, JSON.stringify(result));
}
