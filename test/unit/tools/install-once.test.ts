import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("installing once", () => {
  let cache: string;
  let installOnce: typeof import("../../tools/install-once.mjs").installOnce;

  beforeEach(async () => {
    cache = mkdtempSync(path.join(tmpdir(), "flujo-lens-cache-"));
    vi.stubEnv("FLUJO_LENS_CACHE", cache);
    vi.resetModules();
    ({ installOnce } = await import("../../tools/install-once.mjs"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true, force: true });
  });

  const fill = vi.fn(async (folder: string) => writeFileSync(path.join(folder, "file"), "whole"));

  it("fills one folder for all who ask at the same time, and never again", async () => {
    fill.mockClear();
    const folders = await Promise.all([installOnce("thing-1", fill), installOnce("thing-1", fill)]);
    folders.push(await installOnce("thing-1", fill));
    expect(new Set(folders)).toEqual(new Set([path.join(cache, "thing-1")]));
    expect(fill).toHaveBeenCalledTimes(1);
    expect(readFileSync(path.join(cache, "thing-1", "file"), "utf8")).toBe("whole");
  });

  it("leaves nothing behind when filling fails, and tries anew", async () => {
    const broken = installOnce("thing-1", () => Promise.reject(new Error("no network")));
    await expect(broken).rejects.toThrow("no network");
    expect(readdirSync(cache)).toEqual([]);
    await installOnce("thing-1", fill);
    expect(readdirSync(cache)).toEqual(["thing-1"]);
  });

  it("does not wait for a process that died with the lock", async () => {
    // Beyond the largest process id that Linux gives out.
    writeFileSync(path.join(cache, "thing-1.lock"), "4194305");
    await installOnce("thing-1", fill);
    expect(existsSync(path.join(cache, "thing-1.lock"))).toBe(false);
    expect(readdirSync(cache)).toEqual(["thing-1"]);
  });
});
