import * as v from "valibot";
import type { PageMessage, View } from "../protocol/messages.ts";
import { namedQueries, statisticsGroups } from "../store/model.ts";

/** Messages come from a page that shows hostile text: nothing of them is believed before it was looked at. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const limit = v.pipe(v.number(), v.integer(), v.minValue(1));
const seconds = v.pipe(v.number(), v.finite());
const shortText = v.pipe(v.string(), v.maxLength(10_000));
const statement = v.pipe(v.string(), v.maxLength(100_000));

const view = v.strictObject({
  tab: v.picklist(["trace", "statistics", "query", "sql"]),
  database: shortText,
  runId: v.optional(shortText),
  key: v.optional(count),
});

const ends = { from: v.optional(seconds), to: v.optional(seconds) };
const someTexts = v.pipe(v.array(shortText), v.maxLength(1000));
const someStates = v.array(v.picklist(["running", "completed", "failed", "paused", "cancelled", "unknown"]));
const selection = {
  ...ends,
  pipelineName: v.optional(shortText),
  pipelineVersion: v.optional(v.nullable(shortText)),
  minDuration: v.optional(seconds),
  maxDuration: v.optional(seconds),
  names: v.optional(someTexts),
  states: v.optional(someStates),
  errorTypes: v.optional(v.pipe(v.array(v.nullable(shortText)), v.maxLength(1000))),
};
const statisticsQuestion = v.strictObject({
  ...selection,
  axis: v.optional(v.strictObject(ends)),
  groupBy: v.optional(v.picklist(statisticsGroups)),
  utcOffset: v.optional(seconds),
});
const page = { offset: count, limit: v.pipe(limit, v.maxValue(1000)) };

function request<M extends string, P extends v.GenericSchema>(method: M, params: P) {
  return v.strictObject({ type: v.literal("request"), id: count, method: v.literal(method), params });
}

const anyRequest = v.variant("method", [
  request("outline", v.strictObject({ runId: shortText, limit: v.optional(limit) })),
  request("spanDetail", v.strictObject({ runId: shortText, key: count })),
  request("stepHistory", v.strictObject({ runId: shortText, key: count })),
  request("statistics", statisticsQuestion),
  request("statisticsPreview", statisticsQuestion),
  request("exportStatistics", statisticsQuestion),
  request(
    "exportRun",
    v.strictObject({ runId: shortText, filter: v.optional(v.pipe(v.string(), v.maxLength(20_000))) }),
  ),
  request(
    "spanList",
    v.strictObject({
      ...selection,
      ...page,
      fingerprint: v.optional(shortText),
      unfinished: v.optional(v.boolean()),
    }),
  ),
  request(
    "countedRuns",
    v.strictObject({
      ...selection,
      ...page,
      runStates: v.optional(someStates),
      atLeast: v.optional(seconds),
    }),
  ),
  request("pipelines", v.strictObject({})),
  request(
    "runs",
    v.strictObject({
      search: v.optional(shortText),
      pipeline: v.optional(shortText),
      status: v.optional(v.union([shortText, v.pipe(v.array(shortText), v.maxLength(20))])),
      limit: v.optional(limit),
    }),
  ),
  request(
    "query",
    v.strictObject({
      name: v.picklist(namedQueries),
      params: v.strictObject({
        key: v.optional(shortText),
        value: v.optional(shortText),
        limit: v.optional(v.pipe(limit, v.maxValue(100_000))),
      }),
    }),
  ),
  request("matches", v.strictObject({ runId: shortText, filter: v.pipe(v.string(), v.maxLength(20_000)) })),
  request("filterVocabulary", v.strictObject({ runId: shortText })),
  request("saveFilter", v.strictObject({ text: shortText })),
  request("deleteFilter", v.strictObject({ name: shortText })),
  request("rememberFilter", v.strictObject({ text: shortText })),
  request("filterHelp", v.strictObject({})),
  request(
    "sql",
    v.strictObject({
      query: statement,
      limit: v.pipe(limit, v.maxValue(100_000)),
      seconds: v.pipe(limit, v.maxValue(600)),
      plan: v.boolean(),
    }),
  ),
  request("sqlVocabulary", v.strictObject({})),
  request("rememberSql", v.strictObject({ text: statement })),
  request("forgetSql", v.strictObject({ text: statement })),
  request(
    "saveTable",
    v.strictObject({ name: shortText, text: v.string(), format: v.picklist(["csv", "json"]) }),
  ),
  request("salvage", v.strictObject({})),
  request("copy", v.strictObject({ text: v.string() })),
  request(
    "openText",
    v.strictObject({ title: shortText, text: v.string(), language: v.picklist(["json", "plaintext"]) }),
  ),
]);

const message = v.variant("type", [
  v.strictObject({ type: v.literal("ready") }),
  anyRequest,
  v.strictObject({ type: v.literal("cancel"), id: count }),
  v.strictObject({ type: v.literal("shown"), view }),
]);

export type Inbound =
  | { readonly kind: "message"; readonly message: PageMessage }
  /** A request that cannot be carried out, but can be answered. */
  | { readonly kind: "bad_request"; readonly id: number; readonly reason: string }
  | { readonly kind: "bad_message"; readonly reason: string };

/** Reads a message of the page. */
export function readMessage(raw: unknown): Inbound {
  const parsed = v.safeParse(message, raw);
  if (parsed.success) return { kind: "message", message: parsed.output };
  const reason = parsed.issues[0].message;
  const answerable = v.safeParse(v.object({ type: v.literal("request"), id: count }), raw);
  return answerable.success
    ? { kind: "bad_request", id: answerable.output.id, reason }
    : { kind: "bad_message", reason };
}

/** The page keeps its view beside things that are only its own, such as sizes and filters. */
const kept = v.looseObject({ view });

/** Reads which view the page had kept before the window was reloaded; undefined when it kept none. */
export function readKeptView(state: unknown): View | undefined {
  const parsed = v.safeParse(kept, state);
  return parsed.success ? parsed.output.view : undefined;
}
