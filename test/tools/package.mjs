// `npm run package`: builds and packs out/flujo-lens.vsix. `--no-build` packs the dist that is there.
import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root, vsixPath } from "./paths.mjs";
import { main, run } from "./processes.mjs";

/**
 * Packs the built extension and resolves to the package's path.
 *
 * @param {string} [target]
 * @returns {Promise<string>}
 */
export async function packageExtension(target = vsixPath) {
  mkdirSync(path.dirname(target), { recursive: true });
  const vsce = path.join(root, "node_modules", "@vscode", "vsce", "vsce");
  const options = ["--no-dependencies", "--no-rewrite-relative-links", "--allow-missing-repository"];
  await run(process.execPath, [vsce, "package", ...options, "--out", target], { cwd: root });
  return target;
}

/** Makes all of dist. */
export async function buildExtension() {
  await run(process.execPath, [path.join(root, "esbuild.mjs")], { cwd: root });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    if (!process.argv.includes("--no-build")) await buildExtension();
    await packageExtension();
    console.log(`${path.relative(root, vsixPath)}: ${(statSync(vsixPath).size / 1024).toFixed(0)} KB`);
  });
}
