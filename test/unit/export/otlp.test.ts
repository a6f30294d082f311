import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nanoseconds, secondsOf } from "../../../src/export/otlp.ts";
import { anyRun, exportedRunOf, text } from "./made-up.ts";

// The official definitions, generated from OpenTelemetry's own .proto files.
const { opentelemetry } = createRequire(import.meta.url)(
  "@opentelemetry/otlp-transformer/build/src/generated/root.js",
);
const request = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano?: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  status: { code: number; message?: string };
}

function spansOf(otlp: string): Span[] {
  return JSON.parse(otlp).resourceSpans[0].scopeSpans[0].spans;
}

describe("OTLP JSON", () => {
  it("is valid against the official definitions, for any run", () => {
    fc.assert(
      fc.property(anyRun, (exported) => {
        const value = JSON.parse(text(exported, "otlp"));
        for (const span of value.resourceSpans[0].scopeSpans[0].spans) {
          expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
          expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
          // OTLP's JSON has hex where protobuf's has base64.
          span.traceId = Buffer.from(span.traceId, "hex").toString("base64");
          span.spanId = Buffer.from(span.spanId, "hex").toString("base64");
          if (span.parentSpanId) span.parentSpanId = Buffer.from(span.parentSpanId, "hex").toString("base64");
        }
        const message = request.fromObject(value);
        expect(request.verify(message)).toBeNull();
        const decoded = request.toObject(request.decode(request.encode(message).finish()), {
          longs: String,
          bytes: String,
        });
        const [sent] = value.resourceSpans[0].scopeSpans;
        const [got] = decoded.resourceSpans[0].scopeSpans;
        expect((got.spans ?? []).map((span: Span) => span.spanId)).toEqual(
          sent.spans.map((span: Span) => span.spanId),
        );
      }),
    );
  });

  it("gives every span an id of its own and names parents by it", () => {
    fc.assert(
      fc.property(anyRun, (exported) => {
        const spans = spansOf(text(exported, "otlp"));
        const ids = spans.map(({ spanId }) => spanId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const [at, span] of exported.spans.entries()) {
          for (const child of span.children) {
            expect(spans[exported.spans.indexOf(child)]!.parentSpanId).toBe(ids[at]);
          }
        }
        expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).length).toBe(
          exported.roots.length,
        );
      }),
    );
  });

  it("keeps seconds to the last bit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 4e9, noNaN: true }), (seconds) => {
        const { text: nanos, exact } = nanoseconds(seconds);
        expect(exact).toBe(secondsOf(BigInt(nanos)) === seconds);
        if (seconds > 1e8) expect(exact).toBe(true);
      }),
    );
  });

  it("tells the status and the message of a failure", () => {
    const [span] = spansOf(
      text(
        exportedRunOf([
          {
            id: "a",
            status: "failed",
            attributes: { feedback: "boom", error_type: "timeout" },
            start: 1_759_305_600.5,
          },
        ]),
        "otlp",
      ),
    );
    expect(span?.status).toEqual({ code: 2, message: "boom" });
    expect(span?.startTimeUnixNano).toBe("1759305600500000000");
    expect(span?.attributes).toContainEqual({ key: "flujo.lens.span_id", value: { stringValue: "a" } });
    expect(span?.attributes).toContainEqual({ key: "flujo.lens.status", value: { stringValue: "failed" } });
  });

  it("does not overflow on attributes 50,000 levels deep", () => {
    const deep = JSON.parse(`{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`);
    expect(text(exportedRunOf([{ id: "a", attributes: deep }]), "otlp").length).toBeGreaterThan(50_000);
  });
});
