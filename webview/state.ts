/** What survives a reload of the page: the view, filters, collapsed spans and sizes. */
import * as v from "valibot";
import { filterModes } from "./filter/matches.ts";
import { viewSchema } from "./inbound.ts";

const size = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(10_000));
const moment = v.optional(v.fallback(v.optional(v.pipe(v.number(), v.finite())), undefined));
const text = v.fallback(v.string(), "");

const states = ["running", "completed", "failed", "paused", "cancelled", "unknown"] as const;

const keptSchema = v.object({
  view: v.optional(v.fallback(v.optional(viewSchema), undefined)),
  /** Filter of the Trace tab, as it is written. */
  filter: v.fallback(v.object({ text, mode: v.fallback(v.picklist(filterModes), "only") }), {
    text: "",
    mode: "only",
  }),
  /** Closed subtrees of one run: from a depth on, but for the spans with these keys, which are the other way round. */
  collapsed: v.fallback(
    v.object({ runId: v.string(), depth: v.optional(v.number()), keys: v.array(v.number()) }),
    { runId: "", keys: [] },
  ),
  /** The part of a run's time that is on screen, in seconds from its start. */
  timeView: v.fallback(v.object({ runId: v.string(), from: v.number(), to: v.number() }), {
    runId: "",
    from: 0,
    to: 0,
  }),
  /** How the timeline shows runs. */
  look: v.fallback(
    v.object({
      flame: v.fallback(v.boolean(), false),
      critical: v.fallback(v.boolean(), false),
      grouped: v.fallback(v.boolean(), false),
    }),
    { flame: false, critical: false, grouped: false },
  ),
  /** Pixels. */
  sizes: v.fallback(
    v.object({
      name: v.fallback(size, 280),
      details: v.fallback(size, 400),
      detailsBelow: v.fallback(size, 320),
    }),
    { name: 280, details: 400, detailsBelow: 320 },
  ),
  detailsOpen: v.fallback(v.boolean(), true),
  statistics: v.fallback(
    v.object({
      pipeline: text,
      /** Undefined for any version, null for runs without one. */
      version: v.optional(v.fallback(v.optional(v.nullable(v.string())), undefined)),
      range: v.fallback(v.string(), "all"),
      from: text,
      to: text,
      groupBy: v.fallback(v.string(), "name"),
      /** Of these any; all when there is none. Null stands for spans without an error. */
      states: v.fallback(v.array(v.picklist(states)), []),
      names: v.fallback(v.array(v.string()), []),
      errorTypes: v.fallback(v.array(v.nullable(v.string())), []),
      brush: v.fallback(v.object({ from: moment, to: moment, minDuration: moment, maxDuration: moment }), {}),
    }),
    {
      ...{ pipeline: "", range: "all", from: "", to: "", groupBy: "name" },
      ...{ states: [], names: [], errorTypes: [], brush: {} },
    },
  ),
  query: v.fallback(
    v.object({
      name: text,
      key: text,
      value: text,
      limit: v.fallback(v.string(), "1000"),
      /** Rows were on screen: a page that starts again asks for them again. */
      ran: v.fallback(v.boolean(), false),
    }),
    { name: "failed-spans", key: "", value: "", limit: "1000", ran: false },
  ),
  sql: v.fallback(
    v.object({
      text,
      limit: v.fallback(v.string(), "1000"),
      seconds: v.fallback(v.string(), "30"),
      /** Of the editor, in pixels. */
      height: v.fallback(size, 150),
      /** Rows were on screen and came quickly: a page that starts again asks for them again. */
      ran: v.fallback(v.boolean(), false),
    }),
    { text: "", limit: "1000", seconds: "30", height: 150, ran: false },
  ),
  /** Height of the list of spans behind a figure, in pixels. */
  spanListHeight: v.fallback(size, 260),
  /** Pixels by column of the durations table. */
  widths: v.fallback(v.record(v.string(), size), {}),
  sort: v.fallback(v.object({ column: v.string(), descending: v.boolean() }), {
    column: "self",
    descending: true,
  }),
});

export type Kept = v.InferOutput<typeof keptSchema>;

/** The part of VS Code's webview API that keeps state. */
export interface StateHolder {
  getState(): unknown;
  setState(state: unknown): void;
}

// More would make every write slow; a run with more collapsed spans opens unfolded.
const MOST_COLLAPSED = 5000;
const WRITE_DELAY = 150;

/** Reads what was kept, mends what is broken in it, and writes changes a moment later in one go. */
export class Keeper {
  readonly #holder: StateHolder;
  #value: Kept;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(holder: StateHolder) {
    this.#holder = holder;
    this.#value = parseKept(holder.getState());
  }

  get value(): Kept {
    return this.#value;
  }

  set(change: Partial<Kept>): void {
    this.#value = { ...this.#value, ...change };
    if (this.#value.collapsed.keys.length > MOST_COLLAPSED) {
      this.#value = { ...this.#value, collapsed: { runId: "", keys: [] } };
    }
    this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY);
  }

  /** Writes now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#holder.setState(this.#value);
  }
}

/** Kept state from whatever was stored, with defaults for what is missing or wrong. */
export function parseKept(stored: unknown): Kept {
  const parsed = v.safeParse(keptSchema, typeof stored === "object" && stored !== null ? stored : {});
  return parsed.success ? parsed.output : v.parse(keptSchema, {});
}
