import { isPageSize } from "./wal.ts";

/** The first 100 bytes of page 1, as far as the engine needs them. */
export interface DatabaseHeader {
  /** Bytes. */
  readonly pageSize: number;
  /** Undefined when the header does not know: a very old SQLite wrote last. */
  readonly pageCount: number | undefined;
  readonly changeCounter: number;
  readonly journalMode: "wal" | "rollback";
}

export const databaseHeaderSize = 100;
const magic = Buffer.from("SQLite format 3\0", "latin1");

/** Undefined when these are not the first bytes of a SQLite database. */
export function parseDatabaseHeader(bytes: Buffer): DatabaseHeader | undefined {
  if (bytes.length < databaseHeaderSize || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const stored = bytes.readUInt16BE(16);
  const pageSize = stored === 1 ? 65_536 : stored;
  if (!isPageSize(pageSize)) return undefined;
  const changeCounter = bytes.readUInt32BE(24);
  const pageCount = bytes.readUInt32BE(28);
  return {
    pageSize,
    pageCount: pageCount > 0 && bytes.readUInt32BE(92) === changeCounter ? pageCount : undefined,
    changeCounter,
    journalMode: bytes[18] === 2 ? "wal" : "rollback",
  };
}

/**
 * Changes the part of page 1 that begins at `offset` so that SQLite takes the pages as a plain file:
 * no write-ahead log of its own, this many pages, and a change counter and schema version that move with the
 * generation, which makes it drop its cache and read the schema again.
 */
export function patchDatabaseHeader(
  bytes: Uint8Array,
  offset: number,
  pageCount: number,
  generation: number,
): void {
  const put = (position: number, value: number) => {
    const at = position - offset;
    if (at >= 0 && at < bytes.length) bytes[at] = value;
  };
  const put32 = (position: number, value: number) => {
    for (let index = 0; index < 4; index++) put(position + index, (value >>> (24 - 8 * index)) & 255);
  };
  put(18, 1);
  put(19, 1);
  put32(24, generation);
  put32(28, pageCount);
  put32(40, generation);
  put32(92, generation);
}
