/** Where something stands in a filter's text, in UTF-16 units. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A mistake in a filter: one sentence, and the place to mark. */
export class FilterError extends Error {
  override readonly name = "FilterError";

  /** What {@link text} has in place of `{0}`, `{1}`, … */
  readonly values: readonly (string | number)[];

  /** `text` is English with `{0}`, `{1}`, … where values go, so that a face can translate it. */
  constructor(
    readonly text: string,
    readonly place: Place,
    ...values: readonly (string | number)[]
  ) {
    super(text.replace(/\{(\d+)\}/g, (_all, index) => String(values[Number(index)])));
    this.values = values;
  }
}

export type Operator = "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">=";

/** A value as written. What it means depends on what the key holds. */
export type Value =
  | { readonly kind: "word"; readonly text: string; readonly place: Place }
  | { readonly kind: "quoted"; readonly text: string; readonly place: Place }
  | { readonly kind: "pattern"; readonly pattern: RegExp; readonly text: string; readonly place: Place };

export interface Key {
  readonly name: string;
  readonly quoted: boolean;
  readonly place: Place;
}

/** A parsed filter. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly inner: Expression }
  | { readonly kind: "compare"; readonly key: Key; readonly operator: Operator; readonly value: Value }
  | { readonly kind: "in"; readonly key: Key; readonly values: readonly Value[] }
  | { readonly kind: "exists"; readonly key: Key }
  | { readonly kind: "text"; readonly value: Value };
