import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { makeSampleWorkspace } from "../tools/sample-workspace.mjs";
import { Workbench } from "./support/workbench.ts";

describe("the installed package", () => {
  let folder: string;
  let code: Workbench;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "flujo lens wörkspace "));
    code = await Workbench.open({ folder: await makeSampleWorkspace(folder) });
  });

  after(async () => {
    await code?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("stands in the activity bar and lists the runs of the sample workspace", async () => {
    await code.openView("Flujo Lens");
    const runs = code.tree("Runs");
    await runs.row(/support_triage/).waitFor();
    await code.screenshot("smoke");
    const pipelines = (await runs.rows()).map(({ label }) => /[a-z]+_[a-z]+/.exec(label)?.[0]);
    assert.ok(pipelines.includes("code_review"), "the newest run is on the screen");
  });
});
