import type { SqlValue } from "../reader.ts";

/** Columns of a record, or undefined when these bytes are no record. */
export function readRecord(
  bytes: Buffer,
  start: number,
  end: number,
  mostColumns: number,
  encoding: TextEncoding,
): SqlValue[] | undefined {
  const header = readVarint(bytes, start, end);
  if (header === undefined) return undefined;
  const headerEnd = start + header.value;
  if (headerEnd > end || header.value < 1) return undefined;
  const values: SqlValue[] = [];
  let at = header.next;
  let place = headerEnd;
  while (at < headerEnd) {
    const type = readVarint(bytes, at, headerEnd);
    if (type === undefined || values.length >= mostColumns) return undefined;
    at = type.next;
    const length = sizeOf(type.value);
    if (length === undefined || place + length > end) return undefined;
    values.push(readValue(bytes, type.value, place, length, encoding));
    place += length;
  }
  return place === end ? values : undefined;
}

/** How a database keeps text, by the number in its header. */
export type TextEncoding = "utf8" | "utf16le" | "utf16be";

export interface Varint {
  readonly value: number;
  /** Just past it. */
  readonly next: number;
}

/** Numbers beyond 2^53 arrive rounded. Undefined when it does not end before `end`. */
export function readVarint(bytes: Buffer, start: number, end: number): Varint | undefined {
  let value = 0;
  for (let at = start; at < end && at < start + 8; at += 1) {
    const byte = bytes[at]!;
    value = value * 128 + (byte & 127);
    if (byte < 128) return { value, next: at + 1 };
  }
  if (start + 9 > end) return undefined;
  let whole = 0n;
  for (let at = start; at < start + 8; at += 1) whole = (whole << 7n) | BigInt(bytes[at]! & 127);
  whole = (whole << 8n) | BigInt(bytes[start + 8]!);
  return { value: Number(BigInt.asIntN(64, whole)), next: start + 9 };
}

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function sizeOf(type: number): number | undefined {
  if (type < 10) return SIZES[type];
  return type < 12 ? undefined : (type - 12) >> 1;
}

function readValue(
  bytes: Buffer,
  type: number,
  at: number,
  length: number,
  encoding: TextEncoding,
): SqlValue {
  switch (type) {
    case 0:
      return null;
    case 6:
      return Number(bytes.readBigInt64BE(at));
    case 7:
      return bytes.readDoubleBE(at);
    case 8:
      return 0;
    case 9:
      return 1;
  }
  if (type < 6) return bytes.readIntBE(at, length);
  const part = bytes.subarray(at, at + length);
  if (type % 2 === 0) return Uint8Array.from(part);
  if (encoding === "utf8" || length % 2 === 1) return part.toString("utf8");
  return (encoding === "utf16le" ? part : Buffer.from(part).swap16()).toString("utf16le");
}
