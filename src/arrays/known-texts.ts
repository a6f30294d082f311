/** Different texts that are looked for again. */
const REMEMBERED = 10_000;
/** After so many new texts in a row only some are looked for: where each row has its own, looking takes longer than all else. */
const HOPELESS = 20_000;
const SOME = 16;

/** Places of texts, so that those that come often are kept once. */
export class KnownTexts {
  readonly #places = new Map<string, number>();
  /** New texts since the last known one. */
  #fresh = 0;

  /** Undefined for a text that is new, or too rare to be known. */
  placeOf(text: string): number | undefined {
    if (this.#fresh > HOPELESS && this.#fresh % SOME !== 0) {
      this.#fresh += 1;
      return undefined;
    }
    const place = this.#places.get(text);
    this.#fresh = place === undefined ? this.#fresh + 1 : 0;
    return place;
  }

  /** Whether a text can still be remembered. */
  get hasRoom(): boolean {
    return this.#places.size < REMEMBERED;
  }

  remember(text: string, place: number): void {
    if (this.hasRoom) this.#places.set(text, place);
  }
}
