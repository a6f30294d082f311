// Traces as a telemetry collector writes them, as many as one likes.
import { closeSync, openSync, writeSync } from "node:fs";

const SPANS_PER_TRACE = 25;

/**
 * One OTLP JSON value with so many spans, written piece by piece.
 *
 * @param {string} file
 * @param {number} spans
 */
export function writeOtlpFile(file, spans) {
  const handle = openSync(file, "w");
  const hex = (/** @type {number} */ value, /** @type {number} */ digits) =>
    value.toString(16).padStart(digits, "0");
  try {
    writeSync(
      handle,
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bench"}}]},"scopeSpans":[{"spans":[',
    );
    let block = "";
    for (let at = 0; at < spans; at += 1) {
      const first = at - (at % SPANS_PER_TRACE);
      block += `${at === 0 ? "" : ","}${JSON.stringify({
        traceId: hex(1 + first, 32),
        spanId: hex(1 + at, 16),
        ...(at === first ? {} : { parentSpanId: hex(1 + first, 16) }),
        name: `step_${at % SPANS_PER_TRACE}`,
        kind: 1,
        startTimeUnixNano: `${1_760_000_000 + at}000000000`,
        endTimeUnixNano: `${1_760_000_001 + at}500000000`,
        attributes: [
          { key: "gen_ai.request.model", value: { stringValue: "model-1" } },
          { key: "gen_ai.usage.input_tokens", value: { intValue: String(at % 500) } },
          { key: "gen_ai.usage.cost", value: { doubleValue: 0.001 } },
        ],
        status: { code: at % 50 === 7 ? 2 : 1 },
      })}`;
      if (block.length < 1 << 20) continue;
      writeSync(handle, block);
      block = "";
    }
    writeSync(handle, `${block}]}]}]}\n`);
  } finally {
    closeSync(handle);
  }
}
