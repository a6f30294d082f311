import { forUtf8, fromUtf8 } from "./any-text.ts";
import { Integers } from "./growing.ts";
import { KnownTexts } from "./known-texts.ts";
import { TextPacker } from "./text-packer.ts";

/** A text a row. Those that come often are kept once, the others packed. */
export class TextColumn {
  /** Of each row the place of its text: in `#often`, or counted down from -1 in `#others`. */
  readonly #places: Integers;
  readonly #often: string[] = [];
  readonly #known = new KnownTexts();
  #others: TextPacker | undefined;

  /** @param room Rows that are expected. */
  constructor(room = 64) {
    this.#places = new Integers(room);
  }

  get size(): number {
    return this.#places.length;
  }

  push(text: string): void {
    this.#places.push(this.#known.placeOf(text) ?? this.#keep(text));
  }

  /** The text of a row. */
  at(row: number): string {
    const place = this.#places.values[row]!;
    return place >= 0 ? this.#often[place]! : fromUtf8(this.#others!.at(-1 - place));
  }

  #keep(text: string): number {
    if (this.#known.hasRoom) {
      const place = this.#often.length;
      // A part of a long text would keep all of it in memory.
      const own = JSON.parse(JSON.stringify(text)) as string;
      this.#known.remember(own, place);
      this.#often.push(own);
      return place;
    }
    this.#others ??= new TextPacker();
    this.#others.add(forUtf8(text));
    return -this.#others.count;
  }
}
