import type { Reader } from "../engine/reader.ts";
import type { SpanError } from "./model.ts";
import { readToldErrors } from "./run-spans.ts";
import { type ErrorHint, fingerprint, mergeErrors } from "./span-error.ts";
import type { PassedRun } from "./span-pass.ts";
import { stateOfRun } from "./status.ts";
import { buildTree } from "./tree.ts";

/** Visits failed spans in range without failed spans below them, with their errors, deepest rows of a branch first. */
export function eachDeepestError(
  reader: Reader,
  passed: PassedRun,
  visit: (row: number, error: SpanError) => void,
): void {
  const { rows, run } = passed;
  const isFailed = Array.from(rows.keys, (_, row) => stateOfRun(rows.statuses.at(row)) === "failed");
  if (!isFailed.includes(true)) return;
  const tree = buildTree(rows);
  const failedBelow = new Uint8Array(rows.keys.length);
  let told: ReturnType<typeof readToldErrors> | undefined;
  for (let at = tree.order.length - 1; at >= 0; at -= 1) {
    const row = tree.order[at]!;
    const up = tree.parent[row]!;
    if (up >= 0 && (isFailed[row] || failedBelow[row])) failedBelow[up] = 1;
    if (!isFailed[row] || failedBelow[row] || !passed.inRange(row) || !passed.takes(row)) continue;
    const tellErrors = () => {
      told ??= readToldErrors(reader, run.run_id);
      return told;
    };
    visit(row, deepestError(rows.hints.get(row), rows.names.at(row), tellErrors));
  }
}

/** The error of a failed span without failed spans below it. `tellErrors` is called only where its own attributes leave something open. */
export function deepestError(
  own: ErrorHint | undefined,
  name: string,
  tellErrors: () => ReturnType<typeof readToldErrors>,
): SpanError {
  if (own?.type !== undefined && own.message !== "") return mergeErrors(own);
  const told = tellErrors();
  return mergeErrors(own, told.steps.get(name), told.run);
}

/** A type is a word; a longer one is cut, so that the fingerprint stays short. */
const TYPE = 200;

/** What errors of one group have in common: their type and the shape of their message. */
export function errorFingerprint({ type, message }: SpanError): string {
  return `${type.slice(0, TYPE)}\n${fingerprint(message)}`;
}
