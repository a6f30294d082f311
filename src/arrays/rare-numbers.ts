/** A column that takes no room until one of its rows has a number. */
export class RareNumbers {
  /** NaN where there is no number; undefined when there is none at all. May be longer than there are rows. */
  values: Float64Array | undefined;

  /** @param room Rows that are expected. */
  constructor(private readonly room: number) {}

  /** NaN where there is no number. */
  at(row: number): number {
    return this.values?.[row] ?? Number.NaN;
  }

  set(row: number, value: number): void {
    if (Number.isNaN(value)) return;
    const length = this.values?.length ?? 0;
    if (row >= length) {
      const larger = new Float64Array(Math.max(this.room, row + 1, length * 2));
      larger.set(this.values ?? []);
      this.values = larger.fill(Number.NaN, length);
    }
    this.values![row] = value;
  }
}
