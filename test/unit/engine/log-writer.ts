const littleEndianMagic = 0x377f0682;

/** Writes a write-ahead log by the published format, word by word, with no thought of speed. */
export class LogWriter {
  readonly parts: Buffer[] = [];
  private sums: [number, number];

  constructor(
    readonly pageSize: number,
    readonly salts: readonly [number, number] = [0x01020304, 0xa1a2a3a4],
    private readonly bigEndian = false,
  ) {
    const header = Buffer.alloc(32);
    header.writeUInt32BE(littleEndianMagic + (bigEndian ? 1 : 0), 0);
    header.writeUInt32BE(3_007_000, 4);
    header.writeUInt32BE(pageSize, 8);
    header.writeUInt32BE(7, 12);
    header.writeUInt32BE(salts[0], 16);
    header.writeUInt32BE(salts[1], 20);
    this.sums = this.sum([0, 0], header.subarray(0, 24));
    header.writeUInt32BE(this.sums[0], 24);
    header.writeUInt32BE(this.sums[1], 28);
    this.parts.push(header);
  }

  get frames(): number {
    return this.parts.length - 1;
  }

  /** @param pageCount Pages of the database after this commit; 0 when the frame does not commit. */
  append(page: number, bytes: Uint8Array, pageCount: number): this {
    const header = Buffer.alloc(24);
    header.writeUInt32BE(page, 0);
    header.writeUInt32BE(pageCount, 4);
    header.writeUInt32BE(this.salts[0], 8);
    header.writeUInt32BE(this.salts[1], 12);
    this.sums = this.sum(this.sum(this.sums, header.subarray(0, 8)), Buffer.from(bytes));
    header.writeUInt32BE(this.sums[0], 16);
    header.writeUInt32BE(this.sums[1], 20);
    this.parts.push(Buffer.concat([header, bytes]));
    return this;
  }

  /** Commits all pages that differ between two databases of the same page size. */
  commit(before: Uint8Array, after: Uint8Array): this {
    const count = after.length / this.pageSize;
    const pageOf = (bytes: Uint8Array, page: number) =>
      Buffer.from(bytes.subarray((page - 1) * this.pageSize, page * this.pageSize));
    const changed = Array.from({ length: count }, (_, index) => index + 1).filter(
      (page) => !pageOf(before, page).equals(pageOf(after, page)),
    );
    for (const page of changed) this.append(page, pageOf(after, page), page === changed.at(-1) ? count : 0);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  private sum([a, b]: [number, number], bytes: Buffer): [number, number] {
    const word = (at: number) => (this.bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
    for (let at = 0; at < bytes.length; at += 8) {
      a = (a + word(at) + b) % 2 ** 32;
      b = (b + word(at + 4) + a) % 2 ** 32;
    }
    return [a, b];
  }
}

/** The start of a wal-index as SQLite keeps it for a log with these salts. */
export function sharedIndex(fields: {
  salts: readonly [number, number];
  lastFrame: number;
  backfillAttempted?: number;
}): Buffer {
  const bytes = Buffer.alloc(32_768);
  const copy = Buffer.alloc(48);
  copy.writeUInt32LE(3_007_000, 0);
  copy[12] = 1;
  copy.writeUInt32LE(fields.lastFrame, 16);
  copy.writeUInt32BE(fields.salts[0], 32);
  copy.writeUInt32BE(fields.salts[1], 36);
  copy.copy(bytes, 0);
  copy.copy(bytes, 48);
  bytes.writeUInt32LE(fields.backfillAttempted ?? 0, 128);
  return bytes;
}
