import { describe, expect, it } from 'vitest';
import { areaOf, fitScale, markOf, middle, moved, stepScale, toMaster } from './marks';

const master = { width: 4032, height: 3024 };

describe('a point of the window', () => {
  it.each([0.05, 0.1984, 0.5, 1, 1.25, 3, 16])('is a pixel of the master, at %d', (scale) => {
    const shown = { left: 37.5, top: -210, width: 4032 * scale, height: 3024 * scale };
    for (const pixel of [
      { x: 0, y: 0 },
      { x: 1000, y: 2000 },
      { x: 4031, y: 3023 },
    ]) {
      const at = {
        x: shown.left + (pixel.x + 0.5) * scale,
        y: shown.top + (pixel.y + 0.5) * scale,
      };
      expect(toMaster(at, shown, master)).toEqual(pixel);
    }
  });

  it('beside the picture is its nearest pixel', () => {
    const shown = { left: 100, top: 100, width: 400, height: 300 };
    expect(toMaster({ x: 0, y: 9999 }, shown, master)).toEqual({ x: 0, y: 3023 });
    expect(toMaster({ x: 500, y: 100 }, shown, master)).toEqual({ x: 4031, y: 0 });
  });
});

describe('a stroke', () => {
  it('makes an area whichever way it was drawn, of one pixel at least', () => {
    const area = { x: 10, y: 20, width: 31, height: 41 };
    expect(areaOf({ from: { x: 10, y: 20 }, to: { x: 40, y: 60 } })).toEqual(area);
    expect(areaOf({ from: { x: 40, y: 20 }, to: { x: 10, y: 60 } })).toEqual(area);
    const one = { x: 5, y: 5 };
    expect(areaOf({ from: one, to: one })).toEqual({ x: 5, y: 5, width: 1, height: 1 });
    expect(areaOf({ from: { x: 0, y: 0 }, to: { x: 4031, y: 3023 } })).toMatchObject(master);
  });

  it('makes the mark of its tool', () => {
    const stroke = { from: { x: 9, y: 9 }, to: { x: 0, y: 0 } };
    expect(markOf('arrow', stroke)).toEqual({ type: 'arrow', ...stroke });
    const area = { x: 0, y: 0, width: 10, height: 10 };
    expect(markOf('blur', stroke)).toEqual({ type: 'blur', area });
  });

  it('is moved and sized by keys, and stays on the picture', () => {
    const stroke = middle(master);
    const far = moved(stroke, { x: 99_999, y: -99_999 }, master, false);
    expect(areaOf(far)).toMatchObject({
      width: areaOf(stroke).width,
      height: areaOf(stroke).height,
      y: 0,
    });
    expect(far.to.x).toBe(4031);
    const larger = moved(stroke, { x: 40, y: 99_999 }, master, true);
    expect(larger).toEqual({ from: stroke.from, to: { x: stroke.to.x + 40, y: 3023 } });
  });
});

describe('a scale', () => {
  it('fits the window and never enlarges', () => {
    expect(fitScale(master, { width: 2016, height: 3000 })).toBe(0.5);
    expect(fitScale({ width: 20, height: 20 }, { width: 800, height: 600 })).toBe(1);
    expect(fitScale(master, { width: 0, height: 0 })).toBe(1);
  });

  it('stops at 100 % and at its bounds', () => {
    expect(stepScale(0.9, true)).toBe(1);
    expect(stepScale(1.1, false)).toBe(1);
    expect(stepScale(16, true)).toBe(16);
    expect(stepScale(1, true)).toBe(1.25);
  });
});
