/** What happened to the rows of a file that was written from another one. */
export interface WriteReport {
  readonly runs: number;
  readonly spans: number;
  /** Each thing that was changed so that it could be saved. */
  readonly mended: readonly Remark[];
  /** Each thing that could not be saved. */
  readonly refused: readonly Remark[];
  /** How many there are in all, also those past the limit of the lists. */
  readonly counts: { readonly mended: number; readonly refused: number };
}

export interface Remark {
  readonly run_id: string;
  /** The span's id as it was found; undefined where the remark is about the run. */
  readonly span_id?: string;
  /** One sentence. */
  readonly reason: string;
}

/** Remarks that are told one by one; beyond, they are counted. */
const MOST_REMARKS = 10_000;

/** Gathers remarks; see {@link WriteReport}. */
export class Remarks {
  runs = 0;
  spans = 0;
  private readonly mended: Remark[] = [];
  private readonly refused: Remark[] = [];
  private readonly counts = { mended: 0, refused: 0 };

  mend(remark: Remark): void {
    this.counts.mended += 1;
    if (this.mended.length < MOST_REMARKS) this.mended.push(remark);
  }

  refuse(remark: Remark): void {
    this.counts.refused += 1;
    if (this.refused.length < MOST_REMARKS) this.refused.push(remark);
  }

  report(): WriteReport {
    return {
      runs: this.runs,
      spans: this.spans,
      mended: [...this.mended],
      refused: [...this.refused],
      counts: { ...this.counts },
    };
  }
}
