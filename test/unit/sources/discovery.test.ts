import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDatabase, findDatabases } from "../../../src/sources/discovery.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "flujo lens ä "));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text = ""): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("findDatabases", () => {
  it("prefers FLUJO_STATE_URI, relative to the folder of flujo.toml", async () => {
    write("flujo.toml", 'state_uri = "sqlite:///named.db"');
    write("src/app/pipeline.py");
    expect(
      await findDatabases(path.join(root, "src", "app"), { FLUJO_STATE_URI: "sqlite:///env.db" }),
    ).toEqual([{ kind: "file", path: path.join(root, "env.db"), origin: "environment" }]);
  });

  it("takes FLUJO_STATE_URI although flujo.toml is broken", async () => {
    write("flujo.toml", "= broken");
    expect(await findDatabases(root, { FLUJO_STATE_URI: "sqlite:////x.db" })).toEqual([
      { kind: "file", path: "/x.db", origin: "environment" },
    ]);
  });

  it("takes an empty FLUJO_STATE_URI for none", async () => {
    write("flujo.toml", 'state_uri = "sqlite:///named.db"');
    expect(await findDatabases(root, { FLUJO_STATE_URI: "" })).toMatchObject([{ origin: "configuration" }]);
  });

  it("reads state_uri of the nearest flujo.toml, walking up", async () => {
    write("flujo.toml", 'state_uri = "sqlite:///outer.db"');
    write("inner/flujo.toml", '# mine\nstate_uri = "sqlite:///.flujo/inner.db"\n[settings]\nx = 1\n');
    write("inner/a/b/pipeline.py");
    expect(await findDatabases(path.join(root, "inner/a/b"), {})).toEqual([
      { kind: "file", path: path.join(root, "inner", ".flujo", "inner.db"), origin: "configuration" },
    ]);
  });

  it("names a configured database that does not exist yet", async () => {
    write("flujo.toml", 'state_uri = "sqlite:///later.db"');
    write("flujo_ops.db");
    expect(await findDatabases(root, {})).toEqual([
      { kind: "file", path: path.join(root, "later.db"), origin: "configuration" },
    ]);
  });

  it("finds both default names beside a flujo.toml that names none", async () => {
    write("flujo.toml", "[settings]");
    write(".flujo/flujo_ops.db");
    write("flujo_ops.db");
    expect(await findDatabases(root, {})).toEqual([
      { kind: "file", path: path.join(root, "flujo_ops.db"), origin: "default" },
      { kind: "file", path: path.join(root, ".flujo", "flujo_ops.db"), origin: "default" },
    ]);
  });

  it("does not take a folder with a default name for a database", async () => {
    mkdirSync(path.join(root, "flujo_ops.db"));
    expect(await findDatabases(root, {})).toEqual([]);
  });

  it("says which line of a malformed flujo.toml is wrong", async () => {
    write("flujo.toml", '[settings]\nname = "x"\nstate_uri = sqlite\n');
    const sources = await findDatabases(root, {});
    expect(sources).toHaveLength(1);
    expect(sources[0]).toMatchObject({
      kind: "problem",
      sentence: expect.stringMatching(
        /flujo\.toml, line 3 is not valid TOML: [^\n]+\. Mend it, then refresh\.$/,
      ),
    });
  });

  it("says that state_uri must be text", async () => {
    write("flujo.toml", "state_uri = 7");
    expect(await findDatabases(root, {})).toMatchObject([
      { kind: "problem", sentence: expect.stringContaining("state_uri in ") },
    ]);
  });

  it("says what could not be read", async () => {
    mkdirSync(path.join(root, "flujo.toml"));
    expect(await findDatabases(root, {})).toMatchObject([
      { kind: "problem", sentence: expect.stringMatching(/flujo\.toml could not be read: .+\.$/) },
    ]);
  });

  it("refuses to parse a flujo.toml of megabytes", async () => {
    write("flujo.toml", "#".repeat(1_000_001));
    expect(await findDatabases(root, {})).toMatchObject([
      { kind: "problem", sentence: expect.stringContaining("larger than 1 MB") },
    ]);
  });
});

describe("findDatabase", () => {
  it("gives the first of several", async () => {
    const first = write("flujo_ops.db");
    write(".flujo/flujo_ops.db");
    expect(await findDatabase(root, {})).toMatchObject({ kind: "file", path: first });
  });

  it("says what to do when there is none", async () => {
    expect(await findDatabase(root, {})).toEqual({
      kind: "problem",
      sentence: expect.stringMatching(/^No trace database was found for .+--db FILE\.$/),
    });
  });
});
