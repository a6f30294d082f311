import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import { Databases } from "../../../src/sources/databases.ts";
import { fakeStore } from "../support/fake-store.ts";

let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "flujo-lens-databases-"));
  file = path.join(root, "traces.db");
  writeFileSync(file, "a");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("Databases", () => {
  it("opens one store a path, and only when it is asked for", async () => {
    const opened: string[] = [];
    const databases = new Databases(async (name) => {
      opened.push(name);
      return fakeStore();
    });
    const database = databases.get(file);
    expect(databases.get(path.join(root, ".", "traces.db"))).toBe(database);
    expect(database.name).toBe("traces.db");
    expect(opened).toEqual([]);
    const [first, second] = await Promise.all([database.store(), database.store()]);
    expect(first).toBe(second);
    expect(opened).toEqual([file]);
  });

  it("tries again after a store could not be opened", async () => {
    let attempts = 0;
    const databases = new Databases(async () => {
      attempts += 1;
      if (attempts === 1) throw new TraceError("not_found", "There is no such file.");
      return fakeStore();
    });
    await expect(databases.get(file).store()).rejects.toMatchObject({ kind: "not_found" });
    await expect(databases.get(file).store()).resolves.toBeDefined();
  });

  it("closes the stores of paths that are no longer listed, and only those", async () => {
    const closed: string[] = [];
    const databases = new Databases(async (name) => fakeStore({ close: async () => void closed.push(name) }));
    const gone = databases.get(file);
    const kept = databases.get(path.join(root, "kept.db"));
    await gone.store();
    await kept.store();
    await databases.retain(new Set([kept.path]));
    expect(closed).toEqual([file]);
    await expect(gone.store()).rejects.toMatchObject({ kind: "closed" });
    expect(databases.get(file)).not.toBe(gone);
    await databases.dispose();
    expect(closed).toEqual([file, kept.path]);
  });

  it("closes a store that is still being opened", async () => {
    const closed: boolean[] = [];
    let open = () => {};
    const databases = new Databases(
      () =>
        new Promise((resolve) => {
          open = () => resolve(fakeStore({ close: async () => void closed.push(true) }));
        }),
    );
    const opening = databases.get(file).store();
    const disposed = databases.dispose();
    open();
    await Promise.all([opening, disposed]);
    expect(closed).toEqual([true]);
  });

  it("announces changes while it is held", async () => {
    const databases = new Databases(async () => fakeStore());
    const database = databases.get(file);
    const changed = new Promise<void>((resolve) => database.onChange(resolve));
    const hold = database.hold();
    appendFileSync(file, "b");
    await changed;
    hold.dispose();
    await databases.dispose();
  });

  it("announces to the next holder what changed while nobody held it", async () => {
    const databases = new Databases(async () => fakeStore());
    const database = databases.get(file);
    const seen = new Promise<void>((resolve) => database.onChange(resolve));
    const first = database.hold();
    appendFileSync(file, "b");
    await seen;
    first.dispose();
    appendFileSync(file, "c");
    const changed = new Promise<void>((resolve) => database.onChange(resolve));
    const second = database.hold();
    await changed;
    second.dispose();
    await databases.dispose();
  });
});
