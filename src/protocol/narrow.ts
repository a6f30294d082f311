/** Numbers that travel take no more bytes than they need: what a page gets is copied several times on its way. */

export const arrayKinds = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
} as const;
export type ArrayKind = keyof typeof arrayKinds;
export type AnyArray = InstanceType<(typeof arrayKinds)[ArrayKind]>;

/** Numbers each of which is larger than the one before by the same. */
export interface Sequence {
  readonly length: number;
  readonly first: number;
  readonly step: number;
}

/** The kind of an array; undefined for what is none, or none that travels. */
export function kindOf(value: unknown): ArrayKind | undefined {
  const name = ArrayBuffer.isView(value) ? value.constructor.name : "";
  return Object.hasOwn(arrayKinds, name) ? (name as ArrayKind) : undefined;
}

/** The same numbers in an array that takes less, if there is one; none is changed by that. */
export function narrowed(array: AnyArray): AnyArray {
  if (array instanceof Float64Array) {
    if (areSingle(array)) return new Float32Array(array);
    return areWhole(array) ? new Uint32Array(array) : array;
  }
  if (!(array instanceof Int32Array)) return array;
  let all = 0;
  // The sign is one of the bits.
  for (const value of array) all |= value;
  if (all < 0 || all > 0xffff) return array;
  return all > 0xff ? new Uint16Array(array) : new Uint8Array(array);
}

function areSingle(values: Float64Array): boolean {
  for (const value of values) if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
  return true;
}

function areWhole(values: Float64Array): boolean {
  for (const value of values) if (value >>> 0 !== value || Object.is(value, -0)) return false;
  return true;
}

/** Undefined for numbers that are none. */
export function sequenceOf(array: AnyArray): Sequence | undefined {
  const { length } = array;
  const first = array[0];
  if (first === undefined || length < 2 || !Number.isSafeInteger(first)) return undefined;
  const step = array[1]! - first;
  if (!Number.isSafeInteger(step) || !Number.isSafeInteger(first + step * (length - 1))) return undefined;
  for (let at = 0; at < length; at += 1)
    if (array[at] !== first + step * at || Object.is(array[at], -0)) return undefined;
  return { length, first, step };
}

/** The numbers of a sequence. */
export function fromSequence({ length, first, step }: Sequence, kind: ArrayKind): AnyArray {
  const array = new arrayKinds[kind](length);
  for (let at = 0; at < length; at += 1) array[at] = first + step * at;
  return array;
}
