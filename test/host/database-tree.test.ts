import assert from "node:assert/strict";
import * as vscode from "vscode";
import { TraceError } from "../../src/engine/errors.ts";
import { Database } from "../../src/sources/databases.ts";
import type { Level, OutlineSpan, StoreInfo } from "../../src/store/model.ts";
import type { TraceStore } from "../../src/store/store.ts";
import { DatabaseTree } from "../../src/views/database-tree.ts";
import type { RunNode, RunsNode } from "../../src/views/nodes.ts";
import { moreSpansItem } from "../../src/views/tree-items.ts";
import { ViewSettings } from "../../src/views/view-settings.ts";
import { fakeStore } from "../unit/support/fake-store.ts";
import { makeRun } from "../unit/support/runs.ts";

const snapshot = { at: 1_760_000_000, stale: false };

const info: StoreInfo = {
  path: "/fake.db",
  layout: "v3.0",
  size: 1,
  walSize: 0,
  access: "lazy",
  runs: 1,
  snapshot,
};

function spanAt(key: number, facts: Partial<OutlineSpan> = {}): OutlineSpan {
  return {
    key,
    span_id: String(key),
    parent: -1,
    depth: 0,
    child_count: 0,
    name: `span ${key}`,
    status: "completed",
    state: "completed",
    start_time: key,
    end_time: key + 1,
    duration: 1,
    self_time: 1,
    cost: null,
    tokens: null,
    attempt: null,
    ...facts,
  };
}

const level = (items: OutlineSpan[], total = items.length): Level => ({
  items,
  total,
  provisional: false,
  snapshot,
});

const memory: vscode.Memento = { keys: () => [], get: () => undefined, update: async () => {} };

describe("the rows of a database", () => {
  let log: vscode.LogOutputChannel;
  before(() => {
    log = vscode.window.createOutputChannel("Flujo Lens test", { log: true });
  });
  after(() => log.dispose());

  function treeOf(methods: Partial<TraceStore>): DatabaseTree {
    const store = fakeStore({ info: async () => info, listRuns: async () => [makeRun("run_1")], ...methods });
    return new DatabaseTree(
      new Database("/fake.db", async () => store),
      false,
      new ViewSettings(memory),
      log,
    );
  }

  async function firstRun(tree: DatabaseTree): Promise<RunsNode> {
    return (await tree.children(tree.node))[0]!;
  }

  it("of a wide level come a page at a time, and end with a row that opens the panel", async () => {
    const asked: unknown[] = [];
    const tree = treeOf({
      getLevel: async (_run, query) => {
        asked.push(query);
        return level(
          Array.from({ length: query?.limit ?? 0 }, (_, key) => spanAt(key)),
          2234,
        );
      },
    });
    const run = await firstRun(tree);
    const last = async () => {
      const row = (await tree.children(run)).at(-1)!;
      assert.ok(row.kind === "moreSpans");
      return moreSpansItem(row, 200);
    };
    assert.equal((await last()).label, "Load 200 more (2,034 left)");
    assert.equal((await last()).command?.command, "flujoLens.loadMore");
    for (let page = 0; page < 4; page += 1) {
      assert.ok(run.kind === "run");
      await tree.loadMore(run);
    }
    assert.equal((await tree.children(run)).length, 1001);
    assert.equal((await last()).label, "Show 1,234 more in the panel");
    assert.equal((await last()).command?.command, "flujoLens.showTrace");
    await tree.refresh();
    assert.equal((await tree.children(run)).length, 1001);
    assert.deepEqual(asked[0], { parent: undefined, limit: 200 });
  });

  it("end a deep trace with a row that opens the panel, and ask no further", async () => {
    const tree = treeOf({
      getLevel: async (_run, query) => {
        const depth = query?.parent === undefined ? 0 : query.parent + 1;
        return level([spanAt(depth, { depth, child_count: 1 })]);
      },
    });
    let row = await firstRun(tree);
    let depth = 0;
    while (row.kind !== "moreSpans") {
      [row] = (await tree.children(row)) as [RunsNode];
      depth += 1;
    }
    assert.equal(depth, 21);
    assert.equal(moreSpansItem(row, 200).label, "Show deeper spans in the panel");
  });

  it("say that there are no runs, or no spans", async () => {
    const empty = treeOf({ info: async () => ({ ...info, runs: 0 }) });
    assert.match(JSON.stringify(await empty.children(empty.node)), /No runs yet/);
    const tree = treeOf({ getLevel: async () => level([]) });
    assert.match(
      JSON.stringify(await tree.children(await firstRun(tree)), ["text"]),
      /No spans were written/,
    );
  });

  it("stay while a writer leaves no gap for reading, and say how old they are", async () => {
    let busy = false;
    const tree = treeOf({
      info: async () => {
        if (busy) throw new TraceError("busy", "The database changes faster than it can be read; try again.");
        return info;
      },
    });
    const before = await tree.children(tree.node);
    assert.equal(tree.describe(), "1 run");
    busy = true;
    await tree.refresh();
    assert.deepEqual(await tree.children(tree.node), before);
    assert.match(tree.describe()!, /^1 run · as of 2025-10-/);
    busy = false;
    await tree.refresh();
    await tree.children(tree.node);
    assert.equal(tree.describe(), "1 run");
  });

  it("give way to a sentence when the file turns bad, and come back with it", async () => {
    let bad = false;
    const tree = treeOf({
      listRuns: async () => {
        if (bad) throw new TraceError("corrupt", "Page 3 is damaged; restore the file from a copy.");
        return [makeRun("run_1")];
      },
    });
    await tree.children(tree.node);
    bad = true;
    await tree.refresh();
    const [row] = await tree.children(tree.node);
    assert.ok(row?.kind === "notice" && row.severity === "error");
    assert.equal(row.text, "Page 3 is damaged; restore the file from a copy.");
    bad = false;
    await tree.refresh();
    assert.equal((await firstRun(tree)).kind, "run");
  });

  it("are drawn again only where something changed, as the same rows", async () => {
    let runs = [makeRun("run_2"), makeRun("run_1")];
    const tree = treeOf({ listRuns: async () => runs });
    const [second, first] = await tree.children(tree.node);
    assert.deepEqual(await tree.refresh(), []);
    runs = [makeRun("run_2"), { ...makeRun("run_1"), span_count: 99 }];
    assert.deepEqual(await tree.refresh(), [first]);
    assert.equal((first as RunNode).run.span_count, 99);
    runs = [makeRun("run_3"), ...runs];
    assert.deepEqual(await tree.refresh(), [tree.node]);
    const rows = await tree.children(tree.node);
    assert.deepEqual([rows[1], rows[2]], [second, first]);
    assert.ok(rows[1] === second && rows[2] === first);
  });

  it("of an answer that is no longer wanted are not shown", async () => {
    const tree = treeOf({
      listRuns: (_query, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener("abort", () => reject(new TraceError("cancelled", "Cancelled.")));
        }),
    });
    const rows = tree.children(tree.node);
    await new Promise((resolve) => setImmediate(resolve));
    tree.reset();
    assert.deepEqual(await rows, []);
  });
});
