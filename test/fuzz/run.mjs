// Asks everything of damaged databases for as long as one likes:
//
//   npm run fuzz -- --seconds 60
//   npm run fuzz -- --seconds 60 --seed 123456    the same inputs again
//   npm run fuzz -- --absurd                      whole databases that are absurdly large in one place, each question by itself
//
// Prints the seed of every failure: add it to test/fuzz/fuzz.test.ts with its cause mended.
import { mkdtempSync, rmSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildExtension } from "../tools/package.mjs";
import { root } from "../tools/paths.mjs";
import { main } from "../tools/processes.mjs";

await main(async () => {
  const seconds = numberOf("--seconds") ?? 60;
  const firstSeed = numberOf("--seed") ?? Math.floor(Math.random() * 1e9);
  await buildExtension();
  Object.assign(globalThis, { __ENGINE_DIR__: path.join(root, "dist") });
  register("../tools/typescript-hooks.mjs", import.meta.url);
  if (process.argv.includes("--absurd")) return askAbsurdly();
  const { fuzz } = await import("./fuzz.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-fuzz-"));
  const deadline = performance.now() + seconds * 1000;
  try {
    const outcome = await fuzz(folder, () => performance.now() < deadline, firstSeed);
    console.log(`first seed    ${firstSeed}`);
    console.log(`inputs        ${outcome.inputs}`);
    console.log(`answers       ${outcome.answers}`);
    console.log(`sentences     ${JSON.stringify(outcome.sentences)}`);
    console.log(`slowest       ${Math.round(outcome.slowest)} ms`);
    console.log(`memory        ${Math.round(outcome.memory / 2 ** 20)} MB more than at the start`);
    console.log(`failures      ${outcome.failures.length}`);
    for (const failure of outcome.failures.slice(0, 20)) console.log(failure);
    process.exitCode = outcome.failures.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function askAbsurdly() {
  const { absurdDatabases, absurdQuestions, askAbsurd, makeAbsurd } = await import("./absurd.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-absurd-"));
  const most = { peak: 512 * 2 ** 20, milliseconds: 5000 };
  try {
    for (const what of Object.keys(absurdDatabases)) {
      const file = await makeAbsurd(folder, what);
      console.log(what);
      for (const question of absurdQuestions) {
        const { answers, times, peak, cpu } = await askAbsurd(
          path.join(root, "dist/store.js"),
          file,
          question,
        );
        const milliseconds = times[question] ?? 0;
        const wrong =
          peak > most.peak || milliseconds > most.milliseconds || /^internal/.test(answers[question] ?? "");
        if (wrong) process.exitCode = 1;
        console.log(
          `${wrong ? "! " : "  "}${question.padEnd(11)} ${String(milliseconds).padStart(6)} ms  ${String(Math.round(peak / 2 ** 20)).padStart(5)} MB  ${cpu.toFixed(1).padStart(5)} s of processor  ${answers[question]?.slice(0, 60)}`,
        );
      }
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} name */
function numberOf(name) {
  const at = process.argv.indexOf(name);
  const value = Number(process.argv[at + 1]);
  return at > 0 && Number.isFinite(value) ? value : undefined;
}
