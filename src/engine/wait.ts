const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread for so many milliseconds. */
export function blockFor(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}
