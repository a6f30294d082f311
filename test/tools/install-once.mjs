// Puts a download into the cache exactly once, whoever asks and however many ask at the same time.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDir } from "./paths.mjs";

/**
 * Resolves to the folder `name` of the cache, filling it with `fill` when it is absent. The folder is filled under
 * another name and renamed, so what is there is complete. A second process waits for the first one.
 *
 * @param {string} name with the version in it: another version is another folder.
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>}
 */
export async function installOnce(name, fill) {
  const folder = path.join(cacheDir, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheDir, { recursive: true });
  const release = await lock(`${folder}.lock`);
  try {
    if (existsSync(folder)) return folder;
    const unfinished = mkdtempSync(path.join(cacheDir, `unfinished-${name}-`));
    const forget = () => rmSync(unfinished, { recursive: true, force: true });
    process.once("exit", forget);
    try {
      await fill(unfinished);
      moveInto(folder, unfinished);
    } finally {
      process.off("exit", forget);
      forget();
    }
    return folder;
  } finally {
    release();
  }
}

/**
 * @param {string} folder
 * @param {string} unfinished
 */
function moveInto(folder, unfinished) {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Two processes that found the lock of a dead one may both have filled; the first to finish is as good.
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Takes a lock file that names this process, waiting while a living process holds it.
 *
 * @param {string} file
 * @returns {Promise<() => void>} gives the lock back.
 */
async function lock(file) {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      const release = () => rmSync(file, { force: true });
      process.once("exit", release);
      return () => {
        process.off("exit", release);
        release();
      };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    if (!holderLives(file)) rmSync(file, { force: true });
    else await sleep(250);
  }
}

/** @param {string} file */
function holderLives(file) {
  try {
    const holder = Number(readFileSync(file, "utf8"));
    // A file that is still empty belongs to someone who is just writing it.
    if (!(holder > 0)) return true;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
