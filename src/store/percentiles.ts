/** The percentile by nearest rank: the smallest value with at least `share` of all values at or below it. `sorted` must not be empty. */
export function nearestRank(sorted: ArrayLike<number>, share: number): number {
  return sorted[rankOf(sorted.length, share) - 1]!;
}

/** The nearest rank of a percentile among so many values, from 1. */
export function rankOf(count: number, share: number): number {
  return Math.max(1, Math.ceil(share * count - 1e-9));
}

/** A list of numbers that grows in place, 8 bytes each. */
export class NumberList {
  #values = new Float64Array(4);
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
