import { TraceError } from "../engine/errors.ts";
import type { Reader } from "../engine/reader.ts";
import type { RunSpans } from "./run-spans.ts";
import { type FlatSpan, flatSpan, positions } from "./spans.ts";
import { asText } from "./values.ts";

/** Spans and UTF-16 units of attributes of one page. */
const PAGE_SPANS = 2_000;
const PAGE_TEXT = 8 << 20;

/** Part of a trace in reading order, as it crosses a thread. */
export interface FlatPage {
  readonly run_id: string;
  readonly provisional: boolean;
  readonly warnings: readonly string[];
  readonly spans: readonly (FlatSpan & { readonly key: number; readonly depth: number })[];
  /** Place of the first of them in the whole trace. */
  readonly from: number;
  /** Spans, levels and roots of the whole trace. */
  readonly total: number;
  readonly levels: number;
  readonly roots: number;
  /** Equal for pages that belong to one state of the database. */
  readonly revision: string;
}

/** The spans from the place `from` on: a page full, and at least one if there is one. `parent` is a place in the whole trace. */
export function readTracePage(
  reader: Reader,
  spans: RunSpans,
  from: number,
  revision: string,
): Omit<FlatPage, "snapshot"> {
  const { tree, rows } = spans;
  const { position, levels } = placesOf(spans);
  const { shown, attributes } = readAttributes(reader, spans, from);
  return {
    run_id: spans.run.run_id,
    provisional: spans.provisional,
    warnings: spans.warnings,
    spans: Array.from(shown, (row) => ({
      ...flatSpan(spans, row, position, attributes),
      key: rows.keys[row]!,
      depth: tree.depth[row]!,
    })),
    from,
    total: tree.order.length,
    levels,
    roots: tree.roots.length,
    revision,
  };
}

interface Places {
  readonly position: Int32Array;
  readonly levels: number;
}

const places = new WeakMap<RunSpans, Places>();

/** What all pages of a trace need, found once. */
function placesOf(spans: RunSpans): Places {
  const known = places.get(spans);
  if (known) return known;
  let levels = 0;
  for (const depth of spans.tree.depth) if (depth >= levels) levels = depth + 1;
  const found = { position: positions(spans), levels };
  places.set(spans, found);
  return found;
}

function readAttributes(
  reader: Reader,
  spans: RunSpans,
  from: number,
): { shown: Int32Array; attributes: ReadonlyMap<number, string | null> } {
  for (let count = PAGE_SPANS; ; count = Math.ceil(count / 8)) {
    const shown = spans.tree.order.subarray(from, from + count);
    const attributes = new Map<number, string | null>();
    let room = PAGE_TEXT;
    const keep = (key: number, text: string | null) => {
      attributes.set(key, text);
      room -= text?.length ?? 0;
      return room > 0 || count === 1;
    };
    if (!spans.provisional) readRange(reader, spans, shown, keep);
    if (room > 0 || count === 1) return { shown, attributes };
  }
}

/** Reads the attributes of some rows until `keep` returns false. */
function readRange(
  reader: Reader,
  { run, rows }: RunSpans,
  shown: Int32Array,
  keep: (key: number, text: string | null) => boolean,
): void {
  const first = shown.reduce((least, row) => Math.min(least, row), rows.keys.length - 1);
  const last = shown.reduce((most, row) => Math.max(most, row), 0);
  // Spans that are read one after the other usually lie so.
  if (last - first < 2 * shown.length) {
    const wanted = new Set(shown);
    let row = first;
    reader.each(
      "SELECT key, attributes FROM lens_spans WHERE run_id = ? AND key BETWEEN ? AND ? ORDER BY key",
      [run.run_id, rows.keys[first]!, rows.keys[last]!],
      ([key, text]) => (wanted.has(row++) ? keep(key as number, asText(text ?? null)) : true),
    );
    return;
  }
  for (const row of shown) {
    let goesOn = true;
    reader.each(
      "SELECT key, attributes FROM lens_spans WHERE run_id = ? AND key = ?",
      [run.run_id, rows.keys[row]!],
      ([key, text]) => {
        goesOn = keep(key as number, asText(text ?? null));
      },
    );
    if (!goesOn) return;
  }
}

/** What is asked for the next page of what has changed since the first one. */
export function changedMeanwhile(): TraceError {
  return new TraceError(
    "busy",
    "The database changed while this long trace was read from it page by page, so the rest would not belong to it. Try again.",
  );
}
