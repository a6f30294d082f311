/** Stepping back and forth through the filters used before, as a terminal does. */
export class Recall {
  /** -1 is the text that was being written. */
  #at = -1;
  #draft = "";

  /** The text to show after a step; undefined when there is none further. `recent` has the newest first. */
  step(direction: "older" | "newer", recent: readonly string[], text: string): string | undefined {
    if (this.#at === -1) this.#draft = text;
    let at = this.#at;
    do at += direction === "older" ? 1 : -1;
    while (at >= 0 && recent[at] === text);
    if (at < -1 || at >= recent.length) return undefined;
    this.#at = at;
    return at === -1 ? this.#draft : recent[at];
  }

  /** True while an older filter is shown. */
  get active(): boolean {
    return this.#at >= 0;
  }

  /** Something was written: stepping begins anew. */
  reset(): void {
    this.#at = -1;
  }
}
