import { errorFingerprint } from "../deepest-errors.ts";
import type { SpanError } from "../model.ts";

/** Kinds that are told apart, and the characters that their names may take together. */
const MOST_KINDS = 0xffff;
const MOST_TEXT = 1 << 22;

/** The deepest failed spans with the kinds of their errors. */
export interface Failures {
  readonly span: ArrayLike<number>;
  /** Index in {@link fingerprints}; -1 until it is known. */
  readonly kind: ArrayLike<number>;
  readonly fingerprints: readonly string[];
}

/** Collects the deepest failed spans with the kinds of their errors, while the spans are read. */
export class FailureBuilder {
  private readonly spans: number[] = [];
  private readonly kinds: number[] = [];
  private readonly fingerprints: string[] = [];
  private readonly numbers = new Map<string, number>();
  private text = 0;
  private full = false;

  /** @param error Undefined when it is told later, by {@link tell}. Returns the place to tell it for. */
  add(span: number, error: SpanError | undefined): number {
    if (this.full) return 0;
    return this.addKind(span, error && errorFingerprint(error));
  }

  /** As {@link add}, with the fingerprint of the error. */
  addKind(span: number, fingerprint: string | undefined): number {
    this.spans.push(span);
    return this.kinds.push(fingerprint === undefined ? -1 : this.kindOf(fingerprint)) - 1;
  }

  tell(place: number, error: SpanError): void {
    if (!this.full) this.kinds[place] = this.kindOf(errorFingerprint(error));
  }

  /** Undefined when there were too many kinds. */
  result(): { span: number[]; kind: number[]; fingerprints: string[] } | undefined {
    if (this.full) return undefined;
    return { span: this.spans, kind: this.kinds, fingerprints: this.fingerprints };
  }

  private kindOf(fingerprint: string): number {
    let kind = this.numbers.get(fingerprint);
    if (kind === undefined) {
      kind = this.fingerprints.length;
      this.text += fingerprint.length;
      if (kind === MOST_KINDS || this.text > MOST_TEXT) {
        this.full = true;
        return -1;
      }
      this.numbers.set(fingerprint, kind);
      this.fingerprints.push(fingerprint);
    }
    return kind;
  }
}
