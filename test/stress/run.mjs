// Reads beside real writers for as long as one likes, and tells how it went:
//
//   npm run stress -- --seconds 60
//   npm run stress -- --seconds 10 killed rollback    only these behaviours
//   npm run stress -- --spans 400000 large            a file of 400 MB instead of 100
//
// Seconds are of each behaviour. Needs python3 with sqlite3. Where FLUJO_LENS_FLUJO_PYTHON names a Python that can
// import flujo, the traces of `save_trace` are saved by flujo itself.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildExtension } from "../tools/package.mjs";
import { root } from "../tools/paths.mjs";
import { main, ToolError } from "../tools/processes.mjs";

await main(async () => {
  const { seconds, spans, names } = readArguments(process.argv.slice(2));
  if (spans !== undefined) process.env.FLUJO_LENS_STRESS_SPANS = String(spans);
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
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seconds: { type: "string", default: "10" }, spans: { type: "string" } },
  });
  const [seconds, spans] = [
    Number(values.seconds),
    values.spans === undefined ? undefined : Number(values.spans),
  ];
  // Runs of equal length, of which there are 400.
  if (!(seconds > 0) || (spans !== undefined && !(spans > 0 && spans % 400 === 0)))
    throw new ToolError("Usage: npm run stress -- [--seconds NUMBER] [--spans MULTIPLE_OF_400] [BEHAVIOUR…]");
  return { seconds, spans, names: positionals };
}
