// Runs cases, each time in a fresh process, and sums up their times and memory.
import { isDeepStrictEqual } from "node:util";
import { run, ToolError } from "../tools/processes.mjs";
import { median } from "./case-frame.mjs";

/** @typedef {import("./case-frame.mjs").Measured} Measured */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} program
 * @property {string[]} args
 */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} least
 * @property {number} most
 */

/**
 * @typedef {object} Figures
 * @property {string} name of the contestant.
 * @property {Spread} milliseconds
 * @property {Spread} peakMemory bytes.
 */

/**
 * Lets all contestants run in turn, the order reversed at every other turn, so that a drift of the machine's speed hits all.
 *
 * @param {readonly Contestant[]} contestants whose answers must be equal.
 * @param {number} turns
 * @returns {Promise<Figures[]>} in the order of the contestants.
 * @throws {ToolError} when one fails or two answers differ.
 */
export async function compete(contestants, turns) {
  /** @type {Map<Contestant, Measured[]>} */
  const measured = new Map(contestants.map((contestant) => [contestant, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    const order = turn % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) measured.get(contestant)?.push(await measureOnce(contestant));
  }
  requireEqualAnswers(measured);
  return Array.from(measured, ([{ name }, results]) => ({
    name,
    milliseconds: spread(results.map((one) => one.milliseconds)),
    peakMemory: spread(results.map((one) => one.peakMemory)),
  }));
}

/**
 * @param {Contestant} contestant
 * @returns {Promise<Measured>}
 */
async function measureOnce({ program, args }) {
  const output = await run(program, args);
  return JSON.parse(output);
}

/** @param {ReadonlyMap<Contestant, readonly Measured[]>} measured */
function requireEqualAnswers(measured) {
  const answers = Array.from(measured, ([{ name }, results]) =>
    results.map(({ answer }) => ({ name, answer })),
  ).flat();
  const [first] = answers;
  for (const other of answers) {
    if (isDeepStrictEqual(other.answer, first?.answer)) continue;
    throw new ToolError(
      `${first?.name} and ${other.name} disagree, so their times mean nothing:\n` +
        `${shortened(first?.answer)}\n${shortened(other.answer)}`,
    );
  }
}

/** @param {unknown} answer */
function shortened(answer) {
  return JSON.stringify(answer).slice(0, 2_000);
}

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
function spread(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
