import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileSignature, watchDatabase } from "../../../src/sources/watch.ts";

const quick = { debounce: 5, pause: 5, poll: 20, safetyPoll: 20 };
let root: string;
let database: string;
let watches: { dispose(): void }[];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "flujo-lens-watch-"));
  database = path.join(root, "traces.db");
  watches = [];
});
afterEach(() => {
  for (const watch of watches) watch.dispose();
  rmSync(root, { recursive: true, force: true });
});

/** Resolves with the next change after `act`. */
function changeAfter(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    watches.push(watchDatabase(database, resolve, quick));
    setImmediate(act);
  });
}

describe("watchDatabase", () => {
  it("announces that the database was written", async () => {
    writeFileSync(database, "a");
    await changeAfter(() => appendFileSync(database, "b"));
  });

  it("announces that the write-ahead log was written", async () => {
    writeFileSync(database, "a");
    await changeAfter(() => writeFileSync(`${database}-wal`, "frame"));
  });

  it("announces that the database was replaced", async () => {
    writeFileSync(database, "a");
    writeFileSync(path.join(root, "other"), "b");
    await changeAfter(() => renameSync(path.join(root, "other"), database));
  });

  it("announces a database that appears in a folder that appears", async () => {
    rmSync(root, { recursive: true });
    const announced = new Promise<void>((resolve) => {
      watches.push(watchDatabase(database, resolve, quick));
    });
    // Written again and again, because the first look may come after the first write.
    const writer = setInterval(() => {
      mkdirSync(root, { recursive: true });
      appendFileSync(database, "a");
    }, 10);
    await announced.finally(() => clearInterval(writer));
  });

  it("is silent about other files, and after it was disposed", async () => {
    writeFileSync(database, "a");
    let calls = 0;
    const disposed = watchDatabase(database, () => calls++, quick);
    disposed.dispose();
    watches.push(watchDatabase(path.join(root, "other.db"), () => calls++, quick));
    // A later watch hears of the same write: by then the silent ones had their chance.
    await changeAfter(() => appendFileSync(database, "b"));
    expect(calls).toBe(0);
  });
});

describe("fileSignature", () => {
  it("tells a change of the log apart, and knows no file", async () => {
    expect(await fileSignature(database)).toBe("-|-");
    writeFileSync(database, "a");
    const before = await fileSignature(database);
    expect(await fileSignature(database)).toBe(before);
    writeFileSync(`${database}-wal`, "frame");
    expect(await fileSignature(database)).not.toBe(before);
  });
});

describe("a folder that is replaced", () => {
  it("is listened to again: its database is announced as before", async () => {
    writeFileSync(database, "a");
    let changes = 0;
    watches.push(watchDatabase(database, () => changes++, { ...quick, safetyPoll: 50 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    rmSync(root, { recursive: true });
    await vi.waitFor(() => expect(changes).toBeGreaterThan(0), 10_000);
    mkdirSync(root);
    writeFileSync(database, "b");
    const before = changes;
    await vi.waitFor(() => expect(changes).toBeGreaterThan(before), 10_000);
  });
});
