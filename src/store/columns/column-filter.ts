import { compileFilter, knownKeyOf, type Subject } from "../../filter/compile.ts";
import type { Expression } from "../../filter/syntax.ts";
import { stateSlot, stateTable } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";

/** Whether a filter takes a span of a run. */
export type ColumnTest = (span: number, run: number) => boolean;

type Known = readonly (string | number)[];

/**
 * Turns a filter about spans into a test over columns; undefined when it asks for what columns do not tell. `now` in seconds
 * since the epoch. The filter was checked before.
 */
export function compileColumnFilter(
  columns: SpanColumns,
  expression: Expression,
  now: number,
): ColumnTest | undefined {
  switch (expression.kind) {
    case "and":
    case "or": {
      const left = compileColumnFilter(columns, expression.left, now);
      const right = compileColumnFilter(columns, expression.right, now);
      if (left === undefined || right === undefined) return undefined;
      return expression.kind === "and"
        ? (span, run) => left(span, run) && right(span, run)
        : (span, run) => left(span, run) || right(span, run);
    }
    case "not": {
      const inner = compileColumnFilter(columns, expression.inner, now);
      return inner && ((span, run) => !inner(span, run));
    }
    case "compare":
    case "in":
    case "exists": {
      const key = knownKeyOf(expression.key);
      if (key === undefined) return undefined;
      const test = compileFilter(expression, { now });
      return testOf(columns, key, (known) => test(new OneKey(known)));
    }
    case "text":
      return undefined;
  }
}

/** Asks texts once each, by their numbers; numbers of each span. */
function testOf(columns: SpanColumns, key: string, takes: (known: Known) => boolean): ColumnTest | undefined {
  const { name, status, start, duration, self, cost, tokens, error, runs } = columns;
  const table = (values: readonly Known[]) => Uint8Array.from(values, (known) => (takes(known) ? 1 : 0));
  const none = takes([]);
  const number = (read: (span: number) => number): ColumnTest => {
    // One list for all: millions of spans would make as many.
    const known = [0];
    return (span) => {
      const value = read(span);
      if (Number.isNaN(value)) return none;
      known[0] = value;
      return takes(known);
    };
  };
  switch (key) {
    case "name": {
      const taken = table(columns.names.map((text) => [text]));
      return (span) => taken[name[span]!] === 1;
    }
    case "status": {
      const states = stateTable(columns);
      const taken = table(states.map((state, slot) => [columns.statuses[slot >> 2]!, state]));
      return (span, run) =>
        taken[stateSlot(status[span]!, !Number.isNaN(duration[span]!), runs.over[run]!)] === 1;
    }
    case "error_type": {
      const taken = table(columns.errorTypes.map((type, at) => (at === 0 ? [] : present(type))));
      return (span) => taken[error[span]!] === 1;
    }
    case "pipeline": {
      const taken = table(runs.pipelines.map((pipeline) => [pipeline]));
      return (_, run) => taken[runs.pipeline[run]!] === 1;
    }
    case "version": {
      const taken = table(runs.versions.map((version) => (version === null ? [] : present(version))));
      return (_, run) => taken[runs.version[run]!] === 1;
    }
    case "duration":
      // One without a start counts as no time in statistics, and has no duration in filters.
      return number((span) => (Number.isNaN(start[span]!) ? Number.NaN : duration[span]!));
    case "start":
      return number((span) => start[span]!);
    case "self":
      return number((span) => self[span]!);
    case "cost":
      return number((span) => cost[span]!);
    case "tokens":
      return number((span) => tokens[span]!);
    default:
      return undefined;
  }
}

function present(text: string): Known {
  return text === "" ? [] : [text];
}

class OneKey implements Subject {
  constructor(private readonly values: Known) {}

  known(): Known {
    return this.values;
  }

  attribute(): readonly unknown[] {
    return [];
  }

  texts(): readonly string[] {
    return [];
  }
}
