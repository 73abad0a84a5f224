import { describe, expect, it } from 'vitest';
import { rowsInView, topsOf } from './rowsInView';

const tops = topsOf(Array.from({ length: 700 }, (_, at) => (at % 10 === 0 ? 32 : 46)));

describe('the rows in view', () => {
  it('are few, however many there are', () => {
    for (let scrolled = 0; scrolled < tops.at(-1)!; scrolled += 97) {
      const { from, to } = rowsInView(tops, scrolled, 400);
      expect(to - from).toBeLessThan(30);
      expect(tops[from]!).toBeLessThanOrEqual(scrolled);
      expect(tops[to]!).toBeGreaterThanOrEqual(Math.min(scrolled + 400, tops.at(-1)!));
    }
  });

  it('are none of none, and all of a few', () => {
    expect(rowsInView(topsOf([]), 0, 400)).toEqual({ from: 0, to: 0 });
    expect(rowsInView(topsOf([32, 46]), 0, 400)).toEqual({ from: 0, to: 2 });
  });
});
