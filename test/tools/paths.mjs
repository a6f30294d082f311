// Where things lie. Imports nothing but Node, so that it works before `npm ci`.
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Downloads that outlive a run: VS Code, its Node, the sample workspace. Ignored by git. */
export const cacheDir = path.resolve(process.env.FLUJO_LENS_CACHE ?? path.join(root, ".cache"));

/** What a run leaves for people: the package, screenshots. Ignored by git. */
export const outDir = path.join(root, "out");

export const screenshotDir = path.join(outDir, "screenshots");

export const vsixPath = path.join(outDir, "flujo-lens.vsix");

export const fixtureDir = path.join(root, "test", "fixtures");
