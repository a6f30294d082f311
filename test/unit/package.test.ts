import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageExtension } from "../tools/package.mjs";
import { root } from "../tools/paths.mjs";

/** Everything that may be in the package; names with a hash in them are patterns. */
const allowed = [
  /^package\.json$/,
  /^package\.nls(\.[\w-]+)?\.json$/,
  /^(README\.md|CHANGELOG\.md|LICENSE)$/,
  /^docs\/filters\.md$/,
  /^media\/(icon\.png|activity-bar\.svg)$/,
  /^media\/tab\/\w+\.svg$/,
  /^dist\/(extension|worker|writer|store|cli)\.js$/,
  /^dist\/sql-wasm\.wasm$/,
  /^dist\/webview\/main\.(js|css)$/,
  /^dist\/webview\/codicon-\w+\.ttf$/,
];

const needed = [
  "LICENSE",
  "README.md",
  "dist/cli.js",
  "dist/extension.js",
  "dist/sql-wasm.wasm",
  "dist/store.js",
  "dist/webview/main.css",
  "dist/webview/main.js",
  "dist/worker.js",
  "docs/filters.md",
  "media/activity-bar.svg",
  "media/icon.png",
  "package.json",
];

describe("the package", () => {
  let folder: string;
  let files: string[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-package-"));
    files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("holds all that the extension needs", () => {
    expect(files).toEqual(expect.arrayContaining(needed));
  });

  it("holds nothing that is not on the list: no sources, no tests, no types, no settings", () => {
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  it("is smaller than 1.5 MB", async () => {
    const vsix = await packageExtension(path.join(folder, "test.vsix"));
    expect(statSync(vsix).size).toBeLessThan(1_500_000);
  }, 120_000);

  it("holds no source map, no path of the machine that built it and no key", () => {
    const texts = files.filter((file) => /\.(js|css|json|md|svg)$/.test(file));
    const places = [root, homedir()].filter((place) => place.length > 5);
    const strange = /sourceMappingURL|-----BEGIN [A-Z ]*PRIVATE KEY|\bnpm_[A-Za-z0-9]{36}|_authToken/;
    const offends = (text: string) => strange.test(text) || places.some((place) => text.includes(place));
    expect(texts.filter((file) => offends(readFileSync(path.join(root, file), "utf8")))).toEqual([]);
  });
});
