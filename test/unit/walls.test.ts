import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Which rooms a room may import from, besides itself. The composition roots (`src/extension*.ts`) may import all of `src`. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "src/views": [
    "src/panel",
    "src/commands",
    "src/steps",
    "src/sources",
    "src/store",
    "src/engine",
    "src/format",
    "src/filter",
  ],
  "src/panel": [
    "src/views",
    "src/commands",
    "src/sources",
    "src/store",
    "src/engine",
    "src/format",
    "src/filter",
    "src/protocol",
  ],
  "src/commands": [
    "src/views",
    "src/panel",
    "src/steps",
    "src/sources",
    "src/store",
    "src/engine",
    "src/format",
    "src/filter",
    "src/protocol",
    "src/export",
    "src/write",
  ],
  "src/cli": [
    "src/steps",
    "src/sources",
    "src/store",
    "src/engine",
    "src/export",
    "src/import",
    "src/write",
    "src/format",
    "src/filter",
    "src/arrays",
  ],
  "src/export": ["src/store", "src/engine", "src/format"],
  "src/write": ["src/import", "src/store", "src/engine", "src/format"],
  "src/import": ["src/export", "src/store", "src/engine", "src/format"],
  "src/sources": ["src/write", "src/store", "src/engine", "src/format"],
  "src/store": ["src/engine", "src/filter", "src/sql", "src/arrays"],
  "src/engine": [],
  "src/protocol": ["src/store", "src/engine", "src/filter"],
  "src/steps": [],
  "src/format": [],
  "src/filter": [],
  "src/sql": [],
  "src/arrays": [],
  webview: ["src/protocol", "src/format", "src/filter", "src/sql", "src/arrays"],
};

/** Rooms that know VS Code. */
const insideVsCode = ["src/views", "src/panel", "src/commands", "src"];

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.posix.join(folder, file.split(path.sep).join("/")));
}

function imports(file: string): { from: string; typeOnly: boolean }[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return Array.from(
    text.matchAll(/^(?:import|export)\b([^;"']*?)from "([^"]+)"|^import "([^"]+)"/gm),
    (match) => ({
      from: match[2] ?? match[3] ?? "",
      typeOnly: /^\s*type\b/.test(match[1] ?? ""),
    }),
  );
}

function roomOf(file: string): string {
  const parts = file.split("/");
  if (parts[0] !== "src") return parts[0]!;
  return parts.length > 2 ? `${parts[0]}/${parts[1]}` : "src";
}

const files = [...sources("src"), ...sources("webview")];

describe("the walls of the house", () => {
  test("there is something to check", () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set([...Object.keys(arrows), "src"]));
  });

  test.each(files)("%s imports only along the arrows", (file) => {
    const room = roomOf(file);
    for (const { from, typeOnly } of imports(file)) {
      if (from === "vscode") {
        expect(insideVsCode, `${file} imports vscode`).toContain(room);
      } else if (from.startsWith(".")) {
        const target = roomOf(path.posix.join(path.posix.dirname(file), from));
        if (target === room || room === "src") continue;
        expect(arrows[room], `${file} imports ${from}`).toContain(target);
        if (room === "src/protocol") expect(typeOnly, `${file} may only know types of ${from}`).toBe(true);
      }
    }
  });
});
