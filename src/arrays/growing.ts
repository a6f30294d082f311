/** Numbers that grow in number. */
export class Doubles {
  values: Float64Array;
  length = 0;

  constructor(room = 64) {
    this.values = new Float64Array(room);
  }

  push(value: number): void {
    if (this.length === this.values.length)
      this.values = longer(this.values, new Float64Array(this.length * 2));
    this.values[this.length++] = value;
  }
}

/** Whole numbers of 32 bits that grow in number. */
export class Integers {
  values: Int32Array;
  length = 0;

  constructor(room = 64) {
    this.values = new Int32Array(room);
  }

  push(value: number): void {
    if (this.length === this.values.length)
      this.values = longer(this.values, new Int32Array(this.length * 2));
    this.values[this.length++] = value;
  }
}

/** `values` at the start of a longer array. */
export function longer<T extends Float64Array | Int32Array>(values: T, to: T): T {
  to.set(values);
  return to;
}
