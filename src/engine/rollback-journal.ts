import { existsSync } from "node:fs";
import { type FileState, type ReadableBytes, ReadOnlyFile } from "./read-only-file.ts";
import { isPageSize } from "./wal.ts";

const magic = Buffer.from("d9d505f920a163d7", "hex");
const headerSize = 28;
/** What a journal says instead of a number of records when its end is where its file ends. */
const untilTheEnd = 0xffffffff;
/** Bytes of a page that count for its checksum: every so many, from the end on. */
const checksumStep = 200;
/** Larger journals are not kept in memory: their transaction is left to the program that began it. */
const memoryLimit = 128 << 20;

/**
 * The rollback journal of a transaction that has not ended: the pages as they were before it, for laying over the main
 * file. That is what SQLite itself does with the journal that a killed writer leaves behind, but on disk.
 */
export class RollbackJournal {
  private constructor(
    /** When it was read. */
    readonly state: FileState,
    private readonly bytes: Buffer,
    /** Of its pages; undefined when it holds none, because the transaction had not begun to change the file. */
    readonly pageSize: number | undefined,
    /** Pages of the database before the transaction. */
    readonly pageCount: number,
    /** Where in `bytes` each page begins. */
    private readonly pages: ReadonlyMap<number, number>,
  ) {}

  /** Undefined when no transaction stands in the journal of the database at this path. Throws `unreadable`. */
  static read(databasePath: string): RollbackJournal | undefined {
    const file = ReadOnlyFile.open(`${databasePath}-journal`);
    if (file === undefined) return undefined;
    try {
      if (!isOpen(file)) return undefined;
      const state = file.state();
      if (state.size > memoryLimit) return undefined;
      const bytes = Buffer.alloc(state.size);
      return RollbackJournal.parse(state, bytes.subarray(0, file.read(bytes, bytes.length, 0)));
    } finally {
      file.close();
    }
  }

  /** The page's part from `offset` on, as it was before the transaction; undefined when the transaction left it alone. */
  read(page: number, offset: number): Uint8Array | undefined {
    const position = this.pages.get(page);
    return position === undefined
      ? undefined
      : this.bytes.subarray(position + offset, position + (this.pageSize ?? 0));
  }

  private static parse(state: FileState, bytes: Buffer): RollbackJournal | undefined {
    // Part of a transaction over several files, which had committed when the file that names them all is gone.
    const parent = superJournalOf(bytes);
    if (parent !== undefined && !existsSync(parent)) return undefined;
    const pages = new Map<number, number>();
    const first = readHeader(bytes, 0, undefined);
    if (first === undefined) return new RollbackJournal(state, bytes, undefined, 0, pages);
    let header: Header | undefined = first;
    while (header !== undefined) {
      const end = takeRecords(bytes, header, pages);
      // Headers begin at full sectors; after one that counts to the end of the file nothing else can come.
      const next: number = Math.ceil(end / header.sectorSize) * header.sectorSize;
      header = header.records === untilTheEnd ? undefined : readHeader(bytes, next, first);
    }
    return new RollbackJournal(state, bytes, first.pageSize, first.pageCount, pages);
  }
}

/**
 * Whether a transaction stands in the rollback journal of this database: one under way, or one that a crash left behind.
 * A journal that is kept between transactions is empty or has no magic number while it rests.
 */
export function hasOpenJournal(databasePath: string): boolean {
  const file = ReadOnlyFile.open(`${databasePath}-journal`);
  if (file === undefined) return false;
  try {
    return isOpen(file);
  } finally {
    file.close();
  }
}

function isOpen(file: ReadableBytes): boolean {
  const start = Buffer.alloc(magic.length);
  return file.read(start, magic.length, 0) === magic.length && start.equals(magic);
}

interface Header {
  /** Where its first record is. */
  readonly start: number;
  readonly records: number;
  /** Where the checksums begin to count. */
  readonly nonce: number;
  readonly pageCount: number;
  readonly pageSize: number;
  readonly sectorSize: number;
}

/** Undefined when there is no valid header. Later ones repeat the sizes of the `first`. */
function readHeader(bytes: Buffer, position: number, first: Header | undefined): Header | undefined {
  if (position + headerSize > bytes.length) return undefined;
  if (!bytes.subarray(position, position + magic.length).equals(magic)) return undefined;
  const word = (index: number) => bytes.readUInt32BE(position + magic.length + 4 * index);
  const sectorSize = first?.sectorSize ?? word(3);
  const pageSize = first?.pageSize ?? word(4);
  if (
    !isPageSize(pageSize) ||
    sectorSize < 32 ||
    sectorSize > 65_536 ||
    (sectorSize & (sectorSize - 1)) !== 0
  )
    return undefined;
  return {
    start: position + sectorSize,
    records: word(0),
    nonce: word(1),
    pageCount: first?.pageCount ?? word(2),
    pageSize,
    sectorSize,
  };
}

/** Notes where the pages of one header are, up to the first one that was not written whole. Returns where they end. */
function takeRecords(bytes: Buffer, header: Header, pages: Map<number, number>): number {
  const size = header.pageSize + 8;
  let position = header.start;
  for (let record = 0; record < header.records && position + size <= bytes.length; record++) {
    const page = bytes.readUInt32BE(position);
    if (page === 0) return bytes.length;
    let checksum = header.nonce;
    for (let at = header.pageSize - checksumStep; at > 0; at -= checksumStep)
      checksum = (checksum + bytes[position + 4 + at]!) >>> 0;
    if (checksum !== bytes.readUInt32BE(position + 4 + header.pageSize)) return bytes.length;
    if (page <= header.pageCount) pages.set(page, position + 4);
    position += size;
  }
  return position;
}

/** The path that stands at the end of a journal that is one of several. */
function superJournalOf(bytes: Buffer): string | undefined {
  const end = bytes.length - magic.length;
  if (end < 8 || !bytes.subarray(end).equals(magic)) return undefined;
  const length = bytes.readUInt32BE(end - 8);
  const start = end - 8 - length;
  if (length === 0 || length > 4096 || start < 0) return undefined;
  const name = bytes.subarray(start, start + length);
  let checksum = 0;
  // As signed characters, as SQLite adds them.
  for (const byte of name) checksum = (checksum + ((byte << 24) >> 24)) >>> 0;
  return checksum === bytes.readUInt32BE(end - 4) ? name.toString("utf8") : undefined;
}
