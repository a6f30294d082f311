// Finds Chromium, or installs Debian's where that is allowed, and starts it for playwright-core.
import { existsSync } from "node:fs";
import path from "node:path";
import { isExecutable, run, ToolError, which } from "./processes.mjs";

const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const places = [
  "/usr/lib/chromium/chromium",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/**
 * The path of Chromium.
 *
 * @returns {Promise<string>}
 * @throws {ToolError} that says what to install.
 */
export async function findChromium() {
  const named = process.env.FLUJO_LENS_CHROMIUM;
  if (named !== undefined) {
    if (isExecutable(named)) return path.resolve(named);
    throw new ToolError(`FLUJO_LENS_CHROMIUM names ${named}, which is no program.`);
  }
  const found = search();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    await installDebianChromium();
    const installed = search();
    if (installed !== undefined) return installed;
  }
  throw new ToolError(
    "These tests need Chromium: install it (Debian: `sudo apt-get install chromium`), or name a Chrome in FLUJO_LENS_CHROMIUM.",
  );
}

/**
 * Starts a headless Chromium. The caller closes it.
 *
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function launchBrowser() {
  const executablePath = await findChromium();
  // Loaded late: finding the browser must work before the dependencies are there.
  const { chromium } = await import("playwright-core");
  // Chromium's sandbox refuses to run as root.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, headless: true, args: [...flags, ...sandbox] });
}

function search() {
  for (const name of programs) {
    const found = which(name);
    if (found !== undefined) return found;
  }
  return places.find(isExecutable);
}

async function installDebianChromium() {
  console.log("Installing Chromium from Debian (once) ...");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=300", "-q"];
  await run("apt-get", ["update", ...wait], { env });
  await run(
    "apt-get",
    ["install", "-y", "--no-install-recommends", ...wait, "chromium", "fonts-dejavu-core"],
    { env },
  );
}
