/** A chain of parents, shortened in the middle so that it stays readable at any depth. */
export type TrailPart =
  | { readonly kind: "span"; readonly index: number }
  | { readonly kind: "skipped"; readonly count: number };

const HEAD = 2;
const TAIL = 4;

/** The first two and the last four of `parents` (outline indices, root first), with a gap between when there are more. */
export function parentTrail(parents: readonly number[]): TrailPart[] {
  const span = (index: number): TrailPart => ({ kind: "span", index });
  const skipped = parents.length - HEAD - TAIL;
  if (skipped <= 1) return parents.map(span);
  return [
    ...parents.slice(0, HEAD).map(span),
    { kind: "skipped", count: skipped },
    ...parents.slice(-TAIL).map(span),
  ];
}
