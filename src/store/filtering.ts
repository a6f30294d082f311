import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { isRunKey, LONGEST_FILTER, runAlias } from "../filter/check.ts";
import {
  asksAttributes,
  compileFilter,
  compileRunFilter,
  type Predicate,
  type RunSubject,
  type Subject,
} from "../filter/compile.ts";
import { spanKeys } from "../filter/keys.ts";
import { parseFilter } from "../filter/parser.ts";
import { type Expression, FilterError } from "../filter/syntax.ts";
import { toWallClock } from "./clock.ts";
import type { Attributes, Run } from "./model.ts";
import { type RunSpans, readRunSpans } from "./run-spans.ts";
import { asText, isObject, parseAttributes } from "./values.ts";

/** A filter about spans, ready to be asked. */
export interface SpanFilter {
  readonly expression: Expression;
  /** What relative times count from, seconds since the epoch. */
  readonly now: number;
  readonly test: Predicate;
  /** Whether it asks for attributes, which are read only then. */
  readonly asksAttributes: boolean;
}

/** A filter about runs, ready to be asked. */
export type RunFilter = (subject: RunSubject) => boolean;

/** Reads a filter about spans; undefined for an empty one. Throws `invalid_argument`, with the place of the mistake. */
export function readSpanFilter(source: string): SpanFilter | undefined {
  const now = Date.now() / 1000;
  return read(source, (expression) => ({
    expression,
    now,
    test: compileFilter(expression, { now }),
    asksAttributes: asksAttributes(expression),
  }));
}

/** As {@link readSpanFilter}, about runs: `status`, `duration` and the like are the run's. */
export function readRunFilter(source: string): RunFilter | undefined {
  const options = { now: Date.now() / 1000, alias: runAlias };
  return read(source, (expression) => compileRunFilter(expression, options, isRunKey));
}

function read<T>(source: string, compile: (expression: Expression) => T): T | undefined {
  if (source.length > LONGEST_FILTER) {
    throw new TraceError(
      "invalid_argument",
      `The filter is longer than ${LONGEST_FILTER} characters. Shorten it.`,
    );
  }
  try {
    const expression = parseFilter(source);
    return expression && compile(expression);
  } catch (thrown) {
    if (!(thrown instanceof FilterError)) throw thrown;
    throw new TraceError(
      "invalid_argument",
      `The filter has a mistake at character ${thrown.place.from + 1}: ${thrown.message}`,
    );
  }
}

/** The rows of a run's spans that a filter takes, in row order. */
export function filterSpans(reader: Reader, spans: RunSpans, filter: SpanFilter): number[] {
  const attributes = filter.asksAttributes ? readAttributes(reader, spans) : undefined;
  const rows: number[] = [];
  for (let row = 0; row < spans.rows.keys.length; row += 1) {
    if (row % 1_000 === 0) reader.checkCancelled();
    if (filter.test(new SpanSubject(spans, row, attributes))) rows.push(row);
  }
  return rows;
}

/** Whether a filter takes a run. Its spans are read only when the filter asks for them. */
export function filterTakesRun(reader: Reader, run: Run, filter: RunFilter): boolean {
  let spans: readonly SpanSubject[] | undefined;
  return filter({
    run: new RunFacts(run),
    spans: () => {
      spans ??= readSubjects(reader, run);
      return spans;
    },
  });
}

function readSubjects(reader: Reader, run: Run): SpanSubject[] {
  reader.checkCancelled();
  const spans = readRunSpans(reader, run);
  const attributes = readAttributes(reader, spans);
  return Array.from(spans.rows.keys, (_, row) => new SpanSubject(spans, row, attributes));
}

type StoredAttributes = ReadonlyMap<number, string | null>;

/** Attributes by key: of all spans of the run, or of `limit` of them. */
function readAttributes(reader: Reader, spans: RunSpans, limit = -1): StoredAttributes {
  const attributes = new Map<number, string | null>();
  if (spans.provisional) return attributes;
  const sql = "SELECT key, attributes FROM lens_spans WHERE run_id = ? LIMIT ?";
  reader.each(sql, [spans.run.run_id, limit], (row) => {
    attributes.set(row[0] as number, asText(row[1]));
  });
  return attributes;
}

class SpanSubject implements Subject {
  #parsed: Attributes | undefined;

  constructor(
    private readonly spans: RunSpans,
    private readonly row: number,
    private readonly stored: StoredAttributes | undefined,
  ) {}

  known(key: string): readonly (string | number)[] {
    const { rows, tree, states, self, offset, errors, run } = this.spans;
    const row = this.row;
    const start = rows.starts[row]!;
    switch (key) {
      case "status":
        return [rows.statuses.at(row), states[row]!];
      case "name":
        return [rows.names.at(row)];
      case "id":
        return [rows.ids.idOf(row)];
      case "duration":
        return present(rows.ends[row]! - start);
      case "self":
        return present(self[row]!);
      case "start":
        return present(toWallClock(start, offset));
      case "end":
        return present(toWallClock(rows.ends[row]!, offset));
      case "error":
        return present(errors.get(row)?.message);
      case "error_type":
        return present(errors.get(row)?.type);
      case "cost":
        return present(rows.costs.at(row));
      case "tokens":
        return present(rows.tokens.at(row));
      case "attempt":
        return present(rows.attempts.at(row));
      case "depth":
        return [tree.depth[row]!];
      case "children":
        return [tree.childOffset[row + 1]! - tree.childOffset[row]!];
      case "parent":
        return tree.parent[row]! < 0 ? [] : [rows.names.at(tree.parent[row]!)];
      case "input":
        return ["step_input", "flujo.input", "initial_input", "input"].flatMap((name) =>
          this.attribute(name).map((value) =>
            typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
          ),
        );
      default:
        return knownOfRun(run, key);
    }
  }

  attribute(key: string): readonly unknown[] {
    this.#parsed ??= parseAttributes(this.stored?.get(this.spans.rows.keys[this.row]!) ?? null);
    return lookUp(this.#parsed, key);
  }

  texts(): readonly string[] {
    const { rows, errors } = this.spans;
    const error = errors.get(this.row);
    return [rows.names.at(this.row), rows.ids.idOf(this.row), ...(error ? [error.type, error.message] : [])];
  }
}

class RunFacts implements Subject {
  constructor(private readonly run: Run) {}

  known(key: string): readonly (string | number)[] {
    return knownOfRun(this.run, key);
  }

  attribute(): readonly unknown[] {
    return [];
  }

  texts(): readonly string[] {
    return [this.run.run_id, this.run.pipeline_name];
  }
}

function knownOfRun(run: Run, key: string): readonly (string | number)[] {
  switch (key) {
    case "run.status":
      return [run.status, run.state];
    case "run.id":
      return [run.run_id];
    case "run.duration":
      return present(run.duration);
    case "run.start":
      return present(run.start_time);
    case "run.cost":
      return present(run.total_cost);
    case "run.tokens":
      return present(run.total_tokens);
    case "run.spans":
      return [run.span_count];
    case "run.failed":
      return [run.failed_count];
    case "pipeline":
      return [run.pipeline_name];
    case "version":
      return present(run.pipeline_version);
    default:
      return [];
  }
}

/** A key as it stands, else its parts one inside the other. */
function lookUp(attributes: Attributes, key: string): readonly unknown[] {
  if (!isObject(attributes)) return [];
  if (Object.hasOwn(attributes, key)) return [attributes[key]];
  let value: unknown = attributes;
  for (const part of key.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return [];
    value = value[part];
  }
  return [value];
}

function present<T extends string | number>(value: T | null | undefined): readonly T[] {
  if (value === null || value === undefined || value === "" || Number.isNaN(value)) return [];
  return [value];
}

/** What completion offers besides the known keys: the data's own keys and values. */
export interface FilterVocabulary {
  /** Attribute keys, most frequent first. */
  readonly attributes: readonly string[];
  /** Values of keys and attributes that have few of them, most frequent first. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Values with many faces, such as ids and inputs, help nobody. */
const VALUES_OFFERED = 30;
const LONGEST_VALUE = 60;
/** A sample tells what there is; reading everything would keep other questions waiting. */
const SPANS_SAMPLED = 20_000;
const ATTRIBUTES_OFFERED = 500;
const NAMED_KEYS = ["status", "name", "error_type", "pipeline", "version"] as const;

/** Collects keys and values from some runs; from the largest ones of several nothing, because reading them takes seconds. */
export function readVocabulary(
  reader: Reader,
  runs: readonly Run[],
  spansOf: (run: Run) => RunSpans = (run) => readRunSpans(reader, run),
): FilterVocabulary {
  const counts = new Map<string, Map<string, number>>();
  const add = (key: string, value: SqlValue | undefined) => {
    const values = counts.get(key) ?? new Map<string, number>();
    counts.set(key, values);
    if (value === null || value === undefined || String(value).length > LONGEST_VALUE) return;
    if (values.size <= VALUES_OFFERED || values.has(String(value))) {
      values.set(String(value), (values.get(String(value)) ?? 0) + 1);
    }
  };
  const attributeKeys = new Map<string, number>();
  let left = SPANS_SAMPLED;
  for (const run of runs) {
    if (left <= 0) break;
    if (runs.length > 1 && run.span_count > SPANS_SAMPLED) continue;
    reader.checkCancelled();
    const spans = spansOf(run);
    const stored = readAttributes(reader, spans, left);
    for (const [row, spanKey] of spans.rows.keys.entries()) {
      if (left <= 0) break;
      left -= 1;
      const subject = new SpanSubject(spans, row, stored);
      for (const key of NAMED_KEYS) for (const value of subject.known(key)) add(key, value);
      const attributes = parseAttributes(stored.get(spanKey) ?? null);
      if (!isObject(attributes)) continue;
      for (const [key, value] of Object.entries(attributes)) {
        if (key.length > LONGEST_VALUE) continue;
        if (attributeKeys.size >= ATTRIBUTES_OFFERED && !attributeKeys.has(key)) continue;
        attributeKeys.set(key, (attributeKeys.get(key) ?? 0) + 1);
        if (typeof value === "string" || typeof value === "number") add(key, value);
        if (typeof value === "boolean") add(key, String(value));
      }
    }
  }
  const known = new Set(spanKeys.map(({ name }) => name));
  const values = Array.from(counts)
    .filter(([, found]) => found.size > 0 && found.size <= VALUES_OFFERED)
    .map(([key, found]) => [key, byFrequency(found)] as const);
  return {
    attributes: byFrequency(attributeKeys).filter((key) => !known.has(key)),
    values: Object.fromEntries(values),
  };
}

function byFrequency(counts: ReadonlyMap<string, number>): string[] {
  return Array.from(counts)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([text]) => text);
}
