import { describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { nearness, sizeWords } from './requestSize';

const MB = 1024 * 1024;
const size = {
  bytes: 3.2 * MB,
  limit: 20 * MB,
  pictures: 4,
  picturesLimit: null,
  leftOut: 2,
  videos: 0,
};

describe('the size of the next request', () => {
  it('is said with its limit, its pictures and those left out', () => {
    expect(sizeWords(size)).toBe('Next request: 3.2 MB of 20 MB · 4 pictures (2 left out)');
    expect(sizeWords({ ...size, limit: null, pictures: 1, leftOut: 0, videos: 1 })).toBe(
      'Next request: 3.2 MB · 1 picture · 1 video',
    );
    expect(sizeWords({ ...size, picturesLimit: 4, leftOut: 0 })).toContain('4 of 4 pictures');
    overwriteGetLocale(() => 'zh-CN');
    expect(sizeWords(size)).toBe('下次请求：3.2 MB，上限 20 MB · 4 张图片（略去 2 张）');
  });

  it('is heeded from 85 % of the limit on', () => {
    expect(nearness({ ...size, bytes: 16.9 * MB })).toBe('fine');
    expect(nearness({ ...size, bytes: 17 * MB })).toBe('near');
    expect(nearness({ ...size, bytes: 20 * MB })).toBe('near');
    expect(nearness({ ...size, bytes: 20 * MB + 1 })).toBe('over');
    expect(nearness({ ...size, limit: null, bytes: 200 * MB })).toBe('fine');
    expect(nearness({ ...size, pictures: 17, picturesLimit: 16 })).toBe('over');
  });
});
