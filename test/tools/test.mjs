// `npm test`: everything, from zero, on a machine with Node 20 or newer. Installs what is missing, then runs the stages
//
//   build      all of dist, and out/flujo-lens.vsix
//   check      types and lint
//   unit       test/unit with vitest
//   host       test/host inside VS Code's extension host
//   ui         test/ui: a user's mouse and keyboard on the installed package; pictures in out/screenshots
//
// `npm test -- unit host` runs these two, with the build that they need. Words after a single stage narrow it:
// `npm test -- unit store`, `npm test -- ui sidebar`. The last line sums all tests: "N passed, N failed[, N skipped]".
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installDependencies } from "./dependencies.mjs";
import { root } from "./paths.mjs";
import { execute, main, ToolError } from "./processes.mjs";
import { add, nothing, summary } from "./results.mjs";

/** @typedef {import("./results.mjs").Outcome} Outcome */

/**
 * @typedef {object} Stage
 * @property {string} title
 * @property {boolean} tests false when there is nothing to count: such a stage can only fail
 * @property {(words: readonly string[]) => Promise<Outcome>} run
 */

/** In the order in which they run. */
const stages = {
  build: { title: "Build", tests: false, run: build },
  check: { title: "Types and lint", tests: false, run: check },
  unit: { title: "Unit tests", tests: true, run: unit },
  host: {
    title: "Tests inside VS Code",
    tests: true,
    run: async () => (await import("./host-tests.mjs")).runHostTests(),
  },
  ui: {
    title: "User tests",
    tests: true,
    run: async (/** @type {readonly string[]} */ words) => (await import("./ui-tests.mjs")).runUiTests(words),
  },
};

await main(async () => {
  const { chosen, words } = choose(process.argv.slice(2));
  await installDependencies();

  let sum = nothing;
  for (const stage of chosen) {
    const outcome = await runStage(stage, words);
    sum = add(sum, outcome);
    if (stage === stages.build && outcome.failed > 0) {
      console.log("\nNothing else runs without a build.");
      break;
    }
  }
  console.log(`\n${summary(sum)}`);
  // Pages and servers that did not end must not keep a finished run alive.
  process.exit(sum.failed > 0 ? 1 : 0);
});

/** @param {readonly string[]} args */
function choose(args) {
  const names = args.filter((word) => word in stages);
  const words = args.filter((word) => !(word in stages));
  if (words.length > 0 && names.length !== 1) {
    throw new ToolError(`Unknown stage ${words[0]}. The stages are ${Object.keys(stages).join(", ")}.`);
  }
  const needsBuild = names.some((name) => name !== "check");
  const chosen = Object.entries(stages)
    .filter(([name]) => names.length === 0 || names.includes(name) || (name === "build" && needsBuild))
    .map(([, stage]) => stage);
  return { chosen, words };
}

/**
 * @param {Stage} stage
 * @param {readonly string[]} words
 * @returns {Promise<Outcome>}
 */
async function runStage({ title, tests, run }, words) {
  console.log(`\n== ${title} ==`);
  const start = Date.now();
  let outcome = nothing;
  try {
    outcome = await run(words);
    if (tests && outcome.passed + outcome.failed + outcome.skipped === 0) {
      throw new ToolError("No test ran.");
    }
  } catch (error) {
    console.log(error instanceof ToolError ? error.message : error);
    outcome = add(outcome, { ...nothing, failed: 1 });
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(
    `-- ${title}: ${tests ? summary(outcome) : outcome.failed > 0 ? "failed" : "done"} in ${seconds} s`,
  );
  return outcome;
}

async function build() {
  const { buildExtension, packageExtension } = await import("./package.mjs");
  await buildExtension();
  await packageExtension();
  return nothing;
}

async function check() {
  const { code } = await execute("npm", ["run", "--silent", "check"], { cwd: root, show: true });
  return { ...nothing, failed: code === 0 ? 0 : 1 };
}

/** @param {readonly string[]} words */
async function unit(words) {
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-unit-"));
  const report = path.join(folder, "vitest.json");
  try {
    const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { code } = await execute(process.execPath, [vitest, "run", ...reporters, ...words], {
      cwd: root,
      show: true,
    });
    const result = JSON.parse(readFileSync(report, "utf8"));
    const failed = result.numFailedTests;
    return {
      passed: result.numPassedTests,
      // A file that cannot be loaded fails without a test of its own.
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
