/** Where each row begins, and where the last one ends, in pixels. */
export function topsOf(heights: readonly number[]): number[] {
  const tops = [0];
  let at = 0;
  for (const height of heights) tops.push((at += height));
  return tops;
}

/** The row at a height: the last one that begins at or above it. */
function rowAt(tops: readonly number[], y: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The rows that can be seen, and some more on both sides, so that a list of
 * hundreds costs no more than what is on the screen.
 */
export function rowsInView(
  tops: readonly number[],
  scrolled: number,
  height: number,
  more = 240,
): { from: number; to: number } {
  const count = tops.length - 1;
  if (count <= 0) return { from: 0, to: 0 };
  return {
    from: rowAt(tops, scrolled - more),
    to: Math.min(count, rowAt(tops, scrolled + height + more) + 1),
  };
}
