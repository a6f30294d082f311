/** What is known about an outline once, whatever is filtered, folded or on screen. What costs is computed when it is first wanted. */
import { type Coverage, coverageOf } from "./coverage.ts";
import { type CriticalPath, criticalPath } from "./critical-path.ts";
import { failureRanks } from "./failures.ts";
import { type Choice, choices, statusValue } from "./filter.ts";
import { type FlameLayout, flameLayout } from "./flame.ts";
import { firstNamesakes } from "./groups.ts";
import { domainOf, type TimeDomain } from "./scale.ts";
import { slowSpans } from "./slow.ts";
import { type RunOutline, runOutline, type SpanTable } from "./span-table.ts";

export class TraceModel {
  readonly spans: SpanTable;
  readonly domain: TimeDomain | undefined;
  /** Seconds from the first start to the end of the domain; 0 when nothing has a start. */
  readonly extent: number;
  /** Failure ranks by index. */
  readonly ranks: Uint8Array;
  /** Number of failed spans. */
  readonly failures: number;
  /** Seconds: the longest self time. */
  readonly mostSelf: number;
  #coverage: Coverage | undefined;
  #critical: CriticalPath | undefined;
  #flame: FlameLayout | undefined;
  #namesakes: Int32Array | undefined;
  #slow: Uint8Array | undefined;
  #statuses: readonly Choice[] | undefined;

  constructor(readonly outline: RunOutline) {
    const { spans } = outline;
    this.spans = spans;
    this.domain = domainOf(outline);
    this.extent = this.domain ? this.domain.to - this.domain.from : 0;
    this.ranks = failureRanks(spans);
    let failures = 0;
    let mostSelf = 0;
    for (let index = 0; index < spans.length; index++) {
      if (this.ranks[index]) failures += 1;
      const self = spans.selfTimes[index]!;
      if (self > mostSelf) mostSelf = self;
    }
    this.failures = failures;
    this.mostSelf = mostSelf;
  }

  get coverage(): Coverage {
    this.#coverage ??= coverageOf(this.spans, this.extent);
    return this.#coverage;
  }

  get critical(): CriticalPath {
    this.#critical ??= criticalPath(this.spans, this.extent);
    return this.#critical;
  }

  get flame(): FlameLayout {
    this.#flame ??= flameLayout(this.spans, this.extent);
    return this.#flame;
  }

  get namesakes(): Int32Array {
    this.#namesakes ??= firstNamesakes(this.spans);
    return this.#namesakes;
  }

  /** Marks of the spans in which the run spent its time. */
  get slow(): Uint8Array {
    this.#slow ??= slowSpans(this.spans, this.extent);
    return this.#slow;
  }

  get statuses(): readonly Choice[] {
    this.#statuses ??= choices(
      this.spans.statusCounts().map((counted) => [statusValue(counted), counted.count] as const),
    );
    return this.#statuses;
  }

  /** Where an unfinished span ends on screen. */
  endOf(index: number): number {
    const end = this.spans.ends[index]!;
    return Number.isNaN(end) ? this.extent : end;
  }
}

const nothing: RunOutline["snapshot"] = { at: 0, stale: false };

/** The model while there is no outline. */
export const emptyModel = new TraceModel(
  runOutline({
    run: {
      run_id: "",
      pipeline_name: "",
      pipeline_version: null,
      status: "",
      state: "unknown",
      start_time: null,
      end_time: null,
      duration: null,
      total_cost: null,
      total_tokens: null,
      span_count: 0,
      failed_count: 0,
    },
    provisional: false,
    total: 0,
    warnings: [],
    size: 0,
    origin: 0,
    keys: new Float64Array(),
    parents: new Int32Array(),
    starts: new Float64Array(),
    ends: new Float64Array(),
    durations: new Float64Array(),
    selfTimes: new Float64Array(),
    states: new Uint8Array(),
    stateNames: [],
    names: new Int32Array(),
    statuses: new Int32Array(),
    texts: { bytes: new Uint8Array(), ends: new Uint32Array() },
    spanIds: { bytes: new Uint8Array(), ends: new Uint32Array() },
    errors: { rows: new Int32Array(), types: new Int32Array(), messages: new Int32Array() },
    snapshot: nothing,
  }),
);
