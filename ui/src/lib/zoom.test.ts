import { describe, expect, it } from 'vitest';
import { sizeByKey, Wheel } from './zoom';

const key = (key: string, held: Partial<KeyboardEvent> = { ctrlKey: true }) =>
  ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held }) as KeyboardEvent;
const turn = (deltaY: number, ctrlKey = true) => ({ deltaY, ctrlKey }) as WheelEvent;

describe('keys', () => {
  it('make the page larger, smaller and as designed, by the sizes of browsers', () => {
    expect(sizeByKey(key('+'), 100)).toBe(110);
    expect(sizeByKey(key('='), 110)).toBe(125);
    expect(sizeByKey(key('-'), 100)).toBe(90);
    expect(sizeByKey(key('0'), 250)).toBe(100);
    expect(sizeByKey(key('+', { metaKey: true }), 100)).toBe(110);
  });

  it('find the next size from one that is none of them, and stop at the ends', () => {
    expect(sizeByKey(key('+'), 103)).toBe(110);
    expect(sizeByKey(key('-'), 103)).toBe(100);
    expect(sizeByKey(key('+'), 300)).toBe(300);
    expect(sizeByKey(key('-'), 50)).toBe(50);
  });

  it('mean nothing alone, or with Alt', () => {
    expect(sizeByKey(key('+', {}), 100)).toBeNull();
    expect(sizeByKey(key('-', { ctrlKey: true, altKey: true }), 100)).toBeNull();
    expect(sizeByKey(key('n'), 100)).toBeNull();
  });
});

describe('a wheel', () => {
  it('turns a size a notch, with Ctrl alone', () => {
    const wheel = new Wheel();
    expect(wheel.size(turn(-53), 100)).toBe(110);
    expect(wheel.size(turn(53), 100)).toBe(90);
    expect(wheel.size(turn(53, false), 100)).toBeNull();
  });

  it('gathers what fingers turn, and forgets it when they turn back', () => {
    const wheel = new Wheel();
    expect(wheel.size(turn(-30), 100)).toBe(100);
    expect(wheel.size(turn(30), 100)).toBe(100);
    expect(wheel.size(turn(15), 100)).toBe(90);
  });
});
