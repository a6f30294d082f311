import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { temporaryFolderVariable } from "./temporary-folder.ts";

/** The databases that flujo's own backends wrote. `live` is a main file with a write-ahead log and no `-shm`. */
export type FixtureName = "v1.0" | "v0.4.32" | "v0.6.11" | "live";

export const fixtureNames: readonly FixtureName[] = ["v1.0", "v0.4.32", "v0.6.11", "live"];

/** What every reader must find in a fixture. */
export const fixtureCounts = {
  "v1.0": { runs: 300, spans: 2935, failedSpans: 118 },
  "v0.4.32": { runs: 300, spans: 2935, failedSpans: 118 },
  "v0.6.11": { runs: 300, spans: 2935, failedSpans: 118 },
  live: { runs: 12, spans: 113 },
} as const;

const source = fileURLToPath(new URL("../../fixtures/databases/", import.meta.url));

const packed: Record<FixtureName, readonly string[]> = {
  "v1.0": ["flujo-v1.0.db"],
  "v0.4.32": ["flujo-v0.4.32.db"],
  "v0.6.11": ["flujo-v0.6.11.db"],
  live: ["flujo-v0.6.11-live-wal/flujo_ops.db", "flujo-v0.6.11-live-wal/flujo_ops.db-wal"],
};

let folder: string | undefined;
let count = 0;

/** A new empty folder. All of them are removed when the tests have run. */
export function freshFolder(): string {
  folder ??= makeFolder();
  count += 1;
  const fresh = path.join(folder, String(count));
  mkdirSync(fresh);
  return fresh;
}

function makeFolder(): string {
  const shared = process.env[temporaryFolderVariable];
  const made = mkdtempSync(path.join(shared ?? tmpdir(), "flujo-lens-test-"));
  if (shared === undefined) process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}

const unpacked = new Map<FixtureName, string>();

/** Absolute path of an unpacked fixture, shared by the tests of this process: read it, never change it. */
export function fixture(name: FixtureName): string {
  const known = unpacked.get(name);
  if (known !== undefined) return known;
  const target = freshFolder();
  const files = packed[name].map((file) => {
    const bytes = gunzipSync(readFileSync(path.join(source, `${file}.gz`)));
    const unpackedFile = path.join(target, path.basename(file));
    writeFileSync(unpackedFile, bytes);
    return unpackedFile;
  });
  unpacked.set(name, files[0]!);
  return files[0]!;
}

/** Absolute path of a copy of a fixture (with its log, if it has one) that the caller may change. */
export function fixtureCopy(name: FixtureName): string {
  const original = fixture(name);
  const copy = path.join(freshFolder(), path.basename(original));
  for (const suffix of ["", "-wal"]) {
    if (existsSync(original + suffix)) copyFileSync(original + suffix, copy + suffix);
  }
  return copy;
}
