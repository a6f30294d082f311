import { chmodSync, existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import { Databases } from "../../../src/sources/databases.ts";
import { type Health, healthAfter } from "../../../src/sources/health.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { fakeStore } from "../support/fake-store.ts";
import { fixtureCopy } from "../support/fixtures.ts";

const quick = { first: 10, most: 50 };
let databases: Databases | undefined;
afterEach(() => databases?.dispose());

describe("the health of a database", () => {
  const live: Health = { kind: "live", at: 1 };
  it.each([
    [live, undefined, { kind: "live", at: 5 }],
    [live, new TraceError("busy", "b"), { kind: "stale", at: 1, reason: "b" }],
    [
      { kind: "stale", at: 1, reason: "a" },
      new TraceError("busy", "b"),
      { kind: "stale", at: 1, reason: "b" },
    ],
    [{ kind: "unknown" }, new TraceError("busy", "b"), { kind: "unreadable", reason: "b" }],
    [live, new TraceError("not_found", "n"), { kind: "unreadable", reason: "n" }],
    [live, new TraceError("cancelled", "c"), live],
    [live, new TraceError("unknown_run", "u"), live],
  ] as const)("%o, after %o, is %o", (before, thrown, after) => {
    expect(healthAfter(before, thrown, 5)).toEqual(after);
  });

  it("heals by itself when a writer that left no gap rests, without a change of the file", async () => {
    let busy = true;
    databases = new Databases(
      async () =>
        fakeStore({
          listRuns: async () => {
            if (busy) throw new TraceError("busy", "It changes too fast.");
            return [];
          },
        }),
      quick,
    );
    const database = databases.get(fixtureCopy("v0.6.11"));
    let asked = 0;
    const ask = async () => {
      asked++;
      await (await database.store()).listRuns().catch(() => undefined);
    };
    database.onChange(() => void ask());
    const hold = database.hold();
    await ask();
    expect(database.health.kind).toBe("stale");
    await vi.waitFor(() => expect(asked).toBeGreaterThan(3));
    busy = false;
    await vi.waitFor(() => expect(database.health.kind).toBe("live"));
    hold.dispose();
  });

  it("is not looked after while nobody holds it, nor while paused", async () => {
    let asked = 0;
    databases = new Databases(async () => {
      asked++;
      throw new TraceError("unreadable", "The disk is gone.");
    }, quick);
    const database = databases.get(fixtureCopy("v0.6.11"));
    database.onChange(() => void database.store().catch(() => undefined));
    await database.store().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(1);
    const hold = database.hold();
    await vi.waitFor(() => expect(asked).toBeGreaterThan(2));
    databases.setPaused(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const then = asked;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(asked).toBe(then);
    databases.setPaused(false);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(then));
    hold.dispose();
  });
});

describe("a database that goes and comes back", () => {
  it.each([
    [
      "moved away, as flujo moves one that it thinks corrupt",
      (file: string) => renameSync(file, `${file}.corrupt.1`),
      (file: string) => renameSync(`${file}.corrupt.1`, file),
    ],
    [
      "overwritten with something else",
      (file: string) => {
        renameSync(file, `${file}.kept`);
        writeFileSync(file, "Not a database at all.".repeat(500));
      },
      (file: string) => renameSync(`${file}.kept`, file),
    ],
    ...(process.getuid?.() === 0
      ? []
      : [
          [
            "without permission",
            (file: string) => chmodSync(file, 0),
            (file: string) => chmodSync(file, 0o644),
          ] as const,
        ]),
  ] as const)("%s: is unreadable with a reason, and live again by itself", async (_what, fault, mend) => {
    const file = fixtureCopy("v0.6.11");
    databases = new Databases((path) => openTraceStore(path), quick);
    const database = databases.get(file);
    const answers: unknown[] = [];
    const ask = async () =>
      answers.push(
        await database
          .store()
          .then((store) => store.info())
          .then(
            ({ runs }) => runs,
            (thrown: unknown) => TraceError.from(thrown).kind,
          ),
      );
    database.onChange(() => void ask());
    const hold = database.hold();
    await ask();
    expect(answers).toEqual([300]);
    fault(file);
    await vi.waitFor(() => expect(database.health.kind).toBe("unreadable"), 20_000);
    mend(file);
    await vi.waitFor(() => expect(database.health.kind).toBe("live"), 20_000);
    await vi.waitFor(() => expect(answers.at(-1)).toBe(300), 20_000);
    hold.dispose();
  });

  it("leaks no descriptor over a thousand faults", async () => {
    const file = fixtureCopy("v0.6.11");
    const store = await openTraceStore(file);
    const open = () => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
    await store.info();
    const before = open();
    for (let fault = 0; fault < 1000; fault++) {
      renameSync(file, `${file}.away`);
      await expect(store.info()).rejects.toMatchObject({ kind: "not_found" });
      renameSync(`${file}.away`, file);
      expect((await store.info()).runs).toBe(300);
    }
    expect(open()).toBeLessThanOrEqual(before + 2);
    await store.close();
  }, 120_000);
});
