// Runs as flujo records them, made up from numbers: the same seed gives the same runs.

/**
 * @typedef {object} MadeUpSpan
 * @property {string} id
 * @property {string | null} parent id of the span above.
 * @property {string} name
 * @property {string} status
 * @property {number} start seconds since the epoch.
 * @property {number} end
 * @property {Record<string, unknown>} attributes
 */

/**
 * @typedef {object} MadeUpStep
 * @property {string} name
 * @property {number} index
 * @property {string} status
 * @property {number} milliseconds
 * @property {number} cost US dollars.
 * @property {number} tokens
 * @property {string | null} error
 */

/**
 * @typedef {object} MadeUpRun
 * @property {string} id
 * @property {number} number
 * @property {string} pipeline
 * @property {string} version
 * @property {"completed" | "failed"} status
 * @property {number} start seconds since the epoch.
 * @property {number} end
 * @property {string | null} error
 * @property {MadeUpSpan[]} spans parents before children.
 * @property {MadeUpStep[]} steps
 */

/** Steps of three pipelines; the one marked with a star maps over items. */
const pipelines = Object.entries({
  invoice_extraction: ["load_pdf", "split_pages*", "extract_fields", "validate_totals", "write_erp"],
  support_triage: ["classify_ticket", "retrieve_context*", "draft_reply", "policy_check"],
  code_review: ["collect_diff", "plan_review", "review_file*", "summarize"],
});

const failures = [
  ["tool_error", "Tool 'search' raised KeyError: 'results'"],
  ["timeout", "Agent call timed out after 30.0s"],
  ["rate_limit", "429 Too Many Requests: retry after 12s"],
  [
    "validation_error",
    "1 validation error for InvoiceTotals\ntotal\n  Value error, totals do not match line items",
  ],
];

const words =
  "ticket invoice page total customer refund line diff review context order late parcel field date amount vendor".split(
    " ",
  );

/** 2025-10-01T08:00:00Z, seconds since the epoch. */
const firstStart = 1_759_305_600;
const secondsBetweenRuns = 60;
/** With two failed spans in each failed run of about eleven, 4 % of all spans fail. */
const failingShare = 0.2;

/**
 * Runs, oldest first, until their spans number exactly `spanCount`.
 *
 * @param {number} spanCount
 * @returns {Generator<MadeUpRun>}
 */
export function* madeUpRuns(spanCount) {
  const random = randomNumbers(20_251_001);
  let left = spanCount;
  for (let number = 0; left > 0; number += 1) {
    const run = madeUpRun(number, random, left);
    left -= run.spans.length;
    yield run;
  }
}

/**
 * @param {number} number
 * @param {() => number} random
 * @param {number} mostSpans
 * @returns {MadeUpRun}
 */
function madeUpRun(number, random, mostSpans) {
  const [pipeline, steps] = pipelines[Math.floor(random() * pipelines.length)] ?? ["", []];
  const version = `1.${Math.floor(random() * 5)}`;
  const id = `run_${hex(random, 32)}`;
  const start = firstStart + number * secondsBetweenRuns;
  const root = span(random, null, "pipeline_run", start, {
    "flujo.input": JSON.stringify({ doc: `s3://in/${number}.pdf`, note: text(random, 30) }),
    "flujo.run_id": id,
    "flujo.pipeline.name": pipeline,
    "flujo.pipeline.version": version,
  });
  /** @type {MadeUpRun} */
  const run = {
    id,
    number,
    pipeline,
    version,
    status: "completed",
    start,
    end: start,
    error: null,
    spans: [root],
    steps: [],
  };
  const failing = random() < failingShare ? Math.floor(random() * steps.length) : -1;
  let now = start;
  for (const [index, starred] of steps.entries()) {
    now += random() * 0.02;
    const failure = index === failing ? failures[Math.floor(random() * failures.length)] : undefined;
    const spans = stepSpans(random, root.id, starred, now, `${index}-${number}`, failure);
    run.spans.push(...spans);
    const [first] = spans;
    if (first === undefined) continue;
    now = first.end;
    run.steps.push({
      name: first.name,
      index,
      status: first.status,
      milliseconds: Math.round((first.end - first.start) * 1000),
      cost: Number(first.attributes["flujo.budget.actual_cost_usd"]),
      tokens: Number(first.attributes["flujo.budget.actual_tokens"]),
      error: failure?.[1] ?? null,
    });
    if (failure === undefined) continue;
    run.status = "failed";
    run.error = failure[1] ?? null;
    break;
  }
  run.spans.length = Math.min(run.spans.length, mostSpans);
  run.end = now;
  root.end = now;
  root.status = run.status;
  return run;
}

/**
 * A step's span, and those of its items when it maps over some.
 *
 * @param {() => number} random
 * @param {string} parent
 * @param {string} starred the step's name, with a star when it maps.
 * @param {number} start
 * @param {string} suffix
 * @param {readonly string[] | undefined} failure
 * @returns {MadeUpSpan[]}
 */
function stepSpans(random, parent, starred, start, suffix, failure) {
  const name = starred.replace("*", "");
  // Most calls are quick, few are slow.
  const duration = 0.1 + 0.4 * -Math.log(1 - random());
  const step = span(random, parent, name, start, {
    "flujo.step.type": "Step",
    step_input: `input of ${name}: ${text(random, 300)}`,
    "flujo.step.policy": "DefaultAgentStepExecutor",
    "flujo.step.id": `${name}-${suffix}`,
    "flujo.attempt_number": random() < 0.1 ? 2 : 1,
    "flujo.cache.hit": random() < 0.1,
    success: failure === undefined,
    latency_s: duration,
    "flujo.budget.actual_cost_usd": Math.round(random() * 10_000) / 1e6,
    "flujo.budget.actual_tokens": 100 + Math.floor(random() * 2900),
  });
  step.end = start + duration;
  if (failure !== undefined) {
    step.status = "failed";
    Object.assign(step.attributes, { feedback: failure[1], error_type: failure[0] });
  }
  if (name === starred) return [step];
  const items = 3 + Math.floor(random() * 6);
  return [step, ...Array.from({ length: items }, (_, index) => item(random, step, index, duration / items))];
}

/**
 * @param {() => number} random
 * @param {MadeUpSpan} step
 * @param {number} index
 * @param {number} slot seconds.
 */
function item(random, step, index, slot) {
  const start = step.start + index * slot;
  const attributes = { "flujo.step.type": "MapStep", index, item: text(random, 300) };
  const one = span(random, step.id, `${step.name}_item`, start, attributes);
  one.end = start + slot * random();
  return one;
}

/**
 * @param {() => number} random
 * @param {string | null} parent
 * @param {string} name
 * @param {number} start
 * @param {Record<string, unknown>} attributes
 * @returns {MadeUpSpan}
 */
function span(random, parent, name, start, attributes) {
  const id = [8, 4, 4, 4, 12].map((digits) => hex(random, digits)).join("-");
  return { id, parent, name, status: "completed", start, end: start, attributes };
}

/**
 * @param {() => number} random
 * @param {number} digits
 */
function hex(random, digits) {
  let result = "";
  while (result.length < digits)
    result += Math.floor(random() * 65_536)
      .toString(16)
      .padStart(4, "0");
  return result.slice(0, digits);
}

/**
 * Words, up to so many characters.
 *
 * @param {() => number} random
 * @param {number} most
 */
function text(random, most) {
  const length = most / 2 + (random() * most) / 2;
  let result = "";
  while (result.length < length) result += `${words[Math.floor(random() * words.length)]} `;
  return result.slice(0, length);
}

/**
 * Numbers from 0 to below 1, the same for the same seed.
 *
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
