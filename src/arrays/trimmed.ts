/** The first `used` values: without a copy where it would save less than a quarter of the room. */
export function trimmed<
  T extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
>(values: T, used: number): T {
  return (used * 4 >= values.length * 3 ? values.subarray(0, used) : values.slice(0, used)) as T;
}
