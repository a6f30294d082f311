/**
 * Large arrays of an answer travel by themselves, a piece at a time: handing over a million spans in one message would hold
 * the extension host's thread for a tenth of a second.
 */
import {
  type AnyArray,
  type ArrayKind,
  arrayKinds,
  fromSequence,
  kindOf,
  narrowing,
  type Sequence,
} from "./narrow.ts";

/** Bytes from which an array travels by itself. */
const LARGE = 1 << 16;
/** Bytes of a piece: a few milliseconds of work for whoever hands it on. */
const PIECE = 1 << 20;

/** Where an array belongs in its answer. */
export interface ArrayPlace {
  /** Keys from the answer down to the array. */
  readonly path: readonly string[];
  readonly kind: ArrayKind;
  /** What its pieces make, to be widened. */
  readonly sent: ArrayKind;
  /** Its numbers, if they need no pieces. */
  readonly sequence?: Sequence | undefined;
}

/** A part of an array's bytes. */
export interface Piece {
  /** Index among the answer's places. */
  readonly array: number;
  /** Bytes of the whole array. */
  readonly size: number;
  /** Where these bytes begin in it. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** An answer without its large arrays, and their bytes to come. */
export interface TakenApart {
  readonly rest: unknown;
  /**
   * Undefined for an answer without large arrays. Each step takes a few milliseconds at most; it may come without a piece.
   * Returns where the arrays belong.
   */
  readonly pieces: Generator<Piece | undefined, readonly ArrayPlace[]> | undefined;
}

/** Takes the large arrays out of an answer that has them as properties, or as properties of its objects. */
export function takeApart(answer: unknown): TakenApart {
  const arrays: FoundArray[] = [];
  const without = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return value;
    const rest: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const kind = kindOf(item);
      if (kind !== undefined && (item as AnyArray).byteLength >= LARGE)
        arrays.push({ array: item as AnyArray, path: [...path, key], kind });
      else rest[key] = path.length === 0 ? without(item, [key]) : item;
    }
    return rest;
  };
  const rest = without(answer, []);
  return arrays.length === 0 ? { rest: answer, pieces: undefined } : { rest, pieces: piecesOf(arrays) };
}

interface FoundArray {
  readonly array: AnyArray;
  readonly path: readonly string[];
  readonly kind: ArrayKind;
}

function* piecesOf(arrays: readonly FoundArray[]): Generator<Piece | undefined, readonly ArrayPlace[]> {
  const places: ArrayPlace[] = [];
  for (const [index, { array, path, kind }] of arrays.entries()) {
    const narrow = yield* narrowing(array);
    if (!ArrayBuffer.isView(narrow)) {
      places.push({ path, kind, sent: kind, sequence: narrow });
      continue;
    }
    places.push({ path, kind, sent: kindOf(narrow) ?? kind });
    const { buffer, byteOffset, byteLength: size } = narrow;
    const all = new Uint8Array(buffer, byteOffset, size);
    // A copy, because a message takes the whole buffer along whatever part of it an array shows.
    for (let offset = 0; offset < size; offset += PIECE)
      yield { array: index, size, offset, bytes: all.slice(offset, offset + PIECE) };
  }
  return places;
}

/** Gathers pieces until their answer comes. */
export class PieceBox {
  readonly #arrays: Uint8Array<ArrayBuffer>[] = [];

  put({ array, size, offset, bytes }: Piece): void {
    this.#arrays[array] ??= new Uint8Array(size);
    this.#arrays[array].set(bytes, offset);
  }

  /** The whole answer; undefined when one of its arrays never came. */
  putTogether(rest: unknown, places: readonly ArrayPlace[]): unknown {
    for (const [index, { path, kind, sent, sequence }] of places.entries()) {
      const bytes = this.#arrays[index];
      const last = path.at(-1);
      const owner = path
        .slice(0, -1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], rest);
      const array = sequence ? fromSequence(sequence, kind) : bytes && widened(bytes, sent, kind);
      if (array === undefined || last === undefined || typeof owner !== "object" || owner === null)
        return undefined;
      Object.defineProperty(owner, last, {
        value: array,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return rest;
  }
}

function widened(
  { buffer, byteLength }: Uint8Array<ArrayBuffer>,
  sent: ArrayKind,
  kind: ArrayKind,
): AnyArray {
  const Sent = arrayKinds[sent];
  const array = new Sent(buffer, 0, byteLength / Sent.BYTES_PER_ELEMENT);
  return sent === kind ? array : new arrayKinds[kind](array);
}
