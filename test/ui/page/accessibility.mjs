import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";

/**
 * Fails with what axe finds serious or critical in a page or a part of it, and finds again: on a busy machine it was seen to
 * take the background of every element of a dark page for white.
 *
 * @param {import("playwright-core").Page} page
 * @param {{part?: string}} [options] `part`: a selector.
 */
export async function assertAccessible(page, { part } = {}) {
  const first = await seriousViolations(page, part);
  if (first.length === 0) return;
  const again = new Set(await seriousViolations(page, part));
  assert.deepEqual(
    first.filter((violation) => again.has(violation)),
    [],
  );
}

async function seriousViolations(page, part) {
  const axe = new AxeBuilder({ page });
  if (part !== undefined) axe.include(part);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
