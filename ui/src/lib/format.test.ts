import { describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { ago, bytes, duration, when } from './format';

describe('figures', () => {
  it('have units', () => {
    expect([bytes(12), bytes(421_888), bytes(3_400_000)]).toEqual(['12 B', '412 KB', '3.2 MB']);
    expect([duration(420, true), duration(12_340, true)]).toEqual(['0.42 s', '12.3 s']);
    expect([duration(6100), duration(125_000)]).toEqual(['6 s', '2 min 5 s']);
  });

  it('of a time say as much of the day as is not now', () => {
    const now = new Date();
    const at = (...[y, ...rest]: [number, number, number, number, number]) =>
      when(new Date(y, ...rest).getTime());
    const today = at(now.getFullYear(), now.getMonth(), now.getDate(), 0, 7);
    expect(today).toBe('00:07');
    const other = now.getMonth() === 4 ? 3 : 4;
    const month = other === 4 ? 'May' : 'Apr';
    expect(at(now.getFullYear(), other, 3, 14, 7)).toBe(`${month} 3, 14:07`);
    expect(at(2020, 4, 3, 14, 7)).toBe('May 3, 2020, 14:07');
  });

  it('stand apart from Han', () => {
    const now = 1e12;
    expect(ago(now - 120_000, now)).toBe('2 minutes ago');
    overwriteGetLocale(() => 'zh-CN');
    expect(ago(now - 120_000, now)).toBe('2 分钟前');
    expect(ago(now - 3 * 86_400_000, now)).toBe('3 天前');
    expect([duration(6100), duration(420, true)]).toEqual(['6 秒', '0.42 秒']);
  });
});
