// Reads beside real writers for as long as one likes, and tells how it went:
//
//   npm run stress -- --seconds 60
//   npm run stress -- --seconds 10 killed rollback    only these behaviours
//
// Seconds are of each behaviour. Needs python3 with sqlite3. Where FLUJO_LENS_FLUJO_PYTHON names a Python that can
// import flujo, the traces of `save_trace` are saved by flujo itself.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildExtension } from "../tools/package.mjs";
import { root } from "../tools/paths.mjs";
import { main, ToolError } from "../tools/processes.mjs";

await main(async () => {
  const { seconds, names } = readArguments(process.argv.slice(2));
  await buildExtension();
  Object.assign(globalThis, { __ENGINE_DIR__: path.join(root, "dist") });
  register("../tools/typescript-hooks.mjs", import.meta.url);
  const { stress } = await import("./stress.ts");
  const { behaviours, largeBehaviours, python } = await import("./writers.ts");
  const { outcomeTable, complaints } = await import("./outcome-table.ts");
  if (python === undefined) throw new ToolError("There is no python3 with sqlite3 to write with.");
  const known = /** @type {const} */ ([...behaviours, "paced", ...largeBehaviours]);
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined)
    throw new ToolError(`Unknown behaviour ${unknown}. They are ${known.join(", ")}.`);

  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-stress-"));
  const outcomes = [];
  try {
    for (const behaviour of known.filter((name) => names.length === 0 || names.includes(name))) {
      console.log(`${behaviour}, ${seconds} s …`);
      mkdirSync(path.join(folder, behaviour));
      outcomes.push(await stress(path.join(folder, behaviour), behaviour, seconds));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${outcomeTable(outcomes)}\n`);
  const wrong = outcomes.flatMap((outcome) => complaints(outcome));
  for (const sentence of wrong) console.log(sentence);
  process.exit(wrong.length > 0 ? 1 : 0);
});

/** @param {string[]} args */
function readArguments(args) {
  const at = args.indexOf("--seconds");
  const seconds = at < 0 ? 10 : Number(args[at + 1]);
  if (!(seconds > 0)) throw new ToolError("Usage: npm run stress -- [--seconds NUMBER] [BEHAVIOUR…]");
  return { seconds, names: at < 0 ? args : args.filter((_, index) => index !== at && index !== at + 1) };
}
