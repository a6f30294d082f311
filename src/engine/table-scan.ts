import type { Pages } from "./reader.ts";

/** Why a table cannot be read page by page. SQLite itself may well be able to read it. */
export class UnreadableTable extends Error {
  override readonly name = "UnreadableTable";
}

/** What work comes to, or `otherwise` where a table cannot be read page by page. */
export function ifReadable<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (thrown) {
    // What is odd to the scan may be plain to SQLite: it has the last word. Torn pages look odd too, and are read again.
    if (thrown instanceof UnreadableTable || thrown instanceof RangeError || thrown instanceof TypeError)
      return otherwise;
    throw thrown;
  }
}

/** The row under the scan's eye. Its fields are the scan's own and change with the next row. */
export interface StoredRow {
  /** Holds the stored values at {@link offsets}, and at least eight bytes behind the last of them. */
  bytes: Buffer;
  view: DataView;
  /** Integers beyond 2^53 arrive rounded, as they do from SQLite. */
  rowid: number;
  /** SQLite's serial types, one a column; 0 (NULL) for columns that the row is too short for. */
  readonly types: Int32Array;
  readonly offsets: Int32Array;
  /** How many columns the row has; those after it have the column's default. */
  stored: number;
}

export interface Scan {
  /** How many columns to look at. */
  readonly columns: number;
  /** Rows of the first leaf that are not visited; 0 when undefined. */
  readonly skip?: number;
  /** Rows of the last leaf after which the scan ends; all when undefined. */
  readonly until?: number;
  /** Called for every row, in order of rowid. */
  visit(row: StoredRow): void;
  /** Called after each leaf with the number of its rows, visited or not, and the pages on which what was looked at goes on. */
  leaf?(rows: number, overflow: readonly number[]): void;
  /** Called from time to time with the share that was read, 0 to 1. */
  progress(fraction: number): void;
}

const TABLE_LEAF = 13;
const TABLE_INTERIOR = 5;
const BLOCK = 1 << 20;
/** Pages of other tables that are read along rather than skipped, in bytes. */
const GAP = 32 << 10;
/** Bytes behind the last row, so that a value can be read in words. */
const SLACK = 8;
/** Longer values are not what a trace holds, and could not be kept. */
const LONGEST_ROW = 1 << 28;
/** Bytes of values of the serial types 0 to 11. */
const SIZES = Uint8Array.of(0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0);

/** Numbers of the leaf pages of a table, in order of rowid. Throws {@link UnreadableTable}. */
export function leafPages(pages: Pages, root: number): Uint32Array {
  const { pageSize, pageCount } = pages;
  const page = Buffer.alloc(pageSize);
  const view = new DataView(page.buffer, page.byteOffset, pageSize);
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth < 20; depth += 1) {
    const next: number[] = [];
    for (const number of level) {
      if (number < 1 || number > pageCount || ++seen > pageCount)
        throw new UnreadableTable("a loop of pages");
      pages.readPages(page, number);
      const head = number === 1 ? 100 : 0;
      const type = page[head];
      // All leaves of a tree are equally deep.
      if (type === TABLE_LEAF && number === level[0]) return Uint32Array.from(level);
      if (type !== TABLE_INTERIOR) throw new UnreadableTable(`a page of type ${type}`);
      const cells = view.getUint16(head + 3);
      for (let cell = 0; cell < cells; cell += 1)
        next.push(view.getUint32(view.getUint16(head + 12 + 2 * cell)));
      next.push(view.getUint32(head + 8));
    }
    if (next.length > pageCount) throw new UnreadableTable("a loop of pages");
    level = next;
  }
  throw new UnreadableTable("a tree that is too deep");
}

/**
 * Visits all rows of a rowid table by reading its pages, many times faster than SQLite in WebAssembly hands them out.
 * Throws {@link UnreadableTable}, or a RangeError, when the pages are not what they should be.
 */
export function scanTable(pages: Pages, leaves: Uint32Array, scan: Scan): void {
  new TableScan(pages, scan).run(leaves);
}

class TableScan {
  private readonly usable: number;
  private readonly block: Buffer;
  private readonly blockView: DataView;
  private readonly overflowPage: Buffer;
  private readonly row: StoredRow;
  private spilled = Buffer.alloc(0);
  /** Pages that rows went on in, of which each belongs to one row. */
  private spills = 0;
  /** Those of the present leaf. */
  private overflow: number[] = [];

  constructor(
    private readonly pages: Pages,
    private readonly scan: Scan,
  ) {
    const first = Buffer.alloc(pages.pageSize);
    pages.readPages(first, 1);
    if (first.readUInt32BE(56) > 1) throw new UnreadableTable("text in UTF-16");
    this.usable = pages.pageSize - first[20]!;
    this.block = Buffer.alloc(Math.max(BLOCK, pages.pageSize) + SLACK);
    this.blockView = viewOf(this.block);
    this.overflowPage = Buffer.alloc(pages.pageSize);
    this.row = {
      bytes: this.block,
      view: this.blockView,
      rowid: 0,
      types: new Int32Array(scan.columns),
      offsets: new Int32Array(scan.columns),
      stored: 0,
    };
  }

  run(leaves: Uint32Array): void {
    const { pageSize, pageCount } = this.pages;
    const most = Math.floor((this.block.length - SLACK) / pageSize);
    const gap = Math.max(1, Math.floor(GAP / pageSize));
    for (let at = 0; at < leaves.length; ) {
      const first = leaves[at]!;
      let end = at + 1;
      let last = first;
      while (end < leaves.length) {
        const next = leaves[end]!;
        if (next <= last || next - last > gap || next - first >= most) break;
        last = next;
        end += 1;
      }
      if (first < 1 || last > pageCount) throw new UnreadableTable("a page beyond the end");
      this.pages.readPages(this.block.subarray(0, (last - first + 1) * pageSize), first);
      for (; at < end; at += 1) {
        const skip = at === 0 ? (this.scan.skip ?? 0) : 0;
        const until = at === leaves.length - 1 ? this.scan.until : undefined;
        this.leaf((leaves[at]! - first) * pageSize, leaves[at] === 1 ? 100 : 0, skip, until);
      }
      this.scan.progress(at / leaves.length);
    }
  }

  private leaf(start: number, head: number, skip: number, until: number | undefined): void {
    const { block, row, usable } = this;
    const { pageSize } = this.pages;
    if (block[start + head] !== TABLE_LEAF) throw new UnreadableTable("a leaf of another kind");
    const cells = this.blockView.getUint16(start + head + 3);
    if (head + 8 + 2 * cells > pageSize) throw new UnreadableTable("too many cells");
    const most = usable - 35;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const end = Math.min(until ?? cells, cells);
    for (let cell = skip; cell < end; cell += 1) {
      let at = start + this.blockView.getUint16(start + head + 8 + 2 * cell);
      let byte = block[at++]!;
      let length = byte & 127;
      for (let more = 0; byte > 127; more += 1) {
        if (more > 5) throw new UnreadableTable("a row that is too long");
        byte = block[at++]!;
        length = length * 128 + (byte & 127);
      }
      at = this.readRowid(at);
      if (length > LONGEST_ROW) throw new UnreadableTable("a row that is too long");
      if (length <= most) {
        if (at + length > start + pageSize) throw new UnreadableTable("a row beyond its page");
        row.bytes = block;
        row.view = this.blockView;
        this.record(at, at + length, at + length);
      } else {
        let local = least + ((length - least) % (usable - 4));
        if (local > most) local = least;
        if (at + local + 4 > start + pageSize) throw new UnreadableTable("a row beyond its page");
        row.bytes = block;
        row.view = this.blockView;
        // What is wanted may stand at the front.
        if (!this.record(at, at + length, at + local)) {
          this.gather(at, local, length);
          this.record(0, length, length);
        }
      }
      this.scan.visit(row);
    }
    this.scan.leaf?.(cells, this.overflow);
    if (this.overflow.length > 0) this.overflow = [];
  }

  /** Nine bytes at most, the last of them with all its bits. */
  private readRowid(start: number): number {
    const { block, row } = this;
    let at = start;
    let byte = block[at++]!;
    let value = byte & 127;
    for (let count = 1; byte > 127; count += 1) {
      byte = block[at++]!;
      if (count === 8) {
        let whole = 0n;
        for (let index = start; index < start + 8; index += 1)
          whole = (whole << 7n) | BigInt(block[index]! & 127);
        row.rowid = Number(BigInt.asIntN(64, (whole << 8n) | BigInt(byte)));
        return at;
      }
      value = value * 128 + (byte & 127);
    }
    row.rowid = value;
    return at;
  }

  /** Puts together a row that goes on in other pages. */
  private gather(start: number, local: number, length: number): void {
    const { block, overflowPage, usable } = this;
    if (this.spilled.length < length + SLACK) this.spilled = Buffer.alloc(length + (length >> 2) + SLACK);
    block.copy(this.spilled, 0, start, start + local);
    let page = block.readUInt32BE(start + local);
    for (let done = local; done < length; ) {
      this.spills += 1;
      if (page < 1 || page > this.pages.pageCount || this.spills > this.pages.pageCount)
        throw new UnreadableTable("a chain of pages that ends too soon");
      this.pages.readPages(overflowPage, page);
      this.overflow.push(page);
      const count = Math.min(usable - 4, length - done);
      overflowPage.copy(this.spilled, done, 4, 4 + count);
      done += count;
      page = overflowPage.readUInt32BE(0);
    }
    this.row.bytes = this.spilled;
    this.row.view = viewOf(this.spilled);
  }

  /** Finds where the columns of a record begin. False when not all of them are there: from `available` on, others follow. */
  private record(start: number, end: number, available: number): boolean {
    const { row } = this;
    const { bytes, types, offsets } = row;
    let at = start;
    let byte = bytes[at++]!;
    let header = byte & 127;
    while (byte > 127) {
      byte = bytes[at++]!;
      header = header * 128 + (byte & 127);
    }
    const headerEnd = start + header;
    if (headerEnd > end) throw new UnreadableTable("a header beyond its row");
    if (headerEnd > available) return false;
    let value = headerEnd;
    let column = 0;
    for (; column < types.length && at < headerEnd; column += 1) {
      byte = bytes[at++]!;
      let type = byte;
      if (byte > 127) {
        type = byte & 127;
        do {
          byte = bytes[at++]!;
          type = type * 128 + (byte & 127);
        } while (byte > 127 && at < headerEnd);
      }
      types[column] = type;
      offsets[column] = value;
      value += type >= 12 ? (type - 12) >> 1 : SIZES[type]!;
      if (value > end) throw new UnreadableTable("a value beyond its row");
    }
    row.stored = column;
    for (; column < types.length; column += 1) types[column] = 0;
    return value <= available;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Whether a serial type is text, and not bytes. */
export function isText(type: number): boolean {
  return type > 12 && (type & 1) === 1;
}

/** Length of text or bytes of a serial type from 12 up. */
export function lengthOf(type: number): number {
  return (type - 12) >> 1;
}

/** A stored number; NaN for everything else. */
export function numberAt(row: StoredRow, column: number): number {
  const at = row.offsets[column]!;
  const { view } = row;
  switch (row.types[column]) {
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getInt16(at);
    case 3:
      return (view.getInt16(at) << 8) | view.getUint8(at + 2);
    case 4:
      return view.getInt32(at);
    case 5:
      return view.getInt16(at) * 2 ** 32 + view.getUint32(at + 2);
    case 6:
      return Number(view.getBigInt64(at));
    case 7:
      return view.getFloat64(at);
    case 8:
      return 0;
    case 9:
      return 1;
    default:
      return Number.NaN;
  }
}
