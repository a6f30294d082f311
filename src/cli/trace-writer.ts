import { jsonPieces } from "../format/json-writer.ts";
import type { PagedSpan, TracePage } from "../store/model.ts";
import { spanShape } from "./shapes.ts";
import type { KeptSpans } from "./trace-filter.ts";

/**
 * Writes a trace as JSON while its pages arrive: flat, or nested. Nested it is the root, or an array where there is not exactly one.
 */
export class TraceWriter {
  /** Depth of the span written last; -1 before the first. */
  private depth = -1;
  private written = false;
  private readonly array: boolean;

  /** @param kept Other spans are left out. */
  constructor(
    { roots }: Pick<TracePage, "roots">,
    private readonly flat: boolean,
    private readonly kept?: KeptSpans & { readonly roots: number },
  ) {
    this.array = flat || (kept?.roots ?? roots) !== 1;
  }

  *begin(): Generator<string> {
    if (this.array) yield "[";
  }

  *page({ spans, from }: Pick<TracePage, "spans" | "from">): Generator<string> {
    for (const [index, span] of spans.entries()) {
      if (this.kept && this.kept.numbers[from + index]! < 0) continue;
      yield* this.flat ? this.flatSpan(span) : this.nestedSpan(span);
      this.written = true;
    }
  }

  *end(): Generator<string> {
    for (; this.depth >= 0; this.depth -= 1) yield "]}";
    yield this.array ? "]\n" : "\n";
  }

  private *flatSpan(span: PagedSpan): Generator<string> {
    if (this.written) yield ",";
    yield* jsonPieces(spanShape(span));
  }

  /** Leaves the object open, because its children come next. */
  private *nestedSpan(span: PagedSpan): Generator<string> {
    if (this.depth >= span.depth) {
      for (; this.depth >= span.depth; this.depth -= 1) yield "]}";
      yield ",";
    }
    this.depth = span.depth;
    const { span_id, name, status, start_time, end_time, attributes } = span;
    let held = "";
    for (const piece of jsonPieces({ span_id, name, status, start_time, end_time, attributes })) {
      yield held;
      held = piece;
    }
    // The brace that would close it.
    yield ',"children":[';
  }
}
