/**
 * Attributes under which an export keeps what its format has no place for, and from which an import restores it.
 * They belong to spans, but for `run`, which stands at the resource.
 */
export const original = {
  /** The span's id in flujo's database. */
  spanId: "flujo.lens.span_id",
  /** The parent's id in flujo's database, also of a parent that is not there. */
  parentSpanId: "flujo.lens.parent_span_id",
  runId: "flujo.lens.run_id",
  /** Raw status text. */
  status: "flujo.lens.status",
  /** Attributes that were no JSON object, as they were stored. */
  attributesText: "flujo.lens.attributes_text",
  /** Seconds since the epoch; only where nanoseconds do not hold the same number. */
  startTime: "flujo.lens.start_time",
  endTime: "flujo.lens.end_time",
  /** The run's own row, as JSON text. */
  run: "flujo.lens.run",
} as const;
