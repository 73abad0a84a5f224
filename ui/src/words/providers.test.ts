import { describe, expect, it } from 'vitest';
import { provider } from '$lib/ipc/fake/providers';
import { placedName } from './providers';

describe('the name of a provider in the list of models', () => {
  const at = (name: string, baseUrl: string, builtin: boolean) =>
    placedName({ ...provider('one', name, null, baseUrl, []), builtin });

  it('says the host of what does not come with the app', () => {
    expect(at('Mine', 'https://mine.example:8443/v1', false)).toBe('Mine · mine.example:8443');
    expect(at('Mine', 'https://xn--fiq228c.example/v1', false)).toContain('xn--fiq228c.example');
    expect(at('mine.example', 'https://mine.example/v1', false)).toBe('mine.example');
  });

  it('is the name alone of what does', () => {
    expect(at('OpenAI', 'https://api.openai.com/v1', true)).toBe('OpenAI');
    expect(placedName(provider('demo', 'Demo', null, '', []))).toBe('Demo');
  });
});
