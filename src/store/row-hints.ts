import { placeIn } from "../arrays/ascending.ts";
import { TextPacker } from "../arrays/text-packer.ts";
import type { ErrorHint } from "./span-error.ts";

/** Half of a surrogate pair, which UTF-8 has no bytes for. */
const HALF_PAIR = /\p{Cs}/u;
/** Different types that are looked for again. */
const REMEMBERED = 10_000;

/** Hints by row, in the order of rows. A million of them take a tenth of what a map of objects would. */
export class RowHints {
  readonly #rows: number[] = [];
  /** Place of each row's type in `#names`; the first name stands for none. */
  readonly #types: number[] = [];
  readonly #names = new TextPacker();
  readonly #places = new Map<string, number>();
  readonly #messages = new TextPacker();
  /** Messages that cannot be packed. */
  readonly #odd = new Map<number, string>();
  readonly #cut = new Set<number>();

  constructor() {
    this.#names.add("");
  }

  /** Rows must come in ascending order. */
  set(row: number, { type, message, cut }: ErrorHint): void {
    const isOdd = HALF_PAIR.test(message);
    if (isOdd) this.#odd.set(this.#rows.length, message);
    this.#messages.add(isOdd ? "" : message);
    this.#types.push(type === undefined ? 0 : this.#place(type));
    this.#rows.push(row);
    if (cut) this.#cut.add(row);
  }

  has(row: number): boolean {
    return placeIn(this.#rows, row) !== undefined;
  }

  get(row: number): ErrorHint | undefined {
    const at = placeIn(this.#rows, row);
    if (at === undefined) return undefined;
    const name = this.#types[at]!;
    const hint = {
      type: name === 0 ? undefined : this.#names.at(name),
      message: this.#odd.get(at) ?? this.#messages.at(at),
    };
    return this.#cut.has(row) ? { ...hint, cut: true } : hint;
  }

  #place(type: string): number {
    const known = this.#places.get(type);
    if (known !== undefined) return known;
    const place = this.#names.count;
    this.#names.add(type);
    if (this.#places.size < REMEMBERED) this.#places.set(type, place);
    return place;
  }
}
