import { isText, lengthOf, type StoredRow, UnreadableTable } from "../../engine/table-scan.ts";
import { parseTime } from "../values.ts";
import { ByteTable } from "./byte-table.ts";

/** Texts of a column with few different ones, each decoded once. */
export class LastText {
  private readonly table = new ByteTable();
  private readonly texts: string[] = [];

  of(row: StoredRow, place: number): string | null {
    const type = row.types[place]!;
    if (type === 0) return null;
    if (!isText(type)) throw new UnreadableTable("something else than text");
    const id = this.table.idOf(row.bytes, row.view, row.offsets[place]!, lengthOf(type));
    if (id === this.texts.length) this.texts.push(this.table.textOf(id));
    return this.texts[id]!;
  }
}

/** Reads times as {@link parseTime} does; those that flujo writes without making text of them. */
export class Times {
  private readonly lastDay = Buffer.alloc(10);
  private midnight = Number.NaN;

  /** Seconds since the epoch; NaN where unknown. */
  of(row: StoredRow, place: number): number {
    const type = row.types[place]!;
    if (type === 0) return Number.NaN;
    if (!isText(type)) throw new UnreadableTable("something else than text");
    const { bytes } = row;
    const at = row.offsets[place]!;
    const length = lengthOf(type);
    const plain = this.plain(bytes, at, length);
    if (!Number.isNaN(plain)) return plain;
    const text = bytes.toString("utf8", at, at + length);
    if (text.includes("\0")) throw new UnreadableTable("a text with a NUL");
    return parseTime(text) ?? Number.NaN;
  }

  /** `2025-10-01T08:00:02.252161+00:00`, where fraction and zone may be missing; NaN for anything else. */
  private plain(bytes: Buffer, at: number, length: number): number {
    if (length < 19) return Number.NaN;
    const separator = bytes[at + 10];
    if (separator !== 84 && separator !== 32) return Number.NaN;
    if (bytes[at + 13] !== 58 || bytes[at + 16] !== 58) return Number.NaN;
    const hour = twoDigits(bytes, at + 11);
    const minute = twoDigits(bytes, at + 14);
    const second = twoDigits(bytes, at + 17);
    if (hour < 0 || minute < 0 || second < 0) return Number.NaN;
    let next = at + 19;
    const end = at + length;
    let fraction = 0;
    if (next < end && bytes[next] === 46) {
      let scale = 1;
      for (next += 1; next < end && bytes[next]! >= 48 && bytes[next]! <= 57; next += 1) {
        fraction = fraction * 10 + bytes[next]! - 48;
        scale *= 10;
      }
      if (scale === 1 || scale > 1e9) return Number.NaN;
      fraction /= scale;
    }
    if (next < end && !isUtc(bytes, next, end)) return Number.NaN;
    if (bytes.compare(this.lastDay, 0, 10, at, at + 10) !== 0 || Number.isNaN(this.midnight)) {
      const midnight = parseTime(bytes.toString("latin1", at, at + 10));
      if (midnight === null || bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return Number.NaN;
      bytes.copy(this.lastDay, 0, at, at + 10);
      this.midnight = midnight;
    }
    return this.midnight + hour * 3600 + minute * 60 + second + fraction;
  }
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** Whether what is left is `Z` or `+00:00`. */
function isUtc(bytes: Buffer, at: number, end: number): boolean {
  if (end - at === 1) return bytes[at] === 90;
  return end - at === 6 && bytes.toString("latin1", at, end) === "+00:00";
}
