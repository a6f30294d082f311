import { forUtf8, fromUtf8 } from "../arrays/any-text.ts";
import { placeIn } from "../arrays/ascending.ts";
import { Integers } from "../arrays/growing.ts";
import { TextColumn } from "../arrays/text-column.ts";
import { TextPacker } from "../arrays/text-packer.ts";
import type { ErrorHint } from "./span-error.ts";

/** Hints by row, in the order of rows. A million of them take a tenth of what a map of objects would. */
export class RowHints {
  readonly #rows = new Integers();
  /** The empty text stands for no type. */
  readonly #types = new TextColumn();
  readonly #messages = new TextPacker();
  readonly #cut = new Set<number>();

  /** Rows must come in ascending order. */
  set(row: number, { type, message, cut }: ErrorHint): void {
    this.#messages.add(forUtf8(message));
    this.#types.push(type ?? "");
    this.#rows.push(row);
    if (cut) this.#cut.add(row);
  }

  has(row: number): boolean {
    return this.#placeOf(row) !== undefined;
  }

  get(row: number): ErrorHint | undefined {
    const at = this.#placeOf(row);
    if (at === undefined) return undefined;
    const hint = { type: this.#types.at(at) || undefined, message: fromUtf8(this.#messages.at(at)) };
    return this.#cut.has(row) ? { ...hint, cut: true } : hint;
  }

  #placeOf(row: number): number | undefined {
    return placeIn(this.#rows.values, row, this.#rows.length);
  }
}
