import { describe, expect, it } from 'vitest';
import { mayNeedPrivate } from './address';

describe('leave for a private address', () => {
  it.each([
    'http://192.168.1.5:8000/v1',
    'http://10.0.0.5',
    'http://172.20.1.1/v1',
    'http://100.64.0.9',
    'http://[fd00::1]:8080',
    'http://nas.local:11434/v1',
    'http://gpubox:8000',
  ])('is asked for %s', (url) => expect(mayNeedPrivate(url)).toBe(true));

  it.each([
    'http://localhost:11434/v1',
    'http://127.0.0.1:1234',
    'http://[::1]:1234',
    'https://192.168.1.5/v1',
    'http://api.example.com/v1',
    'http://172.32.1.1',
    'not an address',
    '',
  ])('is not asked for %s', (url) => expect(mayNeedPrivate(url)).toBe(false));
});
