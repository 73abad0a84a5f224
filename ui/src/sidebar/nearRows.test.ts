import { describe, expect, it } from 'vitest';
import { nearRows, piecesOf, ROW } from './nearRows';

const drawn = (count: number, range: { from: number; to: number }, ...held: number[]) =>
  piecesOf(count, range, held).flatMap(({ at, space }) => (space === 0 ? [at] : []));
const spaces = (count: number, range: { from: number; to: number }, ...held: number[]) =>
  piecesOf(count, range, held).map(({ space }) => space);

describe('the rows near to sight', () => {
  it('are those in sight and some beyond, wherever one scrolls', () => {
    for (let top = 0; top < 300 * ROW; top += 13) {
      const { from, to } = nearRows(top, 700);
      expect(from * ROW).toBeLessThanOrEqual(top);
      expect(to * ROW).toBeGreaterThanOrEqual(top + 700);
      expect(to - from).toBeLessThan(45);
    }
  });

  it('are none of a list that is far below or above, but for what is beyond an edge', () => {
    expect(drawn(100, nearRows(-5000, 700))).toEqual([]);
    expect(drawn(100, nearRows(100 * ROW + 5000, 700))).toEqual([]);
  });

  it('stand where they stood: what is not drawn is space', () => {
    expect(spaces(100, { from: 40, to: 42 })).toEqual([40, 0, 0, 58]);
    expect(spaces(3, { from: 0, to: 10 })).toEqual([0, 0, 0]);
    const whole = piecesOf(500, { from: 17, to: 60 }, [3, 499, 20]);
    expect(whole.reduce((sum, { space }) => sum + (space || 1), 0)).toBe(500);
  });

  it('leave a held one where it is, near or not', () => {
    expect(drawn(100, { from: 10, to: 12 }, 50, 11, -1, 100)).toEqual([10, 11, 50]);
  });
});
