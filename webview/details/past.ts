/** What a step's past says about the span at hand. */
import type { StepHistory, StepOccurrence } from "../../src/protocol/messages.ts";

export type HappenedBefore =
  /** The error stood in older runs already. */
  | {
      readonly kind: "before";
      readonly times: number;
      readonly since: number;
      readonly last: StepOccurrence;
    }
  /** No older run that was looked at has it. */
  | { readonly kind: "new"; readonly since: number }
  /** The run is older than all that were looked at: only what came later is known. */
  | { readonly kind: "unknown"; readonly since: number };

/** Whether a span's error happened before; undefined for a span that did not fail. */
export function happenedBefore({ same_error, includes_run }: StepHistory): HappenedBefore | undefined {
  if (!same_error) return undefined;
  const { before, after, last_before } = same_error;
  if (last_before) return { kind: "before", times: before, since: after, last: last_before };
  return { kind: includes_run ? "new" : "unknown", since: after };
}

/** The step in other runs: the same error first and of that what was before, then other failures, then the rest; each newest first. */
export function ranked(history: StepHistory, start: number | null): StepOccurrence[] {
  const type = history.same_error?.error_type;
  const rank = (one: StepOccurrence): number => {
    if (one.state !== "failed") return 3;
    if (type === undefined || one.error_type !== type) return 2;
    return start !== null && one.start_time !== null && one.start_time > start ? 1 : 0;
  };
  const all = new Map<string, StepOccurrence>();
  for (const one of [...(history.same_error?.occurrences ?? []), ...history.failures, ...history.others])
    all.set(`${one.key} ${one.run_id}`, one);
  const places = [...all.values()].map((one) => ({
    one,
    rank: rank(one),
    start: one.start_time ?? -Infinity,
  }));
  places.sort((a, b) => a.rank - b.rank || (b.start === a.start ? 0 : b.start - a.start));
  return places.map(({ one }) => one);
}
