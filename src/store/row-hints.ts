import { placeIn } from "../arrays/ascending.ts";
import type { ErrorHint } from "./span-error.ts";

/** Hints by row, in the order of rows. A million of them take a fifth of what a map of objects would. */
export class RowHints {
  readonly #rows: number[] = [];
  readonly #types: (string | undefined)[] = [];
  readonly #messages: string[] = [];
  readonly #cut = new Set<number>();

  /** Rows must come in ascending order. */
  set(row: number, { type, message, cut }: ErrorHint): void {
    this.#rows.push(row);
    this.#types.push(type);
    this.#messages.push(message);
    if (cut) this.#cut.add(row);
  }

  get(row: number): ErrorHint | undefined {
    const from = placeIn(this.#rows, row);
    if (from === undefined) return undefined;
    const hint = { type: this.#types[from], message: this.#messages[from]! };
    return this.#cut.has(row) ? { ...hint, cut: true } : hint;
  }
}
