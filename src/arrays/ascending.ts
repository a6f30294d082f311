/** First place in the ascending `values` that holds at least `wanted`; their number where none does. */
export function lowerBound(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place where the ascending `values` hold `wanted`, undefined when they do not. */
export function placeIn(values: ArrayLike<number>, wanted: number): number | undefined {
  const place = lowerBound(values, wanted);
  return values[place] === wanted ? place : undefined;
}
