// How a stage of `npm test` went, and how it is told.

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** @typedef {{ title: string, state: "passed" | "failed" | "skipped", error?: string }} TestResult */

/** @type {Outcome} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {Outcome} a
 * @param {Outcome} b
 * @returns {Outcome}
 */
export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * "3 passed, 0 failed", with the skipped ones when there are some.
 *
 * @param {Outcome} outcome
 */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * @param {readonly TestResult[]} tests
 * @returns {Outcome}
 */
export function count(tests) {
  const outcome = { ...nothing };
  for (const { state } of tests) outcome[state]++;
  return outcome;
}

/** @param {readonly TestResult[]} tests */
export function show(tests) {
  const marks = { passed: "✓", failed: "✗", skipped: "-" };
  for (const { title, state, error } of tests) {
    console.log(`  ${marks[state]} ${title}${state === "skipped" ? " (skipped)" : ""}`);
    if (error !== undefined) console.log(error.replace(/^/gm, "      "));
  }
}
