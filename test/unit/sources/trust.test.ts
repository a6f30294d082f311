import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Origin } from "../../../src/sources/address.ts";
import { mayOpen } from "../../../src/sources/trust.ts";

let root: string;
let workspace: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "flujo-lens-trust-")));
  workspace = path.join(root, "workspace");
  mkdirSync(workspace);
  writeFileSync(path.join(root, "secret.db"), "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function ask(file: string, options: { trusted?: boolean; allowed?: string[]; origin?: Origin } = {}) {
  return mayOpen(
    { kind: "file", path: file, origin: options.origin ?? "configuration" },
    { trusted: options.trusted ?? false, folders: [workspace], allowed: options.allowed ?? [] },
  );
}

describe("mayOpen in an untrusted workspace", () => {
  it("opens what lies inside, also before it exists", async () => {
    writeFileSync(path.join(workspace, "x.db"), "");
    expect(await ask(path.join(workspace, "x.db"))).toBe(true);
    expect(await ask(path.join(workspace, "later", "..x.db"))).toBe(true);
  });

  it("asks about what lies outside, whoever named it", async () => {
    for (const origin of ["environment", "configuration", "default", "setting"] as const) {
      expect(await ask(path.join(root, "secret.db"), { origin })).toBe(false);
    }
  });

  it("asks about a neighbour whose name begins like the workspace", async () => {
    expect(await ask(path.join(root, "workspace-2", "x.db"))).toBe(false);
  });

  it("follows links out of the workspace, of files and of folders", async () => {
    symlinkSync(path.join(root, "secret.db"), path.join(workspace, "link.db"));
    symlinkSync(root, path.join(workspace, "folder"));
    expect(await ask(path.join(workspace, "link.db"))).toBe(false);
    expect(await ask(path.join(workspace, "folder", "not-yet.db"))).toBe(false);
  });

  it("knows a workspace that is itself reached through a link", async () => {
    symlinkSync(workspace, path.join(root, "alias"));
    expect(await ask(path.join(root, "alias", "x.db"))).toBe(true);
  });

  it("opens what the user picked or allowed", async () => {
    const secret = path.join(root, "secret.db");
    expect(await ask(secret, { origin: "opened" })).toBe(true);
    expect(await ask(secret, { allowed: [secret] })).toBe(true);
  });
});

describe("mayOpen in a trusted workspace", () => {
  it("opens everything", async () => {
    expect(await ask(path.join(root, "secret.db"), { trusted: true })).toBe(true);
  });
});
