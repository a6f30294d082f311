/** How SQLite would run a statement, as an outline. */
import { html, nothing, type TemplateResult } from "lit";
import { visible } from "../../src/format/text.ts";
import type { QueryTableRow } from "../../src/protocol/messages.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";

export interface PlanStep {
  /** 0 at the top. */
  readonly depth: number;
  /** SQLite's own words. */
  readonly detail: string;
  /** What the step costs, where it is worth a word. */
  readonly hint: keyof typeof strings.sqlPlanHints | undefined;
}

const COLUMNS = "id parent notused detail";

/** Whether an answer is a plan, by its columns. */
export function isPlan(names: readonly string[]): boolean {
  return names.join(" ") === COLUMNS;
}

/** The steps in SQLite's order, each with its depth. A step whose parent is unknown stands at the top. */
export function planSteps(rows: readonly QueryTableRow[]): PlanStep[] {
  const depths = new Map<unknown, number>();
  return rows.map(({ id, parent, detail }) => {
    const above = depths.get(parent);
    const depth = above === undefined ? 0 : above + 1;
    depths.set(id, depth);
    return { depth, detail: String(detail), hint: hintOf(String(detail)) };
  });
}

function hintOf(detail: string): PlanStep["hint"] {
  if (/AUTOMATIC/.test(detail)) return "automatic";
  if (/^USE TEMP B-TREE FOR DISTINCT/.test(detail)) return "distinct";
  if (/^USE TEMP B-TREE/.test(detail)) return "sort";
  // A constant row, a subquery's rows and the values of JSON are no table that could be large.
  if (/^SCAN (?!CONSTANT ROW|\(|.*VIRTUAL TABLE|.*USING COVERING INDEX)/.test(detail)) return "scan";
  return /^SEARCH /.test(detail) ? "search" : undefined;
}

/** Steps that cost the more the larger the database is. */
const DEAR: ReadonlySet<PlanStep["hint"]> = new Set(["scan", "automatic"]);

export function planView(steps: readonly PlanStep[]): TemplateResult {
  return html`<ul class="plan" aria-label=${strings.sqlPlan} tabindex="0">
    ${steps.map(
      ({ depth, detail, hint }) => html`<li
        class="plan-step"
        aria-level=${depth + 1}
        style="--depth: ${depth}"
      >
        ${DEAR.has(hint) ? icon("warning") : icon("circle-small")}
        <span class="mono">${visible(detail)}</span>
        ${hint === undefined ? nothing : html`<span class="quiet">${strings.sqlPlanHints[hint]}</span>`}
      </li>`,
    )}
  </ul>`;
}
