import { forUtf8, fromUtf8 } from "../arrays/any-text.ts";
import { placeIn } from "../arrays/ascending.ts";
import { longer } from "../arrays/growing.ts";
import { TextPacker } from "../arrays/text-packer.ts";

/** Stands for the row of a parent where none is named. */
export const NO_PARENT = -1;
/** Stands for the row of a parent that is named but is not among the spans. */
export const MISSING_PARENT = -2;

/** Ids that somebody chose to collide do not know it. */
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;

/** Which rows name which as their parents. */
export interface NamedParents {
  /** Row of the parent of each, the first of equal ids; {@link NO_PARENT} or {@link MISSING_PARENT}. */
  readonly parents: Int32Array;
  /** Spans that repeat the id of an earlier row. */
  readonly duplicates: number;
}

/** Ids of the spans of a run, packed, and which row each names as its parent: a million texts take ten times the memory. */
export class SpanIds implements NamedParents {
  parents: Int32Array;
  duplicates = 0;
  size = 0;
  readonly #ids: TextPacker;
  #hashes: Int32Array;
  /** First rows of their ids, by hash. */
  #slots: Int32Array;
  /** Of the id that was looked for last, and where it would stand in the slots. */
  #hash = 0;
  #slot = 0;
  #lastParent = NO_PARENT;
  /** Rows whose parent had not come when they were added, and the ids they name. */
  readonly #waiting: number[] = [];
  readonly #waitingFor: number[] = [];
  #strays: TextPacker | undefined;

  /** @param expected How many spans will be added, as far as it is known. */
  constructor(expected = 0) {
    const room = Math.max(16, expected);
    this.#ids = new TextPacker({ texts: room, bytes: 36 * room });
    this.parents = new Int32Array(room);
    this.#hashes = new Int32Array(room);
    let slots = 32;
    while (slots < room * 2) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
  }

  add(id: string, parent: string | null): void {
    this.#ids.stage(forUtf8(id));
    this.#addStaged();
    if (parent === null) this.#link(NO_PARENT);
    else {
      this.#ids.stage(forUtf8(parent));
      this.#linkStaged();
    }
  }

  /** As {@link add}, for texts in UTF-8 without NUL. @param parent Where the parent's id begins, -1 for none. */
  addStored(bytes: Uint8Array, id: number, idEnd: number, parent: number, parentEnd: number): void {
    this.#ids.stageBytes(bytes, id, idEnd);
    this.#addStaged();
    if (parent < 0) this.#link(NO_PARENT);
    else {
      this.#ids.stageBytes(bytes, parent, parentEnd);
      this.#linkStaged();
    }
  }

  /** To be called once after the last was added. */
  finish(): void {
    this.parents = this.parents.subarray(0, this.size);
    for (let at = 0; at < this.#waiting.length; at += 1) {
      this.#ids.stage(this.#stray(at));
      this.parents[this.#waiting[at]!] = this.#rowOfStaged() ?? MISSING_PARENT;
    }
    this.#hashes = new Int32Array(0);
    this.#slots = new Int32Array(0);
  }

  idOf(row: number): string {
    return fromUtf8(this.#ids.at(row));
  }

  /** The id that a row names as its parent. */
  parentOf(row: number): string | null {
    const parent = this.parents[row]!;
    if (parent === NO_PARENT) return null;
    if (parent !== MISSING_PARENT) return this.idOf(parent);
    return fromUtf8(this.#stray(placeIn(this.#waiting, row)!));
  }

  /** Adds the id of a row to others. */
  copyId(row: number, to: TextPacker): void {
    to.addFrom(this.#ids, row);
  }

  #stray(at: number): string {
    return this.#strays!.at(this.#waitingFor[at]!);
  }

  #addStaged(): void {
    if (this.size === this.parents.length) this.#grow();
    const first = this.#rowOfStaged();
    if (first === undefined) this.#slots[this.#slot] = this.size;
    else this.duplicates += 1;
    this.#hashes[this.size] = this.#hash;
    this.#ids.addStaged();
    this.size += 1;
  }

  #linkStaged(): void {
    // Siblings stand together.
    const isSibling = this.#lastParent >= 0 && this.#ids.isStaged(this.#lastParent);
    const row = isSibling ? this.#lastParent : this.#rowOfStaged();
    if (row === undefined) this.#wait();
    else this.#lastParent = row;
    this.#link(row ?? MISSING_PARENT);
  }

  #link(parent: number): void {
    this.parents[this.size - 1] = parent;
  }

  #wait(): void {
    this.#strays ??= new TextPacker();
    const strays = this.#strays;
    strays.stage(this.#ids.staged);
    if (strays.count === 0 || !strays.isStaged(strays.count - 1)) strays.addStaged();
    this.#waiting.push(this.size - 1);
    this.#waitingFor.push(strays.count - 1);
  }

  #rowOfStaged(): number | undefined {
    const hash = this.#ids.hashOfStaged(SEED);
    this.#hash = hash;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let row = slots[slot]!; row >= 0; row = slots[slot]!) {
      if (this.#hashes[row] === hash && this.#ids.isStaged(row)) return row;
      slot = (slot + 1) & mask;
    }
    this.#slot = slot;
    return undefined;
  }

  #grow(): void {
    const size = this.size * 2;
    this.parents = longer(this.parents, new Int32Array(size));
    this.#hashes = longer(this.#hashes, new Int32Array(size));
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (const row of this.#slots) {
      if (row < 0) continue;
      let slot = this.#hashes[row]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = row;
    }
    this.#slots = slots;
  }
}

/** Finds the parents that spans name. @param ids One a span. @param parents As many; null where none is named. */
export function namedParents(ids: readonly string[], parents: readonly (string | null)[]): NamedParents {
  const links = new SpanIds(ids.length);
  for (const [row, id] of ids.entries()) links.add(id, parents[row]!);
  links.finish();
  return links;
}
