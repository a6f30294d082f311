import { quoteValue } from "./complete.ts";
import { parseFilter } from "./parser.ts";
import { type Expression, FilterError, type Place } from "./syntax.ts";

/** The status that a filter asks for beside its other conditions, as it is written there; undefined when it asks for none or for several. */
export function statusOf(source: string): string | undefined {
  const found = statusConditions(read(source));
  return found.length === 1 ? found[0]!.status : undefined;
}

/**
 * The filter with one condition on the status: put in, put in place of another, or taken away when it stands there already.
 * A filter with a mistake gives way.
 */
export function toggleStatus(source: string, status: string): string {
  const condition = `status = ${quoteValue(status)}`;
  const expression = read(source);
  if (expression === undefined) return condition;
  const [first, ...others] = statusConditions(expression);
  if (first === undefined) {
    return expression.kind === "or"
      ? `(${source.trim()}) and ${condition}`
      : `${source.trim()} and ${condition}`;
  }
  const same = others.length === 0 && first.status.toLowerCase() === status.toLowerCase();
  if (same) return without(source, first.place);
  const alone = others.reduceRight((text, { place }) => without(text, place), source);
  return replace(alone, first.place, condition);
}

interface StatusCondition {
  readonly status: string;
  readonly place: Place;
}

/** Conditions `status = …` that everything taken has to fulfil, in the order of the text. */
function statusConditions(expression: Expression | undefined): StatusCondition[] {
  if (expression === undefined) return [];
  if (expression.kind === "and")
    return [...statusConditions(expression.left), ...statusConditions(expression.right)];
  if (expression.kind !== "compare" || expression.operator !== "=" || expression.key.quoted) return [];
  if (expression.key.name.toLowerCase() !== "status") return [];
  const place = { from: expression.key.place.from, to: expression.value.place.to };
  return [{ status: expression.value.text, place }];
}

function replace(source: string, { from, to }: Place, text: string): string {
  return source.slice(0, from) + text + source.slice(to);
}

/** Without a condition, the "and" that joins it, and brackets that held nothing else. */
function without(source: string, { from, to }: Place): string {
  const left = cut(source, { from, to });
  const empty = /\(\s*\)/.exec(left);
  return empty ? without(left, { from: empty.index, to: empty.index + empty[0].length }) : left;
}

function cut(source: string, { from, to }: Place): string {
  const before = source.slice(0, from);
  const after = source.slice(to);
  const joined = /(^|[\s)"'])and\s*$/i.exec(before);
  if (joined) return `${before.slice(0, joined.index + joined[1]!.length).trimEnd()}${after}`.trim();
  return `${before}${after.replace(/^\s*(and(?=[\s("']))?\s*/i, "")}`.trim();
}

function read(source: string): Expression | undefined {
  try {
    return parseFilter(source);
  } catch (thrown) {
    if (thrown instanceof FilterError) return undefined;
    throw thrown;
  }
}
