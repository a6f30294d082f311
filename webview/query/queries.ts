/** The named queries as the page offers them. */
import type { NamedQuery, QueryParams } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";

export interface OfferedQuery {
  readonly name: NamedQuery;
  /** What it answers, in one sentence. */
  readonly about: string;
  /** Parameters besides `limit`, all of them needed. */
  readonly params: readonly ("key" | "value")[];
}

export const offeredQueries: readonly OfferedQuery[] = [
  { name: "failed-spans", about: strings.queryAbout.failedSpans, params: [] },
  { name: "duration-by-name", about: strings.queryAbout.durationByName, params: [] },
  { name: "spans-by-attribute", about: strings.queryAbout.spansByAttribute, params: ["key", "value"] },
  { name: "pipeline-performance", about: strings.queryAbout.pipelinePerformance, params: [] },
  { name: "error-patterns", about: strings.queryAbout.errorPatterns, params: [] },
];

/** The query of that name, the first one for a name that nobody knows. */
export function offered(name: string): OfferedQuery {
  return offeredQueries.find((query) => query.name === name) ?? offeredQueries[0]!;
}

/** What a person typed into the fields of all queries. */
export interface QueryInput {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly limit: string;
}

/** Rows that a page can hold and the panel hands out. */
export const MOST_ROWS = 100_000;

export type ReadyQuery =
  | { readonly kind: "ready"; readonly name: NamedQuery; readonly params: QueryParams }
  /** A field that must be mended first. */
  | { readonly kind: "invalid"; readonly field: "key" | "limit" };

/** Checks what was typed. An attribute may be empty, its key may not; an empty limit is the largest one. */
export function readQuery(input: QueryInput): ReadyQuery {
  const { name, params: wanted } = offered(input.name);
  const limit = input.limit.trim() === "" ? MOST_ROWS : Number(input.limit);
  if (wanted.includes("key") && input.key === "") return { kind: "invalid", field: "key" };
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) return { kind: "invalid", field: "limit" };
  const params: QueryParams = { limit };
  for (const param of wanted) params[param] = input[param];
  return { kind: "ready", name, params };
}
