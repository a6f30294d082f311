/** What the page accepts from the panel. Anything else is ignored. */
import * as v from "valibot";
import {
  type PanelMessage,
  type PanelMethod,
  type PanelMethods,
  pageCommands,
} from "../src/protocol/messages.ts";
import { type ArrayKind, arrayKinds } from "../src/protocol/narrow.ts";

const errorKinds = [
  "not_found",
  "not_a_database",
  "unsupported_layout",
  "unsupported_source",
  "unreadable",
  "corrupt",
  "busy",
  "cancelled",
  "too_many_rows",
  "invalid_argument",
  "unknown_run",
  "ambiguous_run",
  "closed",
  "read_only",
  "exists",
  "unwritable",
  "timed_out",
  "internal",
] as const;

/** A view, from the panel or from the kept state. */
export const viewSchema = v.object({
  tab: v.picklist(["trace", "statistics", "query", "sql"]),
  database: v.string(),
  runId: v.optional(v.string()),
  key: v.optional(v.number()),
});

const kinds = Object.keys(arrayKinds) as ArrayKind[];

const messageSchema = v.variant("type", [
  v.object({ type: v.literal("show"), view: viewSchema, databaseName: v.string() }),
  v.object({
    type: v.literal("reply"),
    id: v.number(),
    result: v.unknown(),
    arrays: v.optional(
      v.array(
        v.object({
          path: v.array(v.string()),
          kind: v.picklist(kinds),
          sent: v.picklist(kinds),
          sequence: v.optional(v.object({ length: v.number(), first: v.number(), step: v.number() })),
        }),
      ),
    ),
  }),
  v.object({
    type: v.literal("piece"),
    id: v.number(),
    array: v.number(),
    size: v.number(),
    offset: v.number(),
    bytes: v.instance(Uint8Array),
  }),
  v.object({
    type: v.literal("failure"),
    id: v.number(),
    error: v.object({
      kind: v.fallback(v.picklist(errorKinds), "internal"),
      message: v.string(),
      place: v.optional(v.object({ from: v.number(), to: v.number() })),
    }),
  }),
  v.object({ type: v.literal("progress"), id: v.number(), fraction: v.number() }),
  v.object({ type: v.literal("changed") }),
  v.object({
    type: v.literal("filters"),
    saved: v.array(v.object({ name: v.string(), text: v.string() })),
    recent: v.array(v.string()),
  }),
  v.object({ type: v.literal("sqlHistory"), recent: v.array(v.string()) }),
  v.object({ type: v.literal("command"), command: v.picklist(pageCommands) }),
  v.object({ type: v.literal("highlight"), names: v.array(v.string()) }),
  v.object({ type: v.literal("damage"), sentence: v.optional(v.string()) }),
]);

/** The message, or undefined when it is none that the page knows. */
export function parseMessage(data: unknown): PanelMessage | undefined {
  const parsed = v.safeParse(messageSchema, data);
  return parsed.success ? parsed.output : undefined;
}

const report = v.looseObject({
  statistics: v.looseObject({ durations: v.looseObject({}) }),
  runs: v.looseObject({}),
  timeline: v.looseObject({ edges: v.array(v.number()) }),
});

// The outermost shape of each answer: enough to fail with a sentence instead of in the middle of drawing.
const results = {
  outline: v.pipe(
    v.looseObject({
      run: v.looseObject({}),
      size: v.number(),
      parents: v.instance(Int32Array),
      starts: v.instance(Float64Array),
      ends: v.instance(Float64Array),
      states: v.instance(Uint8Array),
      names: v.instance(Int32Array),
      texts: v.looseObject({ bytes: v.instance(Uint8Array), ends: v.instance(Uint32Array) }),
      spanIds: v.looseObject({ bytes: v.instance(Uint8Array), ends: v.instance(Uint32Array) }),
    }),
    // Loops over the tree rely on parents that stand before their children.
    v.check(({ size, parents }) => parents.length === size && parents.every((up, at) => up >= -1 && up < at)),
  ),
  spanDetail: v.looseObject({ span: v.looseObject({ key: v.number() }), parents: v.array(v.string()) }),
  stepHistory: v.looseObject({
    histogram: v.looseObject({ counts: v.array(v.number()) }),
    others: v.array(v.unknown()),
    siblings: v.looseObject({}),
  }),
  statistics: report,
  statisticsPreview: v.nullable(v.looseObject({ report, runs: v.number(), of: v.number() })),
  spanList: v.looseObject({ items: v.array(v.unknown()), total: v.number() }),
  countedRuns: v.looseObject({ items: v.array(v.unknown()), total: v.number() }),
  pipelines: v.array(v.unknown()),
  runs: v.array(v.unknown()),
  query: v.array(v.record(v.string(), v.union([v.string(), v.number(), v.null()]))),
  matches: v.looseObject({ keys: v.instance(Float64Array) }),
  filterVocabulary: v.looseObject({
    attributes: v.array(v.string()),
    values: v.record(v.string(), v.array(v.string())),
  }),
  saveFilter: v.boolean(),
  deleteFilter: v.unknown(),
  rememberFilter: v.unknown(),
  filterHelp: v.unknown(),
  saveTable: v.boolean(),
  sql: v.looseObject({ columns: v.array(v.string()), rows: v.instance(Uint8Array), more: v.boolean() }),
  sqlVocabulary: v.looseObject({ tables: v.array(v.unknown()), functions: v.array(v.string()) }),
  exportRun: v.unknown(),
  exportStatistics: v.unknown(),
  rememberSql: v.unknown(),
  forgetSql: v.unknown(),
  salvage: v.unknown(),
  copy: v.unknown(),
  openText: v.unknown(),
} satisfies Record<PanelMethod, v.GenericSchema>;

/** Whether an answer has the shape its method promises. */
export function isResult<M extends PanelMethod>(
  method: M,
  value: unknown,
): value is PanelMethods[M]["result"] {
  return v.is(results[method], value);
}
