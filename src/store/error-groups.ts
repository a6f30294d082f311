import type { Reader } from "../engine/reader.ts";
import { eachDeepestError, errorFingerprint } from "./deepest-errors.ts";
import type { ErrorGroup, ErrorPattern, SpanError } from "./model.ts";
import type { PassedRun } from "./span-pass.ts";
import { MOST_GROUPS, tooManyGroups } from "./statistics.ts";

/** Characters of a message that a group keeps. */
export const MESSAGE = 300;

export interface CollectedErrors {
  newest: Omit<ErrorGroup, "count" | "names">;
  count: number;
  readonly names: Map<string, number>;
}

/** Groups the deepest failed spans by their errors' fingerprints, across names or within each. */
export class ErrorGroups {
  readonly #groups = new Map<string, CollectedErrors>();

  /** `byName` keeps spans of different names apart. */
  constructor(
    private readonly reader: Reader,
    private readonly byName: boolean,
  ) {}

  add(passed: PassedRun): void {
    eachDeepestError(this.reader, passed, (row, error) => this.#count(passed, row, error));
  }

  #count(passed: PassedRun, row: number, error: SpanError): void {
    const { rows, run } = passed;
    const name = rows.names.at(row);
    const fingerprint = errorFingerprint(error);
    const id = this.byName ? JSON.stringify([name, fingerprint]) : fingerprint;
    const start = passed.wallStart(row);
    const one: CollectedErrors["newest"] = {
      fingerprint,
      error_type: error.type,
      message: error.message.slice(0, MESSAGE),
      last_time: Number.isNaN(start) ? null : start,
      last_run_id: run.run_id,
      last_key: rows.keys[row]!,
    };
    if (this.#groups.size >= MOST_GROUPS && !this.#groups.has(id)) throw tooManyGroups("errors");
    const group = this.#groups.get(id) ?? { newest: one, count: 0, names: new Map() };
    this.#groups.set(id, group);
    if ((one.last_time ?? 0) >= (group.newest.last_time ?? 0)) group.newest = one;
    group.count += 1;
    group.names.set(name, (group.names.get(name) ?? 0) + 1);
  }

  /** Most frequent first. */
  result(): ErrorGroup[] {
    return groupsInOrder(Array.from(this.#groups.values()));
  }

  /** As {@link result}, for groups that were kept apart by name. */
  patterns(): ErrorPattern[] {
    return this.result().map(({ fingerprint: _, names, ...rest }) => ({ name: names[0]!, ...rest }));
  }
}

/** Most frequent first. */
export function groupsInOrder(groups: readonly CollectedErrors[]): ErrorGroup[] {
  return groups
    .map(({ newest, count, names }) => ({
      ...newest,
      count,
      names: Array.from(names)
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .map(([name]) => name),
    }))
    .sort(
      (a, b) =>
        b.count - a.count || (b.last_time ?? 0) - (a.last_time ?? 0) || (a.names[0]! < b.names[0]! ? -1 : 1),
    );
}
