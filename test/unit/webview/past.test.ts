import { describe, expect, it } from "vitest";
import type { StepHistory, StepOccurrence } from "../../../src/protocol/messages.ts";
import { distribution } from "../../../webview/details/distribution.ts";
import { happenedBefore, ranked } from "../../../webview/details/past.ts";

function occurrence(run: string, start: number, error_type?: string): StepOccurrence {
  return {
    run_id: run,
    key: 1,
    state: error_type === undefined ? "completed" : "failed",
    start_time: start,
    duration: 1,
    ...(error_type !== undefined && { error_type }),
  };
}

const others = [
  occurrence("newest", 90),
  occurrence("later same", 80, "timeout"),
  occurrence("earlier other", 40, "tool_error"),
  occurrence("earlier same", 30, "timeout"),
  occurrence("oldest", 10),
];

const history: StepHistory = {
  name: "n",
  pipeline_name: "p",
  runs: 6,
  complete: true,
  includes_run: true,
  count: 6,
  failed: 4,
  histogram: { edges: [0.1, 1, 10], counts: [3, 1], failed: [1, 1] },
  completed: { count: 2, p50: 0.1, p95: 10 },
  rank: null,
  others: others.slice(0, 3),
  others_total: 5,
  failures: others.filter(({ state }) => state === "failed"),
  failures_total: 3,
  completed_before: others[4]!,
  same_error: {
    error_type: "timeout",
    before: 1,
    after: 1,
    occurrences: [others[1]!, others[3]!],
    last_before: others[3]!,
  },
  siblings: { attempts: false, position: 1, total: 1, previous: null, next: null },
  snapshot: { at: 0, stale: false },
};

describe("whether an error happened before", () => {
  it("names the last time, and how often since", () => {
    expect(happenedBefore(history)).toEqual({ kind: "before", times: 1, since: 1, last: others[3] });
  });

  it("calls it new only when the run is among those looked at", () => {
    const same_error = { ...history.same_error!, before: 0, last_before: null };
    expect(happenedBefore({ ...history, same_error })).toEqual({ kind: "new", since: 1 });
    expect(happenedBefore({ ...history, same_error, includes_run: false })).toEqual({
      kind: "unknown",
      since: 1,
    });
  });

  it("says nothing of a span that did not fail", () => {
    expect(happenedBefore({ ...history, same_error: null })).toBeUndefined();
  });
});

describe("the step in other runs", () => {
  it("begins with the same error before, then after, then other failures, each once", () => {
    expect(ranked(history, 50).map(({ run_id }) => run_id)).toEqual([
      "earlier same",
      "later same",
      "earlier other",
      "newest",
    ]);
  });

  it("begins with failures for a span that completed", () => {
    expect(ranked({ ...history, same_error: null }, 50).map(({ run_id }) => run_id)).toEqual([
      "later same",
      "earlier other",
      "earlier same",
      "newest",
    ]);
  });
});

describe("the small distribution", () => {
  it("places bars and marks on a logarithmic axis", () => {
    const drawn = distribution(history, 1)!;
    expect(drawn.bars.map(({ left, width }) => [left, width])).toEqual([
      [0, 0.5],
      [0.5, 0.5],
    ]);
    expect(drawn.bars.map(({ fineHeight, failedHeight }) => fineHeight + failedHeight)).toEqual([1, 1 / 3]);
    expect([drawn.p50, drawn.own, drawn.p95]).toEqual([0, 0.5, 1]);
  });

  it("is wide enough for a span beyond the history", () => {
    expect(distribution(history, 100)).toMatchObject({ from: 0.1, to: 100, own: 1 });
    expect(distribution(history, 0.01)).toMatchObject({ from: 0.01, own: 0 });
    expect(distribution(history, 0)).toMatchObject({ from: 0.1, own: 0 });
  });

  it("has no mark for a span that has not ended, and is absent without any duration", () => {
    expect(distribution(history, null)?.own).toBeUndefined();
    expect(
      distribution({ completed: null, histogram: { edges: [], counts: [], failed: [] } }, 1),
    ).toBeUndefined();
  });
});
