import { parseDatabaseHeader } from "../database-header.ts";
import { TraceError } from "../errors.ts";
import type { Pages, SqlValue } from "../reader.ts";
import { freePagesByShape } from "./free-pages.ts";
import { readRecord, readVarint, type TextEncoding } from "./record.ts";

/** A table with rowids, whose rows are to be found. */
export interface TableToWalk {
  readonly name: string;
  /** Page on which its tree begins. */
  readonly root: number;
  /** How many columns a row stores at most. */
  readonly mostColumns: number;
  /** Whether values may be a row of this table: asked about pages that no tree leads to any more. */
  fits(values: readonly SqlValue[]): boolean;
}

/** What of a table could not be read. */
export interface Lost {
  /** Pages of its tree, each with some rows or with the way to further pages. */
  pages: number;
  /** Rows on pages that could be read. */
  rows: number;
}

interface Row {
  readonly rowid: number;
  readonly values: SqlValue[];
}

/** A page of rows that no tree led to, and the table that they fit. */
interface AdoptedLeaf<T extends TableToWalk> {
  readonly table: T;
  readonly rows: readonly Row[];
  /** Rows that could not be read. */
  readonly bad: number;
}

export type VisitRow = (table: TableToWalk, rowid: number, values: readonly SqlValue[]) => void;

const TABLE_LEAF = 13;
const TABLE_INTERIOR = 5;
const DEEPEST = 40;
/** Longer rows are not what a trace holds. Bytes. */
const LONGEST_ROW = 1 << 29;

/**
 * Finds the rows of tables in a file of which pages are damaged or missing. The trees are followed as far as they lead;
 * leaves that only a lost page led to are found by looking at all pages, and given to the table that their rows fit.
 */
export class TableWalk {
  private readonly headStands: boolean;
  private readonly usable: number;
  private readonly encoding: TextEncoding;
  /** Pages that belong to something that is known. */
  private readonly taken: Uint8Array;
  private readonly page: Buffer;
  private readonly overflow: Buffer;
  private visited = 0;
  private freeAreKnown: boolean | undefined;

  /** Throws what reading page 1 throws. */
  constructor(
    private readonly pages: Pages,
    private readonly progress: (fraction: number) => void,
  ) {
    this.page = Buffer.alloc(pages.pageSize);
    this.overflow = Buffer.alloc(pages.pageSize);
    pages.readPages(this.page, 1);
    this.headStands = parseDatabaseHeader(this.page) !== undefined;
    this.usable = this.headStands ? Math.max(480, pages.pageSize - this.page[20]!) : pages.pageSize;
    this.encoding =
      ([undefined, "utf8", "utf16le", "utf16be"] as const)[this.page.readUInt32BE(56)] ?? "utf8";
    this.taken = new Uint8Array(pages.pageCount + 1);
  }

  /** Visits the rows of all tables, each in order of its tree. The losses come back in the order of the tables. */
  run(tables: readonly TableToWalk[], visit: VisitRow): Lost[] {
    const lost = tables.map((): Lost => ({ pages: 0, rows: 0 }));
    const torn = tables.filter((table, at) => this.follow(table, lost[at]!, visit));
    if (torn.length > 0 && this.takeFreePages()) {
      for (const [at, { rows }] of this.seek(torn, visit).entries())
        lost[tables.indexOf(torn[at]!)]!.rows += rows;
    }
    return lost;
  }

  /**
   * Which of several sets of tables fits most rows on pages that no tree led to, and how many each of its tables gets. For
   * {@link seek}, when nobody knows any more where tables begin.
   */
  bestFit<T extends TableToWalk>(sets: readonly (readonly T[])[]): ReadonlyMap<T, number> {
    if (!this.takeFreePages()) this.takeFreePagesByShape();
    const taken = this.taken.slice();
    const counts = sets.map((tables) => {
      const rowsOf = new Map(tables.map((table) => [table, 0]));
      for (const { table, rows } of this.leavesOf(tables))
        rowsOf.set(table, rowsOf.get(table)! + rows.length);
      this.taken.set(taken);
      return rowsOf;
    });
    const sum = (rowsOf: ReadonlyMap<T, number>) => [...rowsOf.values()].reduce((all, rows) => all + rows, 0);
    return counts.reduce((best, next) => (sum(next) > sum(best) ? next : best));
  }

  /** Visits the rows that fit these tables on pages that no tree led to. The losses come back in the order of the tables. */
  seek(tables: readonly TableToWalk[], visit: VisitRow): Lost[] {
    const lost = tables.map((): Lost => ({ pages: 0, rows: 0 }));
    for (const { table, rows, bad } of this.leavesOf(tables)) {
      lost[tables.indexOf(table)]!.rows += bad;
      for (const { rowid, values } of rows) visit(table, rowid, values);
    }
    return lost;
  }

  /** Follows one tree. Returns whether pages may exist that it no longer leads to. */
  private follow(table: TableToWalk, lost: Lost, visit: VisitRow): boolean {
    const open = [{ number: table.root, depth: 0 }];
    const lostDepths: number[] = [];
    let leafDepth = Number.POSITIVE_INFINITY;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { number, depth } = next;
      const head = number === 1 ? 100 : 0;
      const isReadable = depth < DEEPEST && this.take(number) && this.read(this.page, number);
      const type = isReadable ? this.page[head] : undefined;
      if (type === TABLE_LEAF) {
        leafDepth = depth;
        const bad = this.leaf(table, head, visit);
        if (bad === undefined) lost.pages += 1;
        else lost.rows += bad;
      } else if (type === TABLE_INTERIOR) {
        const children = this.childrenOf(head);
        if (children === undefined) {
          lost.pages += 1;
          lostDepths.push(depth);
        } else {
          for (const child of children.reverse()) open.push({ number: child, depth: depth + 1 });
        }
      } else {
        lost.pages += 1;
        lostDepths.push(depth);
      }
    }
    // All leaves of a tree are equally deep: what is lost at their depth led nowhere.
    return lostDepths.some((depth) => depth < leafDepth);
  }

  /** Looks through the pages that belong to nothing for leaves of these tables. */
  private *leavesOf<T extends TableToWalk>(tables: readonly T[]): Generator<AdoptedLeaf<T>> {
    const most = Math.max(0, ...tables.map(({ mostColumns }) => mostColumns));
    for (let number = 2; number <= this.pages.pageCount; number += 1) {
      if (number % 64 === 0) this.progress(number / this.pages.pageCount);
      if (this.taken[number] !== 0 || !this.read(this.page, number) || this.page[0] !== TABLE_LEAF) continue;
      const rows: Row[] = [];
      const bad = this.rowsOn(0, most, (rowid, values) => rows.push({ rowid, values }));
      if (bad === undefined || rows.length <= bad) continue;
      const fitting = tables.filter((table) => rows.every(({ values }) => table.fits(values)));
      const exact = fitting.filter(({ mostColumns }) =>
        rows.every(({ values }) => values.length === mostColumns),
      );
      const table = fitting.length === 1 ? fitting[0] : exact.length === 1 ? exact[0] : undefined;
      if (table !== undefined) yield { table, rows, bad };
    }
  }

  /** Marks the free pages, which may hold what was deleted. False when they cannot all be known. */
  private takeFreePages(): boolean {
    this.freeAreKnown ??= this.headStands && this.followFreePages();
    return this.freeAreKnown;
  }

  private followFreePages(): boolean {
    if (!this.read(this.page, 1)) return false;
    let trunk = this.page.readUInt32BE(32);
    const count = this.page.readUInt32BE(36);
    const free = new Set<number>();
    const add = (number: number) => {
      if (number < 2 || number > this.pages.pageCount || free.has(number)) return false;
      free.add(number);
      return true;
    };
    while (trunk !== 0) {
      if (!add(trunk) || !this.read(this.page, trunk)) return false;
      const leaves = this.page.readUInt32BE(4);
      if (leaves > this.usable / 4 - 2) return false;
      for (let leaf = 0; leaf < leaves; leaf += 1)
        if (!add(this.page.readUInt32BE(8 + leaf * 4))) return false;
      trunk = this.page.readUInt32BE(0);
    }
    if (free.size !== count) return false;
    for (const number of free) this.taken[number] = 1;
    return true;
  }

  private takeFreePagesByShape(): void {
    const { pageCount } = this.pages;
    const isTaken = (number: number) => this.taken[number] !== 0;
    const read = (number: number) => (this.read(this.page, number) ? this.page : undefined);
    for (const number of freePagesByShape(pageCount, this.usable, isTaken, read)) this.taken[number] = 1;
  }

  private childrenOf(head: number): number[] | undefined {
    const cells = this.page.readUInt16BE(head + 3);
    if (head + 12 + 2 * cells > this.usable) return undefined;
    const children: number[] = [];
    for (let cell = 0; cell < cells; cell += 1) {
      const at = this.page.readUInt16BE(head + 12 + 2 * cell);
      if (at < head + 12 + 2 * cells || at + 5 > this.usable) return undefined;
      children.push(this.page.readUInt32BE(at));
    }
    children.push(this.page.readUInt32BE(head + 8));
    return children;
  }

  private leaf(table: TableToWalk, head: number, visit: VisitRow): number | undefined {
    return this.rowsOn(head, table.mostColumns, (rowid, values) => visit(table, rowid, values));
  }

  /** Visits the rows of the leaf in {@link page}. How many could not be read; undefined when it is no leaf at all. */
  private rowsOn(
    head: number,
    columns: number,
    visit: (rowid: number, values: SqlValue[]) => void,
  ): number | undefined {
    const cells = this.page.readUInt16BE(head + 3);
    const content = head + 8 + 2 * cells;
    if (content > this.usable) return undefined;
    let bad = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (let cell = 0; cell < cells; cell += 1) {
      const at = this.page.readUInt16BE(head + 8 + 2 * cell);
      const row = at < content ? undefined : this.rowAt(at, columns);
      if (row === undefined || row.rowid <= last) {
        bad += 1;
        continue;
      }
      last = row.rowid;
      visit(row.rowid, row.values);
    }
    return bad;
  }

  private rowAt(at: number, columns: number): Row | undefined {
    const length = readVarint(this.page, at, this.usable);
    const rowid = length && readVarint(this.page, length.next, this.usable);
    if (rowid === undefined || length === undefined) return undefined;
    if (length.value < 1 || length.value > LONGEST_ROW) return undefined;
    const most = this.usable - 35;
    if (length.value <= most) {
      const end = rowid.next + length.value;
      if (end > this.usable) return undefined;
      const values = readRecord(this.page, rowid.next, end, columns, this.encoding);
      return values && { rowid: rowid.value, values };
    }
    const whole = this.gather(rowid.next, length.value, most);
    const values = whole && readRecord(whole, 0, whole.length, columns, this.encoding);
    return values && { rowid: rowid.value, values };
  }

  /** A row that goes on in other pages. */
  private gather(start: number, length: number, most: number): Buffer | undefined {
    const { usable } = this;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (usable - 4));
    const local = fitting > most ? least : fitting;
    if (start + local + 4 > usable) return undefined;
    // A length out of damaged bytes must not take what the file could never hold.
    if ((length - local) / (usable - 4) > this.pages.pageCount) return undefined;
    const whole = Buffer.allocUnsafe(length);
    this.page.copy(whole, 0, start, start + local);
    let number = this.page.readUInt32BE(start + local);
    const chain: number[] = [];
    for (let done = local; done < length; ) {
      if (!this.take(number)) return this.giveBack(chain);
      chain.push(number);
      // Nothing but zeros is a page that was never written: text would end in them unnoticed.
      if (!this.read(this.overflow, number) || this.overflow.every((byte) => byte === 0))
        return this.giveBack(chain);
      const count = Math.min(usable - 4, length - done);
      this.overflow.copy(whole, done, 4, 4 + count);
      done += count;
      number = this.overflow.readUInt32BE(0);
    }
    return number === 0 ? whole : this.giveBack(chain);
  }

  private giveBack(chain: readonly number[]): undefined {
    for (const number of chain) this.taken[number] = 0;
  }

  /** False when there is no such page, or something else has it already. */
  private take(number: number): boolean {
    if (number < 1 || number > this.pages.pageCount || this.taken[number] !== 0) return false;
    this.taken[number] = 1;
    this.visited += 1;
    if (this.visited % 64 === 0) this.progress(Math.min(1, this.visited / this.pages.pageCount));
    return true;
  }

  /** False when it cannot be read. */
  private read(target: Buffer, number: number): boolean {
    try {
      this.pages.readPages(target, number);
      return true;
    } catch (thrown) {
      if (thrown instanceof TraceError && (thrown.kind === "corrupt" || thrown.kind === "unreadable"))
        return false;
      throw thrown;
    }
  }
}
