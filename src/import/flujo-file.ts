import { readFile } from "node:fs/promises";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";
import type { Attributes, SpanNode } from "../store/model.ts";
import { NO_PARENT } from "../store/span-ids.ts";
import { buildTree } from "../store/tree.ts";
import { isObject } from "../store/values.ts";

/** A span of an exported trace. The run's id is null when the export does not tell it. */
export type FileSpan = Omit<SpanNode, "run_id" | "children"> & {
  readonly run_id: string | null;
  readonly children: FileSpan[];
};

export interface FileTrace {
  readonly roots: readonly FileSpan[];
  /** Reading order. */
  readonly spans: readonly FileSpan[];
  /** Index in `spans` of each span's parent, -1 at the top. */
  readonly parents: readonly number[];
}

/** Reads a debug export of a trace. Rejects with a `TraceError` when it is none. */
export async function readTraceFile(file: string, signal: AbortSignal): Promise<FileTrace> {
  let text: string;
  try {
    text = await readFile(file, { encoding: "utf8", signal });
  } catch (thrown) {
    throw fileFailure(file, thrown);
  }
  return parseTrace(text, file);
}

/**
 * A trace out of the text of a debug export: `{"trace_tree": …}`, or a root span by itself, or an array of roots.
 * Nesting says who is whose child; children are put in order of start. No recursion: the depth is that of the file.
 */
export function parseTrace(text: string, file: string): FileTrace {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (thrown) {
    const why = thrown instanceof Error ? oneLine(thrown.message, 160) : "";
    throw bad(file, `it is not JSON (${why})`, thrown);
  }
  return traceOf(value, file);
}

/** As {@link parseTrace}, for what was parsed already. */
export function traceOf(value: unknown, file: string): FileTrace {
  const tree = isObject(value) && "trace_tree" in value ? value.trace_tree : value;
  return arrange(flatten(Array.isArray(tree) ? tree : [tree], file));
}

interface FlatNode {
  /** Index of the parent in the order of the file, -1 at the top. */
  readonly parent: number;
  readonly span: FileSpan;
}

function flatten(roots: readonly unknown[], file: string): FlatNode[] {
  const nodes: FlatNode[] = [];
  const open = roots.map((value) => ({ value, parent: -1 })).reverse();
  while (open.length > 0) {
    const { value, parent } = open.pop()!;
    if (!isObject(value) || !("name" in value || "span_id" in value)) {
      throw bad(
        file,
        parent < 0 ? "there is no span at its top" : `a child of "${nameOf(nodes[parent]!)}" is no span`,
      );
    }
    const children = value.children ?? [];
    if (!Array.isArray(children))
      throw bad(file, `the children of "${oneLine(String(value.name), 80)}" are no array`);
    const index = nodes.length;
    nodes.push({ parent, span: spanOf(value, nodes[parent]?.span, index) });
    for (let child = children.length - 1; child >= 0; child -= 1)
      open.push({ value: children[child], parent: index });
  }
  if (nodes.length === 0) throw bad(file, "there is no span in it");
  return nodes;
}

function spanOf(value: Record<string, unknown>, parent: FileSpan | undefined, index: number): FileSpan {
  const attributes = withEvents(attributesOf(value.attributes), value.events);
  return {
    span_id: textOf(value.span_id) ?? `#${index}`,
    parent_span_id: parent?.span_id ?? textOf(value.parent_span_id),
    run_id: parent?.run_id ?? (isObject(attributes) ? textOf(attributes["flujo.run_id"]) : null),
    name: textOf(value.name) ?? "",
    status: textOf(value.status) ?? "unknown",
    start_time: numberOf(value.start_time),
    end_time: numberOf(value.end_time),
    attributes,
    children: [],
  };
}

function arrange(nodes: readonly FlatNode[]): FileTrace {
  // Ids need not be unique in an export, so the tree is built from places.
  const tree = buildTree({
    ids: {
      parents: Int32Array.from(nodes, ({ parent }) => (parent < 0 ? NO_PARENT : parent)),
      duplicates: 0,
    },
    starts: nodes.map(({ span }) => span.start_time ?? Number.NaN),
  });
  const place = new Int32Array(nodes.length);
  const roots: FileSpan[] = [];
  const spans: FileSpan[] = [];
  const parents: number[] = [];
  for (const [at, index] of tree.order.entries()) {
    const { span } = nodes[index]!;
    const up = tree.parent[index]!;
    place[index] = at;
    spans.push(span);
    parents.push(up < 0 ? -1 : place[up]!);
    (up < 0 ? roots : nodes[up]!.span.children).push(span);
  }
  return { roots, spans, parents };
}

function attributesOf(value: unknown): Attributes {
  if (isObject(value) || typeof value === "string") return value;
  return {};
}

/** Events have no place of their own in a database: they go where the panel looks for them. */
function withEvents(attributes: Attributes, events: unknown): Attributes {
  if (!Array.isArray(events) || events.length === 0 || typeof attributes === "string") return attributes;
  return "events" in attributes ? attributes : { ...attributes, events };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function nameOf(node: FlatNode): string {
  return oneLine(node.span.name, 80);
}

function bad(file: string, why: string, cause?: unknown): TraceError {
  return new TraceError("unreadable", `${file} is not an exported trace: ${why}.`, { cause });
}

/** The `TraceError` for a file that could not be read. */
export function fileFailure(file: string, thrown: unknown): TraceError {
  if (thrown instanceof Error && thrown.name === "AbortError")
    return new TraceError("cancelled", "Cancelled.");
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new TraceError("not_found", `There is no file ${file}.`, { cause: thrown });
    case "EISDIR":
      return new TraceError("unreadable", `${file} is a folder; name the exported trace in it.`, {
        cause: thrown,
      });
    case "EACCES":
    case "EPERM":
      return new TraceError("unreadable", `${file} may not be read: ask for permission to read it.`, {
        cause: thrown,
      });
    case "ERR_STRING_TOO_LONG":
    case "ERR_FS_FILE_TOO_LARGE":
      return new TraceError("unreadable", `${file} is too large to be read as one JSON value.`, {
        cause: thrown,
      });
    default: {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      return new TraceError("unreadable", `${file} could not be read: ${why}.`, { cause: thrown });
    }
  }
}
