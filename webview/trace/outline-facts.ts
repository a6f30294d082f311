/** What is known about an outline once, whatever is filtered or folded. */
import type { Outline } from "../../src/protocol/messages.ts";
import { failureRanks } from "../timeline/failures.ts";
import { type Choice, choices, statusValue } from "../timeline/filter.ts";
import { indexByKey } from "../timeline/rows.ts";
import { domainOf, type TimeDomain } from "../timeline/scale.ts";

export interface OutlineFacts {
  /** Outline index by key. */
  readonly byKey: ReadonlyMap<number, number>;
  readonly domain: TimeDomain | undefined;
  /** Failure ranks by index. */
  readonly ranks: Uint8Array;
  /** Number of failed spans. */
  readonly failures: number;
  /** Seconds: the longest self time. */
  readonly mostSelf: number;
  readonly statuses: readonly Choice[];
}

export const noFacts: OutlineFacts = {
  byKey: new Map(),
  domain: undefined,
  ranks: new Uint8Array(),
  failures: 0,
  mostSelf: 0,
  statuses: [],
};

export function factsOf(outline: Outline): OutlineFacts {
  const { spans } = outline;
  return {
    byKey: indexByKey(spans),
    domain: domainOf(outline),
    ranks: failureRanks(spans),
    failures: spans.reduce((sum, span) => sum + (span.state === "failed" ? 1 : 0), 0),
    mostSelf: spans.reduce((most, span) => Math.max(most, span.self_time ?? 0), 0),
    statuses: choices(spans.map(statusValue)),
  };
}
