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

/** What page 1 says instead of what the file says. */
export interface HeaderPatch {
  readonly pageCount: number;
  /** Stands for the change counter: when it moves, SQLite drops the pages it keeps. */
  readonly generation: number;
  /** When it moves, SQLite reads the schema again. */
  readonly schemaVersion: number;
}

/** Changes the part of page 1 that begins at `offset`, so that SQLite takes the pages for a file without a log. */
export function patchDatabaseHeader(bytes: Uint8Array, offset: number, patch: HeaderPatch): void {
  const put = (position: number, value: number) => {
    const at = position - offset;
    if (at >= 0 && at < bytes.length) bytes[at] = value;
  };
  const put32 = (position: number, value: number) => {
    for (let index = 0; index < 4; index++) put(position + index, (value >>> (24 - 8 * index)) & 255);
  };
  put(18, 1);
  put(19, 1);
  put32(24, patch.generation);
  put32(28, patch.pageCount);
  put32(40, patch.schemaVersion);
  put32(92, patch.generation);
}

/**
 * A schema version that also differs when another database was written over this one: both may count the same number
 * of changes, but not with the same tables in the same places. Data alone does not change it.
 * @param salt Changes it all the same.
 */
export function schemaVersionOf(firstPage: Uint8Array, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  const add = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const byte of firstPage.subarray(40, 44)) add(byte);
  for (const byte of firstPage.subarray(databaseHeaderSize)) add(byte);
  return hash & 0x7fffffff;
}
