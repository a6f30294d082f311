import { errorFingerprint } from "../deepest-errors.ts";
import type { SpanError } from "../model.ts";
import { Doubles } from "./run-links.ts";
import type { FailureColumns } from "./span-columns.ts";

/** Kinds that are told apart, and the characters that their names may take together. */
const MOST_KINDS = 0xffff;
const MOST_TEXT = 1 << 22;

/** Collects the deepest failed spans with the kinds of their errors, while the spans are read. */
export class FailureBuilder {
  private readonly spans = new Doubles();
  private readonly kinds = new Doubles();
  private readonly fingerprints: string[] = [];
  private readonly numbers = new Map<string, number>();
  private text = 0;
  private full = false;

  add(span: number, error: SpanError): void {
    if (this.full) return;
    const fingerprint = errorFingerprint(error);
    let kind = this.numbers.get(fingerprint);
    if (kind === undefined) {
      kind = this.fingerprints.length;
      this.text += fingerprint.length;
      if (kind === MOST_KINDS || this.text > MOST_TEXT) {
        this.full = true;
        return;
      }
      this.numbers.set(fingerprint, kind);
      this.fingerprints.push(fingerprint);
    }
    this.spans.push(span);
    this.kinds.push(kind);
  }

  /** Undefined when there were too many kinds. */
  result(): FailureColumns | undefined {
    if (this.full) return undefined;
    return {
      span: Uint32Array.from(this.spans.values.subarray(0, this.spans.length)),
      kind: Uint16Array.from(this.kinds.values.subarray(0, this.kinds.length)),
      fingerprints: this.fingerprints,
    };
  }
}
