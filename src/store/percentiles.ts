/** The percentile by nearest rank: the smallest value with at least `share` of all values at or below it. `sorted` must not be empty. */
export function nearestRank(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
  return sorted[rank - 1]!;
}

/** A list of numbers that grows in place, 8 bytes each. */
export class NumberList {
  #values = new Float64Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  /** The values in order, sorted in place. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.length).sort();
  }
}
