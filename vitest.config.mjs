import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { workerFlags } from "./test/tools/node-flags.mjs";

const root = path.dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  define: {
    __ENGINE_DIR__: JSON.stringify(path.join(root, "dist")),
    __VERSION__: JSON.stringify("0.0.0-test"),
  },
  test: {
    include: ["test/unit/**/*.test.ts", "test/stress/**/*.test.ts", "test/fuzz/**/*.test.ts"],
    globalSetup: ["test/unit/support/temporary-folder.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    execArgv: workerFlags,
  },
});
