import { compileFilter, compileRunFilter } from "./compile.ts";
import { runKeys } from "./keys.ts";
import { parseFilter } from "./parser.ts";
import { FilterError } from "./syntax.ts";

/** What a filter is about: the spans of one run, or a list of runs. */
export type FilterScope = "spans" | "runs";

/** Longer filters are refused: their parts nest, and no person writes them. UTF-16 units. */
export const LONGEST_FILTER = 10_000;

const RUN_KEYS = new Set(runKeys.map(({ name }) => name));

/** In a list of runs `status` means `run.status`, and so on. */
export function runAlias(key: string): string {
  return RUN_KEYS.has(`run.${key}`) ? `run.${key}` : key;
}

/** Whether a key, after {@link runAlias}, is one of the run itself. */
export function isRunKey(key: string): boolean {
  return RUN_KEYS.has(key);
}

/** The first mistake in a filter, without asking any data; undefined when it can be used. `now` in seconds since the epoch. */
export function findMistake(source: string, scope: FilterScope, now: number): FilterError | undefined {
  if (source.length > LONGEST_FILTER) {
    const place = { from: LONGEST_FILTER, to: source.length };
    return new FilterError("The filter is longer than {0} characters. Shorten it.", place, LONGEST_FILTER);
  }
  try {
    const expression = parseFilter(source);
    if (expression === undefined) return undefined;
    if (scope === "runs") compileRunFilter(expression, { now, alias: runAlias }, isRunKey);
    else compileFilter(expression, { now });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof FilterError) return thrown;
    throw thrown;
  }
}
