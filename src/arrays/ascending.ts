/** First place in the ascending `values`, or the first `length` of them, that holds at least `wanted`; their number where none does. */
export function lowerBound(values: ArrayLike<number>, wanted: number, length = values.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place where the ascending `values`, or the first `length` of them, hold `wanted`; undefined when they do not. */
export function placeIn(
  values: ArrayLike<number>,
  wanted: number,
  length = values.length,
): number | undefined {
  const place = lowerBound(values, wanted, length);
  return place < length && values[place] === wanted ? place : undefined;
}
