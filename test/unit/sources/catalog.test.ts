import { describe, expect, it } from "vitest";
import { type CatalogInput, listSources } from "../../../src/sources/catalog.ts";

const disk = (files: Record<string, string>) => ({
  readText: async (file: string) => files[file],
  isFile: async (file: string) => file in files,
});

const nothing: CatalogInput = { folders: [], projects: [], setting: [], opened: [], environment: {} };
const app = { name: "app", path: "/w/app" };
const lib = { name: "lib", path: "/w/lib" };

describe("listSources", () => {
  it("searches every folder and every project inside", async () => {
    const files = disk({
      "/w/app/flujo_ops.db": "",
      "/w/lib/flujo.toml": 'state_uri = "sqlite:///l.db"',
      "/w/app/deep/flujo.toml": 'state_uri = "sqlite:///d.db"',
    });
    const input = { ...nothing, folders: [app, lib], projects: ["/w/lib", "/w/app/deep"] };
    expect(await listSources(input, files)).toEqual([
      { kind: "file", path: "/w/app/flujo_ops.db", origin: "default" },
      { kind: "file", path: "/w/lib/l.db", origin: "configuration" },
      { kind: "file", path: "/w/app/deep/d.db", origin: "configuration" },
    ]);
  });

  it("searches for nothing when the setting names databases", async () => {
    const input = { ...nothing, folders: [app], setting: ["x.db"] };
    expect(await listSources(input, disk({ "/w/app/flujo_ops.db": "" }))).toEqual([
      { kind: "file", path: "/w/app/x.db", origin: "setting" },
    ]);
  });

  it("adds what was opened by hand, once", async () => {
    const input = { ...nothing, folders: [app], opened: ["/w/app/flujo_ops.db", "/other.db"] };
    expect(await listSources(input, disk({ "/w/app/flujo_ops.db": "" }))).toEqual([
      { kind: "file", path: "/w/app/flujo_ops.db", origin: "default" },
      { kind: "file", path: "/other.db", origin: "opened" },
    ]);
  });

  it("lists a shared address once, though two folders name it", async () => {
    const files = disk({
      "/w/app/flujo.toml": 'state_uri = "postgresql://u:p@h/d"',
      "/w/lib/flujo.toml": 'state_uri = "postgresql://u:p@h/d"',
    });
    expect(await listSources({ ...nothing, folders: [app, lib] }, files)).toHaveLength(1);
  });
});
