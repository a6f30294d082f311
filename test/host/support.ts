import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import * as vscode from "vscode";
import type { TestAccess } from "../../src/extension.ts";
import type { DatabaseNode, RunNode, RunsNode, SpanNode } from "../../src/views/nodes.ts";

export const extensionId = "flujo-lens.flujo-lens";

export function extension(): vscode.Extension<TestAccess> {
  const found = vscode.extensions.getExtension<TestAccess>(extensionId);
  if (found === undefined) throw new Error(`${extensionId} is not installed.`);
  return found;
}

/** Starts the extension, and hands out its parts. */
export async function activated(): Promise<TestAccess> {
  const access = await extension().activate();
  if (access === undefined) throw new Error("The extension does not know that it is being tested.");
  return access;
}

const folders: string[] = [];

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder with a space in its path, removed when all tests have run. */
export function freshFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "flujo lens host "));
  folders.push(folder);
  return folder;
}

/** Unpacks a database that flujo wrote into a folder of its own. */
export function unpack(
  name: "flujo-v1.0" | "flujo-v0.4.32" | "flujo-v0.6.11",
  folder = freshFolder(),
): string {
  const packed = path.join(extension().extensionPath, "test", "fixtures", "databases", `${name}.db.gz`);
  const file = path.join(folder, `${name}.db`);
  writeFileSync(file, gunzipSync(readFileSync(packed)));
  return file;
}

/** Unpacks the database whose newest rows are only in its write-ahead log. */
export function unpackLive(): string {
  const source = path.join(
    extension().extensionPath,
    "test",
    "fixtures",
    "databases",
    "flujo-v0.6.11-live-wal",
  );
  const folder = path.join(freshFolder(), "live");
  mkdirSync(folder);
  for (const name of ["flujo_ops.db", "flujo_ops.db-wal"]) {
    const packed = path.join(source, `${name}.gz`);
    if (existsSync(packed)) writeFileSync(path.join(folder, name), gunzipSync(readFileSync(packed)));
    else copyFileSync(path.join(source, name), path.join(folder, name));
  }
  return path.join(folder, "flujo_ops.db");
}

/** Shows a database in the view while `work` runs, as if it had been opened by hand. */
export async function withDatabase<T>(file: string, work: (root: DatabaseNode) => Promise<T>): Promise<T> {
  const { databases, runs } = await activated();
  await databases.add(file);
  try {
    const roots = await runs.getChildren();
    const root = roots.find((row) => row.kind === "database" && row.database.path === file);
    if (root?.kind !== "database") throw new Error(`${file} is not in the view.`);
    return await work(root);
  } finally {
    await databases.remove(file);
    await runs.getChildren();
  }
}

/** All run rows below a row, page by page. */
export async function allRuns(root: DatabaseNode): Promise<RunNode[]> {
  const { runs } = await activated();
  for (;;) {
    const rows = await runs.getChildren(root);
    if (rows.at(-1)?.kind !== "moreRuns") return rows.filter(isRun);
    await runs.loadMore(root);
  }
}

/** Every span row of a run. */
export async function allSpans(run: RunNode): Promise<SpanNode[]> {
  const { runs } = await activated();
  const spans: SpanNode[] = [];
  const open: RunsNode[] = [run];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    const children = await runs.getChildren(row);
    spans.push(...children.filter(isSpan));
    open.push(...children);
  }
  return spans;
}

export function isRun(row: RunsNode): row is RunNode {
  return row.kind === "run";
}

export function isSpan(row: RunsNode): row is SpanNode {
  return row.kind === "span";
}

/** How often each value stands in a list. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Resolves when `done` is true, looking again after every change of the tree. */
export async function treeShows(done: () => Promise<boolean>): Promise<void> {
  const { runs } = await activated();
  while (!(await done())) {
    await new Promise<void>((resolve) => {
      const subscription = runs.onDidChangeTreeData(() => {
        subscription.dispose();
        resolve();
      });
    });
  }
}
