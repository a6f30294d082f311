import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { openTraceStore } from "../../../src/store/store.ts";
import { workerFlags } from "../../tools/node-flags.mjs";
import { fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { stockDatabase } from "../support/stock-sqlite.ts";

const bundle = path.join(__ENGINE_DIR__, "store.js");
const asker = path.join(import.meta.dirname, "ask-lines.mjs");
const nobody = 65_534;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process of its own that reads a database. */
class Asker {
  readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  constructor(file: string, options: { readonly uid?: number; readonly env?: NodeJS.ProcessEnv } = {}) {
    const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
    const { uid, env = process.env } = options;
    this.child = spawn(process.execPath, [...workerFlags, asker, bundle, file], {
      stdio,
      env,
      uid,
      gid: uid,
    });
    children.push(this.child);
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async next(): Promise<string | undefined> {
    const { value, done } = await this.answers.next();
    return done ? undefined : value;
  }

  ask(): Promise<string | undefined> {
    this.child.stdin!.write("\n");
    return this.next();
  }
}

describe("a reader", () => {
  it("answers again as soon as a disk that failed in the middle of a read works again", async ({ skip }) => {
    const shim = preloadable("failing-disk.c", skip);
    const flag = path.join(freshFolder(), "broken");
    const file = fixtureCopy("v0.6.11");
    const reader = new Asker(file, { env: { ...process.env, LD_PRELOAD: shim, FAILING_WHILE: flag } });
    expect(await reader.next()).toBe("open");
    expect(await reader.ask()).toBe("300");
    await leavesNothing(reader.child.pid!, async () => {
      writeFileSync(flag, "");
      touch(file);
      expect(await reader.ask()).toBe("unreadable");
      rmSync(flag);
      expect(await reader.ask()).toBe("300");
    });
  }, 300_000);

  it("answers again when the permission to read is given back", async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may start a reader as somebody else");
    const file = fixtureCopy("v0.6.11");
    const may = (mode: number) => chmodSync(file, mode);
    may(0o644);
    for (let folder = path.dirname(file); folder !== "/tmp" && folder !== "/"; folder = path.dirname(folder))
      chmodSync(folder, 0o755);
    const seen = spawnSync(process.execPath, ["-e", "fs.readFileSync(process.argv[1])", bundle], {
      uid: nobody,
      gid: nobody,
    });
    if (seen.status !== 0) return skip("another user cannot see this checkout");
    const reader = new Asker(file, { uid: nobody });
    expect(await reader.next()).toBe("open");
    expect(await reader.ask()).toBe("300");
    await leavesNothing(reader.child.pid!, async () => {
      may(0o000);
      expect(await reader.ask()).toBe("unreadable");
      may(0o644);
      expect(await reader.ask()).toBe("300");
    });
  }, 300_000);

  it("answers with what was written although the clock jumps, to and fro", async ({ skip }) => {
    const shim = preloadable("jumping-clock.c", skip);
    const offBy = path.join(freshFolder(), "seconds");
    const file = fixtureCopy("v0.4.32");
    const database = await stockDatabase(file);
    const reader = new Asker(file, { env: { ...process.env, LD_PRELOAD: shim, CLOCK_OFF_BY: offBy } });
    expect(await reader.next()).toBe("open");
    for (const [turn, seconds] of [86_400, -86_400, 0, 3_600, -0.5e9, 0].entries()) {
      writeFileSync(offBy, String(seconds));
      for (let commit = 1; commit <= 5; commit += 1) {
        database.run(
          "INSERT INTO runs VALUES (?, 'p', '1', 'completed', '2025-10-01T08:00:00+00:00', NULL, NULL, NULL)",
          [`run ${turn} ${commit}`],
        );
        writeFileSync(file, database.export());
        expect(await reader.ask()).toBe(String(300 + 5 * turn + commit));
      }
    }
    database.close();
  }, 120_000);

  it("answers after a sleep, with what was written meanwhile", async ({ skip }) => {
    if (process.platform === "win32") return skip("no process can be stopped there");
    const file = fixtureCopy("v0.6.11");
    const reader = new Asker(file);
    expect(await reader.next()).toBe("open");
    expect(await reader.ask()).toBe("300");
    reader.child.kill("SIGSTOP");
    const other = fixtureCopy("v1.0");
    renameSync(other, file);
    const answer = reader.ask();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    reader.child.kill("SIGCONT");
    const store = await openTraceStore(file);
    const { length } = await store.listRuns({ limit: 1000 });
    await store.close();
    expect(await answer).toBe(String(length));
  }, 120_000);
});

describe("a thousand faults", () => {
  it("leave no descriptor, no worker and no memory behind", async ({ skip }) => {
    if (!existsSync("/proc/self/fd")) return skip("descriptors cannot be counted here");
    const file = fixtureCopy("v0.6.11");
    const away = `${file}.away`;
    const store = await openTraceStore(file);
    await leavesNothing(process.pid, async () => {
      renameSync(file, away);
      await expect(store.info()).rejects.toMatchObject({ kind: "not_found" });
      renameSync(away, file);
      expect((await store.info()).runs).toBe(300);
    });
    await store.close();
  }, 300_000);
});

/** Has the fault occur a thousand times: the process may not have more descriptors, threads or memory than after the first hundred. */
async function leavesNothing(process: number, fault: () => Promise<void>): Promise<void> {
  const held = () => ({
    descriptors: readdirSync(`/proc/${process}/fd`).length,
    threads: readdirSync(`/proc/${process}/task`).length,
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, "utf8"))?.[1]) / 1024,
  });
  for (let count = 0; count < 100; count += 1) await fault();
  const before = held();
  for (let count = 0; count < 900; count += 1) await fault();
  const after = held();
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 5);
  expect(after.threads).toBeLessThanOrEqual(before.threads + 5);
  expect(after.megabytes - before.megabytes).toBeLessThan(150);
}

/** Compiles a library that is preloaded into a reader. */
function preloadable(name: string, skip: (why: string) => never): string {
  if (process.platform !== "linux") return skip("preloading is Linux's");
  const shim = path.join(freshFolder(), name.replace(".c", ".so"));
  const source = path.join(import.meta.dirname, name);
  const made = spawnSync("cc", ["-shared", "-fPIC", "-o", shim, source, "-ldl"], { encoding: "utf8" });
  return made.status === 0 ? shim : skip(`no C compiler: ${made.error?.message ?? made.stderr}`);
}

/** A file that looks changed is read anew. */
function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}
