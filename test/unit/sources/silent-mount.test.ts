import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { watchDatabase } from "../../../src/sources/watch.ts";
import { freshFolder } from "../support/fixtures.ts";

/** What is written below an overlay shows through it, and the system tells nobody who watches it. */
test("a change that the system does not announce is found by looking", async ({ skip }) => {
  const folder = freshFolder();
  const at = (name: string) => path.join(folder, name);
  for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(at(name));
  writeFileSync(at("lower/traces.db"), "a");
  const layers = `lowerdir=${at("lower")},upperdir=${at("upper")},workdir=${at("work")}`;
  if (spawnSync("mount", ["-t", "overlay", "overlay", "-o", layers, at("merged")]).status !== 0)
    return skip("no overlay can be mounted here");
  const database = at("merged/traces.db");
  let told = 0;
  const listener = watch(at("merged"), () => {
    told += 1;
  });
  const times = { debounce: 5, pause: 5, poll: 20, safetyPoll: 20 };
  try {
    await new Promise<void>((resolve) => {
      const watched = watchDatabase(
        database,
        () => {
          watched.dispose();
          resolve();
        },
        times,
      );
      setTimeout(() => appendFileSync(at("lower/traces.db"), "b"), 200);
    });
    expect(readFileSync(database, "utf8")).toBe("ab");
    expect(told).toBe(0);
  } finally {
    listener.close();
    spawnSync("umount", [at("merged")]);
  }
}, 60_000);
