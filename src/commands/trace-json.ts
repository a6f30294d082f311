import { setImmediate } from "node:timers/promises";
import { TraceError } from "../engine/errors.ts";
import type { SpanNode } from "../store/model.ts";

/** Spans beyond which indentation costs more than it shows. */
const MAX_INDENTED = 2000;
/** Depth beyond which indentation does not grow: a chain of spans would otherwise take its depth squared. */
const MAX_INDENT = 40;
/** UTF-16 units that a clipboard is asked to take. */
const MAX_LENGTH = 50_000_000;
/** UTF-16 units written before other work of the thread gets its turn. */
const BATCH = 500_000;

/**
 * Writes a trace as nested JSON: an object for one root, an array for several. Written with a loop, because
 * `JSON.stringify` overflows on deep traces. Rejects with `too_many_rows` when the text would not fit a clipboard.
 */
export async function traceJson(
  roots: readonly SpanNode[],
  total: number,
  signal: AbortSignal,
): Promise<string> {
  const indented = total <= MAX_INDENTED;
  const lines: string[] = [];
  let length = 0;
  let rested = 0;
  const write = (depth: number, text: string) => {
    const line = indented ? "  ".repeat(Math.min(depth, MAX_INDENT)) + text : text;
    lines.push(line);
    length += line.length + 1;
  };
  const several = roots.length !== 1;
  if (several) write(0, "[");
  // Each entry is a list of siblings and how far it has come.
  const stack: { readonly spans: readonly SpanNode[]; next: number }[] = [{ spans: roots, next: 0 }];
  while (stack.length > 0) {
    const level = stack.at(-1)!;
    const depth = (stack.length - 1) * 2 + (several ? 1 : 0);
    const span = level.spans[level.next];
    if (span === undefined) {
      stack.pop();
      const parents = stack.at(-1);
      if (parents === undefined) continue;
      const comma = parents.next < parents.spans.length ? "," : "";
      write(depth - 1, "]");
      write(depth - 2, `}${comma}`);
      continue;
    }
    level.next += 1;
    const { children, ...own } = span;
    const head = JSON.stringify(own, undefined, indented ? 2 : undefined)
      .slice(0, -1)
      .trimEnd();
    for (const line of head.split("\n")) write(depth, line);
    lines[lines.length - 1] += ",";
    const comma = level.next < level.spans.length ? "," : "";
    if (children.length === 0) {
      write(depth + 1, '"children": []');
      write(depth, `}${comma}`);
    } else {
      write(depth + 1, '"children": [');
      stack.push({ spans: children, next: 0 });
    }
    if (length > MAX_LENGTH) {
      throw new TraceError(
        "too_many_rows",
        "This trace is too large for the clipboard; write it to a file with: flujo-lens trace RUN --json.",
      );
    }
    if (length - rested > BATCH) {
      rested = length;
      await setImmediate();
      if (signal.aborted) throw new TraceError("cancelled", "Cancelled.");
    }
  }
  if (several) write(0, "]");
  return lines.join(indented ? "\n" : "");
}
