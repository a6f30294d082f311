import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { RunsNode } from "../../src/views/nodes.ts";
import { noFilter } from "../../src/views/run-filter.ts";
import {
  activated,
  allRuns,
  allSpans,
  extension,
  freshFolder,
  isRun,
  isSpan,
  tally,
  treeShows,
  unpack,
  unpackLive,
  withDatabase,
} from "./support.ts";

async function labelsBelow(node: RunsNode | undefined): Promise<string[]> {
  const { runs } = await activated();
  return (await runs.getChildren(node)).map((row) => String(runs.getTreeItem(row).label));
}

describe("the Runs view", () => {
  for (const name of ["flujo-v1.0", "flujo-v0.4.32", "flujo-v0.6.11"] as const) {
    it(`shows every run and span of ${name}`, async () => {
      await withDatabase(unpack(name), async (root) => {
        const all = await allRuns(root);
        assert.equal(all.length, 300);
        assert.equal(new Set(all.map((row) => row.id)).size, 300);
        assert.deepEqual(tally(all.map((row) => row.run.state)), {
          completed: 233,
          failed: 59,
          paused: 7,
          running: 1,
        });
        const spans = [];
        for (const run of all.filter((row) => row.run.state !== "running"))
          spans.push(...(await allSpans(run)));
        assert.deepEqual(tally(spans.map((row) => row.span.state)), {
          completed: 2810,
          failed: 118,
          paused: 7,
        });
        assert.equal(new Set(spans.map((row) => row.id)).size, 2935);
      });
    }).timeout(60_000);
  }

  it("shows the runs that are only in the write-ahead log", async () => {
    await withDatabase(unpackLive(), async (root) => {
      assert.equal((await allRuns(root)).length, 12);
    });
  });

  it("shows runs newest first, a page at a time, and says how many are left", async () => {
    const { runs } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const rows = await runs.getChildren(root);
      assert.equal(rows.filter(isRun).length, 100);
      const starts = rows.filter(isRun).map((row) => row.run.start_time!);
      assert.deepEqual(
        starts,
        [...starts].sort((a, b) => b - a),
      );
      assert.equal(runs.getTreeItem(rows[100]!).label, "Load 100 more (200 left)");
      await vscode.commands.executeCommand("flujoLens.loadMore", rows[100]);
      const more = await runs.getChildren(root);
      assert.equal(more.filter(isRun).length, 200);
      assert.equal(runs.getTreeItem(more[200]!).label, "Load 100 more (100 left)");
      assert.equal(runs.getTreeItem(root).description, "300 runs");
    });
  });

  it("describes a failed run and its spans at a glance", async () => {
    const { runs } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const failed = (await allRuns(root)).find((row) => row.run.state === "failed")!;
      const item = runs.getTreeItem(failed);
      assert.equal(item.label, failed.run.pipeline_name);
      assert.match(String(item.description), /^\d+ failed · .+ · .+ s · \$.+ · [0-9a-f]{8}$/);
      assert.equal((item.iconPath as vscode.ThemeIcon).id, "error");
      assert.match(item.accessibilityInformation!.label, /^Run .+, failed, /);
      const [pipeline, ...others] = await runs.getChildren(failed);
      assert.equal(others.length, 0);
      assert.equal(runs.getTreeItem(pipeline!).label, "pipeline_run");
      const steps = (await runs.getChildren(pipeline)).filter(isSpan);
      const starts = steps.map((row) => row.span.start_time!);
      assert.deepEqual(
        starts,
        [...starts].sort((a, b) => a - b),
      );
      assert.ok(
        steps.some((row) => /tool_error|error|timeout/i.test(String(runs.getTreeItem(row).description))),
      );
    });
  });

  it("marks what is made from steps, because the trace is not written yet", async () => {
    const { runs } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const running = (await allRuns(root)).find((row) => row.run.state === "running")!;
      assert.match(String(runs.getTreeItem(running).description), /no trace yet · [0-9a-f]{8}$/);
      const spans = await allSpans(running);
      assert.ok(spans.length >= 4);
      for (const row of spans) assert.match(String(runs.getTreeItem(row).description), /provisional$/);
    });
  });

  it("filters by status, pipeline and text, and remembers it", async () => {
    const { settings } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const all = await allRuns(root);
      try {
        await settings.setFilter({ ...noFilter, states: ["failed", "paused"] });
        assert.deepEqual(tally((await allRuns(root)).map((row) => row.run.state)), { failed: 59, paused: 7 });
        await settings.setFilter({ ...noFilter, states: ["failed"], pipeline: "code_review" });
        const both = all.filter(
          (row) => row.run.state === "failed" && row.run.pipeline_name === "code_review",
        );
        assert.deepEqual(
          (await allRuns(root)).map((row) => row.run.run_id),
          both.map((row) => row.run.run_id),
        );
        const { run_id } = all[123]!.run;
        await settings.setFilter({ ...noFilter, text: run_id.slice(6, 20).toUpperCase() });
        assert.deepEqual(
          (await allRuns(root)).map((row) => row.run.run_id),
          [run_id],
        );
        await settings.setFilter({
          ...noFilter,
          expression: "error_type = timeout and name = classify_ticket",
        });
        assert.equal((await allRuns(root)).length, 3);
        await settings.setFilter({ ...noFilter, text: "in no run" });
        assert.deepEqual(await labelsBelow(root), ["No run matches the filter."]);
        await vscode.commands.executeCommand("flujoLens.clearFilter");
        assert.equal((await allRuns(root)).length, 300);
      } finally {
        await settings.setFilter(noFilter);
      }
    });
  });

  it("groups by pipeline and by day, and loses no run", async () => {
    const { runs, settings } = await activated();
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const all = await allRuns(root);
      try {
        await settings.setGrouping("pipeline");
        const groups = await runs.getChildren(root);
        const counts = tally(all.map((row) => row.run.pipeline_name));
        assert.deepEqual(
          Object.fromEntries(
            groups.map((row) => [row.kind === "group" && row.label, row.kind === "group" && row.count]),
          ),
          counts,
        );
        await settings.setFilter({ ...noFilter, text: "code_rev" });
        assert.deepEqual(await labelsBelow(root), ["code_review"]);
        await settings.setFilter(noFilter);

        await settings.setGrouping("day");
        const days = await runs.getChildren(root);
        const shown: string[] = [];
        for (const day of days)
          shown.push(...(await runs.getChildren(day)).filter(isRun).map((row) => row.run.run_id));
        assert.deepEqual(
          shown,
          all.slice(0, 100).map((row) => row.run.run_id),
        );
      } finally {
        await settings.setFilter(noFilter);
        await settings.setGrouping("none");
      }
    });
  });

  it("says in one sentence what is wrong with a file, and goes on", async () => {
    const { runs } = await activated();
    const folder = freshFolder();
    const bad = {
      "missing.db": undefined,
      "empty.db": "",
      "text.db": "This is not a database.\n".repeat(500),
      "short.db": "SQLite format 3\0",
    };
    for (const [name, content] of Object.entries(bad)) {
      if (content !== undefined) writeFileSync(path.join(folder, name), content);
    }
    copyFileSync(path.join(extension().extensionPath, "media", "icon.png"), path.join(folder, "picture.db"));
    mkdirSync(path.join(folder, "folder.db"));
    for (const name of [...Object.keys(bad), "picture.db", "folder.db"]) {
      await withDatabase(path.join(folder, name), async (root) => {
        const rows = await runs.getChildren(root);
        assert.equal(rows.length, 1, name);
        const [row] = rows;
        assert.ok(row?.kind === "notice" && row.severity === "error", name);
        assert.match(row.text, /^[^\n]{20,400}\.$/, name);
        assert.doesNotMatch(row.text, /unexpected/i, name);
      });
    }
  }).timeout(60_000);

  it("shows a database as soon as it appears, and follows it when it is replaced", async () => {
    const { runs } = await activated();
    await vscode.commands.executeCommand("flujoLens.runs.focus");
    const file = path.join(freshFolder(), "later.db");
    await withDatabase(file, async (root) => {
      const kinds = async () => tally((await runs.getChildren(root)).map((row) => row.kind));
      assert.deepEqual(await kinds(), { notice: 1 });
      copyFileSync(unpack("flujo-v0.6.11"), file);
      await treeShows(async () => (await kinds()).run === 100);
      rmSync(file);
      await treeShows(async () => (await kinds()).notice === 1);
    });
  }).timeout(60_000);

  it("lists databases of the setting instead of searching, and says what an address cannot do", async () => {
    const { databases, runs } = await activated();
    const configuration = vscode.workspace.getConfiguration("flujoLens");
    const file = unpack("flujo-v0.4.32");
    const set = async (value: string[] | undefined) => {
      await configuration.update("databases", value, vscode.ConfigurationTarget.Global);
      databases.refresh();
    };
    try {
      await set([file, "postgresql://ada:s3cret@db.example.org/traces"]);
      const roots = await runs.getChildren();
      assert.deepEqual(
        roots.map((row) => (row.kind === "database" ? row.database.path : row.kind)),
        [file, "notice"],
      );
      const text = String(runs.getTreeItem(roots[1]!).label);
      assert.match(text, /PostgreSQL.*db\.example\.org.*not yet supported/);
      assert.doesNotMatch(text, /ada|s3cret/);

      await set([file]);
      // A single database needs no row of its own.
      assert.equal((await runs.getChildren()).filter(isRun).length, 100);
      assert.equal(runs.describe(), "flujo-v0.4.32.db · 300 runs");
    } finally {
      await set(undefined);
    }
  });
});
