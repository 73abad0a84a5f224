import { describe, expect, it } from 'vitest';
import { everyProvider } from '$lib/ipc/fake/providers';
import { readyFirst } from './providers';

describe('providers', () => {
  it('come with those first that can be asked', () => {
    const { ready, others } = readyFirst(everyProvider(), ({ id }) => id === 'openrouter');
    expect(ready.map(({ id }) => id)).toEqual(['demo', 'openrouter']);
    expect(others).toHaveLength(16);
  });
});
