/** How high a row of the list is, in pixels, with what is between two. */
export const ROW = 35;

/** So many rows beyond the edges are drawn. */
const BEYOND = 6;

/** The edges move by so many rows at a time. */
const STEP = 4;

/** Rows from the first to before the last. */
export interface Range {
  from: number;
  to: number;
}

/** Which rows are near what is in sight: from `top` pixels below the first one's edge, so high. */
export function nearRows(top: number, height: number): Range {
  const step = ROW * STEP;
  return {
    from: Math.max(0, Math.floor(top / step) * STEP - BEYOND),
    to: Math.max(0, Math.ceil((top + height) / step) * STEP + BEYOND),
  };
}

/** A row that is drawn, by its place; or space in place of so many from there on. */
export type Piece = { at: number; space: number };

/** What is drawn of so many rows: those of a range, those that are held, and space. */
export function piecesOf(count: number, { from, to }: Range, held: readonly number[]): Piece[] {
  const drawn = new Set(held.filter((at) => at >= 0 && at < count));
  for (let at = from; at < Math.min(to, count); at += 1) drawn.add(at);
  const pieces: Piece[] = [];
  let next = 0;
  for (const at of [...drawn].sort((one, other) => one - other)) {
    if (at > next) pieces.push({ at: next, space: at - next });
    pieces.push({ at, space: 0 });
    next = at + 1;
  }
  if (next < count) pieces.push({ at: next, space: count - next });
  return pieces;
}
