// Installs node_modules when they are missing. Imports nothing but Node.
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { cleanEnvironment, run, ToolError } from "./processes.mjs";

/** Makes sure that the dependencies of the lock file are there, whole. */
export async function installDependencies() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major === undefined || major < 20) {
    throw new ToolError(`Node 20 or newer is needed; this is ${process.version}.`);
  }
  // npm writes this file last.
  if (existsSync(path.join(root, "node_modules", ".package-lock.json"))) return;
  console.log("Installing dependencies (npm ci) ...");
  await run("npm", ["ci"], { cwd: root, env: cleanEnvironment({ npm_config_production: "false" }) });
}
