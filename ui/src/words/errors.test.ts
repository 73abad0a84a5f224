import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';
import { errorOf } from '$lib/ipc/fake/messages';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { errorDetails, errorText } from './errors';

// The codes as the contract lists them, so that none can be forgotten here.
const codes = [
  ...readFileSync('src/lib/ipc/contract/ErrorCode.ts', 'utf8').matchAll(/"([a-z_]+)"/g),
].map((found) => found[1] as ErrorCode);

const args = {
  name: 'a.jpg',
  format: 'HEIC',
  bytes: '62914560',
  limit: '20971520',
  width: '20000',
  height: '20000',
  host: 'cdn.example.com',
  reason: 'out of order',
  program: 'dragoman-draw',
  provider: 'Chenyu',
  origin: 'https://new.example.com',
  was: 'https://old.example.com',
  url: 'https://example.com',
  field: 'id',
  parameter: 'temperature',
  model: 'glm-4.7',
  pictures: '12',
  range: '0–2',
  seconds: '300',
  path: '/data',
  place: 'sftp://nas',
  pages: '84',
  taken: '20',
};

describe('the wording of errors', () => {
  it('knows every code of the contract', () => {
    expect(codes.length).toBeGreaterThan(40);
  });

  describe.each(['en', 'zh-CN'] as const)('in %s', (locale) => {
    it.each(codes)('%s is worded, with every value in its place', (code) => {
      overwriteGetLocale(() => locale);
      const text = errorText(errorOf(code, 'RAW', args));
      expect(text).not.toMatch(/undefined|NaN|\{|\}/);
      if (code !== 'internal') expect(text).not.toContain('RAW');
      expect(text.length).toBeGreaterThan(5);
      if (locale === 'zh-CN') expect(text).toMatch(/\p{Script=Han}/u);
      else expect(text).not.toMatch(/\p{Script=Han}/u);
    });
  });

  it('falls back to the app’s words when a value is missing', () => {
    expect(errorText(errorOf('not_a_picture', 'notes.txt is not a picture.'))).toBe(
      'notes.txt is not a picture.',
    );
  });

  it('falls back to the app’s words for a code it does not know', () => {
    expect(errorText(errorOf('from_the_future' as ErrorCode, 'Something new.'))).toBe(
      'Something new.',
    );
  });

  it('says sizes in units', () => {
    expect(errorText(errorOf('file_too_large', '', args))).toBe(
      'a.jpg is 60 MB; the limit is 20 MB. Make it smaller first.',
    );
    const pixels = { ...args, limit: '100000000' };
    expect(errorText(errorOf('too_many_pixels', '', pixels))).toContain('100 megapixels');
    overwriteGetLocale(() => 'zh-CN');
    expect(errorText(errorOf('too_many_pixels', '', pixels))).toContain('10,000 万像素');
  });

  it.each([
    [
      { format: 'Canon raw', kind: 'raw_of', whose: 'Canon' },
      'a.jpg 的格式（Canon 相机的 RAW）暂不支持',
    ],
    [{ format: 'camera raw (DNG)', kind: 'raw' }, 'a.jpg 的格式（相机的 RAW）暂不支持'],
    [{ format: 'animated cursor', kind: 'cursor' }, 'a.jpg 的格式（动态光标）暂不支持'],
    [
      { format: 'TIFF with PNG', kind: 'coding_of', whose: 'TIFF' },
      'a.jpg 的格式（采用少见编码的 TIFF）暂不支持',
    ],
    [{ format: 'JPEG XL' }, 'a.jpg 的格式（JPEG XL）暂不支持'],
  ])('says in Chinese what a file is: %o', (about, words) => {
    overwriteGetLocale(() => 'zh-CN');
    expect(errorText(errorOf('unsupported_format', 'RAW', { name: 'a.jpg', ...about }))).toContain(
      words,
    );
  });

  it('says why a base URL is refused, by the app’s name for the reason', () => {
    overwriteGetLocale(() => 'zh-CN');
    const error = errorOf('base_url', 'RAW', { ...args, why: 'user_info' });
    expect(errorText(error)).toContain('用户名');
  });

  it('copies all that helps', () => {
    const error = {
      ...errorOf('no_balance', 'The balance is used up.'),
      detail: { status: 429, code: 'quota', message: 'no money', requestId: 'r-1' },
    };
    expect(errorDetails(error, ['AnyFast', 'glm'])).toBe(
      'no_balance: The balance is used up.\nHTTP 429\nquota\nno money\nrequest r-1\nAnyFast\nglm',
    );
  });
});
