import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { WorkerClient, type WorkerOptions } from "../../../src/engine/client.ts";
import { workerFlags } from "../../tools/node-flags.mjs";
import { freshFolder } from "../support/fixtures.ts";
import { failureOf, numbersBytes, numbersDatabase, stockWasm } from "./support.ts";
import type { TestData, TestMethods } from "./worker/methods.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const bundles = freshFolder();
const clients: WorkerClient<TestMethods>[] = [];
let file: string;

async function bundle(source: string, name: string): Promise<string> {
  const outfile = path.join(bundles, name);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    define: { __ENGINE_DIR__: "__dirname" },
    logLevel: "error",
  });
  return outfile;
}

beforeAll(async () => {
  copyFileSync(stockWasm, path.join(bundles, "sql-wasm.wasm"));
  await bundle(path.join(here, "worker/test-worker.ts"), "test-worker.js");
  file = await numbersDatabase(50_000);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function start(data: Partial<TestData> = {}, options?: WorkerOptions): WorkerClient<TestMethods> {
  const client = new WorkerClient<TestMethods>(
    path.join(bundles, "test-worker.js"),
    { file, ...data },
    options,
  );
  clients.push(client);
  return client;
}

describe("calling a worker", () => {
  it("answers each call with its own result, in order", async () => {
    const client = start();
    const values = ["a", 2, { deep: [null, "x\0y"] }, undefined, new Float64Array([1.5])];
    expect(await Promise.all(values.map((value) => client.call("echo", value)))).toEqual(values);
  });

  it("hands over errors with their kind, and goes on", async () => {
    const client = start();
    const kinds = ["unknown_run", "plain", "unclonable"] as const;
    const failures = await Promise.all(kinds.map((kind) => failureOf(() => client.call("fail", { kind }))));
    expect(failures.map(({ kind }) => kind)).toEqual(["unknown_run", "internal", "internal"]);
    expect(failures[0]?.message).toBe("There is no such run.");
    expect(await client.call("count", undefined)).toBe(50_000);
  });

  it("refuses what cannot cross to the worker, and goes on", async () => {
    const client = start();
    const failures = [failureOf(() => client.call("echo", () => 1)), client.call("echo", "next")];
    expect(await Promise.all(failures)).toEqual([expect.objectContaining({ kind: "internal" }), "next"]);
  });

  it("knows no methods but its own", async () => {
    const client = start() as unknown as WorkerClient<{ toString: { params: undefined; result: string } }>;
    expect((await failureOf(() => client.call("toString", undefined))).kind).toBe("internal");
  });

  it("reports progress while it runs", async () => {
    const seen: number[] = [];
    await start().call("scan", { times: 30 }, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen[0]).toBe(0);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it("rejects all waiting calls when the database cannot be opened, and tries again at the next call", async () => {
    const later = path.join(freshFolder(), "later.db");
    const client = start({ file: later });
    const failures = await Promise.all([
      failureOf(() => client.call("count", undefined)),
      failureOf(() => client.call("echo", 1)),
    ]);
    expect(failures.map(({ kind }) => kind)).toEqual(["not_found", "not_found"]);
    writeFileSync(later, await numbersBytes(3));
    expect(await client.call("count", undefined)).toBe(3);
    rmSync(later);
    expect((await failureOf(() => client.call("count", undefined))).kind).toBe("not_found");
  });
});

describe("cancelling", () => {
  it("ends a statement that reads no page by ending its thread, and carries waiting calls over", async () => {
    const client = start();
    const before = await client.call("thread", undefined);
    const controller = new AbortController();
    const spinning = failureOf(() => client.call("spin", undefined, { signal: controller.signal }));
    const behind = client.call("count", undefined);
    controller.abort();
    expect((await spinning).kind).toBe("cancelled");
    expect(await behind).toBe(50_000);
    expect(await client.call("thread", undefined)).not.toBe(before);
  });

  it("ends a call that reads or asks at once, and keeps the thread", async () => {
    const client = start({}, { grace: 20_000 });
    const before = await client.call("thread", undefined);
    const controller = new AbortController();
    const scanning = failureOf(() =>
      client.call(
        "scan",
        { times: 1e9 },
        { signal: controller.signal, onProgress: () => controller.abort() },
      ),
    );
    expect((await scanning).kind).toBe("cancelled");
    expect(await client.call("count", undefined)).toBe(50_000);
    expect(await client.call("thread", undefined)).toBe(before);
  });

  it("takes a waiting call out of the line", async () => {
    const client = start();
    const controller = new AbortController();
    const calls = [
      client.call("echo", 1),
      failureOf(() => client.call("spin", undefined, { signal: controller.signal })),
      client.call("echo", 2),
    ];
    controller.abort();
    expect(await Promise.all(calls)).toEqual([1, expect.objectContaining({ kind: "cancelled" }), 2]);
  });

  it("does not even begin a call whose signal has fired, and ignores a signal that fires too late", async () => {
    const client = start();
    const failure = await failureOf(() => client.call("spin", undefined, { signal: AbortSignal.abort() }));
    expect(failure.kind).toBe("cancelled");
    const controller = new AbortController();
    expect(await client.call("echo", 5, { signal: controller.signal })).toBe(5);
    controller.abort();
    expect(await client.call("echo", 6)).toBe(6);
  });
});

describe("a worker that dies", () => {
  it.each(["exit", "trap"] as const)("by %s takes only the running call with it", async (how) => {
    const client = start();
    const before = await client.call("thread", undefined);
    const dying = failureOf(() => client.call("die", { how }));
    const behind = client.call("count", undefined);
    expect((await dying).kind).toBe("internal");
    expect(await behind).toBe(50_000);
    expect(await client.call("thread", undefined)).not.toBe(before);
  });

  it("for lack of memory says so, and the next call is answered", async () => {
    const client = start({}, { resourceLimits: { maxOldGenerationSizeMb: 40 } });
    const failure = await failureOf(() => client.call("die", { how: "memory" }));
    expect(failure).toMatchObject({ kind: "internal", message: expect.stringContaining("out of memory") });
    expect(await client.call("count", undefined)).toBe(50_000);
  });

  it("again and again leaves no thread and no descriptor behind", async () => {
    const count = (what: string) =>
      existsSync(`/proc/self/${what}`) ? readdirSync(`/proc/self/${what}`).length : 0;
    const client = start();
    await client.call("count", undefined);
    const [threads, descriptors] = [count("task"), count("fd")];
    for (let death = 0; death < 60; death++) {
      const how = death % 2 === 0 ? "exit" : "trap";
      expect((await failureOf(() => client.call("die", { how }))).kind).toBe("internal");
      expect(await client.call("count", undefined)).toBe(50_000);
    }
    // The last worker's own, and what the system has not taken back yet.
    await vi.waitFor(() => expect(count("task")).toBeLessThanOrEqual(threads + 2), 10_000);
    expect(count("fd")).toBeLessThanOrEqual(descriptors + 6);
  }, 120_000);

  it("at its start rejects the calls instead of starting for ever", async () => {
    const reasons = { exit: "could not be started (exit code 3)", throw: "broken at the start" };
    for (const how of ["exit", "throw"] as const) {
      const client = start({ start: how });
      const failures = await Promise.all([
        failureOf(() => client.call("echo", 1)),
        failureOf(() => client.call("echo", 2)),
      ]);
      for (const { kind, message } of failures) {
        expect([kind, message]).toEqual(["internal", expect.stringContaining(reasons[how])]);
      }
    }
    const missing = new WorkerClient<TestMethods>(path.join(bundles, "missing.js"), { file });
    clients.push(missing);
    const failure = await failureOf(() => missing.call("echo", 1));
    expect([failure.kind, failure.message]).toEqual([
      "internal",
      expect.stringContaining("could not be started"),
    ]);
  });
});

describe("closing", () => {
  it("rejects the running and the waiting calls, and all later ones", async () => {
    const client = start();
    await client.call("echo", 1);
    const calls = [failureOf(() => client.call("spin", undefined)), failureOf(() => client.call("echo", 2))];
    await client.close();
    for (const call of calls) expect((await call).kind).toBe("closed");
    expect((await failureOf(() => client.call("echo", 3))).kind).toBe("closed");
    await client.close();
  });

  it("lets the process end, with and without closing, and only after the answers", async () => {
    const source = path.join(bundles, "program.ts");
    const client = path.join(here, "../../../src/engine/client.ts");
    writeFileSync(
      source,
      `import { WorkerClient } from ${JSON.stringify(client)};
       const [worker, file, close] = process.argv.slice(2);
       const client = new WorkerClient<{ count: { params: undefined; result: number } }>(worker!, { file });
       client.call("count", undefined).then(async (count) => {
         process.stdout.write(String(count));
         if (close === "close") await client.close();
       });`,
    );
    const program = await bundle(source, "program.js");
    for (const close of ["close", "leave"]) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...workerFlags,
        program,
        path.join(bundles, "test-worker.js"),
        file,
        close,
      ]);
      expect(stdout).toBe("50000");
    }
  });
});
