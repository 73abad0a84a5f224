import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { moment } from './moment';

describe('A moment', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('begins at once, and ends by itself', () => {
    const said: boolean[] = [];
    moment((on) => said.push(on))();
    expect(said).toEqual([true]);
    vi.runAllTimers();
    expect(said).toEqual([true, false]);
  });

  it('is as long after a second press', () => {
    const said: boolean[] = [];
    const press = moment((on) => said.push(on));
    press();
    vi.advanceTimersByTime(1400);
    press();
    vi.advanceTimersByTime(1400);
    expect(said).toEqual([true, true]);
    vi.advanceTimersByTime(200);
    expect(said).toEqual([true, true, false]);
  });
});
