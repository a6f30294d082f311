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

/** Values that are looked at in a step: a few milliseconds before the code is compiled. */
const STEP = 1 << 13;

/**
 * How numbers can travel: as a sequence, or in an array that takes no more than theirs. None is changed by that. Each step
 * takes a moment.
 */
export function* narrowing(array: AnyArray): Generator<undefined, Sequence | AnyArray> {
  const sequence = sequenceFrom(array);
  let isSequence = sequence !== undefined;
  const isWide = array instanceof Float64Array;
  let isSingle = isWide;
  let isWhole = isWide;
  // The sign is one of the bits.
  let bits = array instanceof Int32Array ? 0 : -1;
  for (let from = 0; from < array.length; from += STEP) {
    const step = array.subarray(from, from + STEP);
    isSequence &&= goesOn(step, sequence!, from);
    isSingle &&= areSingle(step);
    isWhole &&= areWhole(step);
    if (bits >= 0) bits |= bitsOf(step);
    if (!isSequence && !isSingle && !isWhole && (bits < 0 || bits > 0xffff)) return array;
    yield undefined;
  }
  if (isSequence) return sequence!;
  if (isSingle) return new Float32Array(array);
  if (isWhole) return new Uint32Array(array);
  return bits > 0xff ? new Uint16Array(array) : new Uint8Array(array);
}

/** What the first two numbers would go on to. */
function sequenceFrom({ length, 0: first, 1: second }: AnyArray): Sequence | undefined {
  if (first === undefined || second === undefined) return undefined;
  const step = second - first;
  const isSafe = [first, step, first + step * (length - 1)].every(Number.isSafeInteger);
  return isSafe ? { length, first, step } : undefined;
}

function goesOn(values: AnyArray, { first, step }: Sequence, from: number): boolean {
  for (let at = 0; at < values.length; at += 1)
    if (values[at] !== first + step * (from + at) || Object.is(values[at], -0)) return false;
  return true;
}

function areSingle(values: AnyArray): boolean {
  for (const value of values) if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
  return true;
}

function areWhole(values: AnyArray): boolean {
  for (const value of values) if (value >>> 0 !== value || Object.is(value, -0)) return false;
  return true;
}

function bitsOf(values: AnyArray): number {
  let bits = 0;
  for (const value of values) bits |= value;
  return bits;
}

/** The numbers of a sequence. */
export function fromSequence({ length, first, step }: Sequence, kind: ArrayKind): AnyArray {
  const array = new arrayKinds[kind](length);
  for (let at = 0; at < length; at += 1) array[at] = first + step * at;
  return array;
}
