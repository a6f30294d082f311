import { describe, expect, it } from "vitest";
import { resolveSetting } from "../../../src/sources/setting.ts";

const app = { name: "app", path: "/w/app" };
const lib = { name: "lib", path: "/w/lib" };

function disk(...existing: string[]) {
  return {
    readText: async () => undefined,
    isFile: async (file: string) => existing.includes(file),
  };
}

async function paths(entries: unknown[], folders = [app], files = disk()) {
  const sources = await resolveSetting(entries, folders, files);
  return sources.map((source) => (source.kind === "file" ? source.path : source.kind));
}

describe("resolveSetting", () => {
  it("resolves absolute and relative paths, variables and addresses", async () => {
    expect(
      await paths([
        "/abs.db",
        "rel/x.db",
        "$" + "{workspaceFolder}/y.db",
        "sqlite:///z.db",
        "postgresql://u:p@h/d",
      ]),
    ).toEqual(["/abs.db", "/w/app/rel/x.db", "/w/app/y.db", "/w/app/z.db", "unsupported"]);
  });

  it("means the file in every folder that has it", async () => {
    expect(await paths(["x.db"], [app, lib], disk("/w/lib/x.db"))).toEqual(["/w/lib/x.db"]);
    expect(await paths(["x.db"], [app, lib], disk("/w/app/x.db", "/w/lib/x.db"))).toEqual([
      "/w/app/x.db",
      "/w/lib/x.db",
    ]);
  });

  it("means the first folder when none has the file", async () => {
    expect(await paths(["x.db"], [app, lib])).toEqual(["/w/app/x.db"]);
  });

  it("takes a folder by its name", async () => {
    expect(await paths(["$" + "{workspaceFolder:lib}/x.db"], [app, lib])).toEqual(["/w/lib/x.db"]);
  });

  it("lists a file once", async () => {
    expect(await paths(["x.db", "/w/app/x.db", "./x.db"])).toEqual(["/w/app/x.db"]);
  });

  it("opens absolute paths without a folder, and says why others cannot be found", async () => {
    expect(await paths(["/abs.db", "sqlite:////abs2.db"], [])).toEqual(["/abs.db", "/abs2.db"]);
    expect(await paths(["x.db"], [])).toEqual(["problem"]);
    expect(await paths(["$" + "{workspaceFolder}/x.db"], [])).toEqual(["problem"]);
  });

  it("answers an entry that is not text with a sentence", async () => {
    expect(await paths([7])).toEqual(["problem"]);
    expect(await paths([""])).toEqual(["problem"]);
  });
});
