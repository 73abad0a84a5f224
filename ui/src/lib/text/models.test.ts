import { describe, expect, it } from 'vitest';
import { world } from '$lib/ipc/fake/scenes';
import { modelGroups } from './models';

const { providers } = world();
const groups = (query: string, chosen: string | null = null) =>
  modelGroups(
    providers,
    query,
    chosen,
    (provider) => provider.id === 'anyfast',
    ({ name }) => name,
  );
const rows = (query: string, chosen: string | null = null) =>
  groups(query, chosen).flatMap(({ options }) =>
    options.map(({ provider, model, typed }) => `${provider}/${model.id}${typed ? '?' : ''}`),
  );

describe('the models to choose from', () => {
  it('are all there when nothing is typed', () => {
    expect(groups('').map(({ provider }) => provider.id)).toEqual(['demo', 'chenyu', 'anyfast']);
    expect(rows('')).toContain('chenyu/qwen3-vl-235b-a22b');
  });

  it('are found by parts of id and provider, in any order', () => {
    expect(rows('chenyu qwen')).toEqual(['chenyu/qwen3-vl-235b-a22b']);
    expect(rows('VL qwen3')).toEqual(['chenyu/qwen3-vl-235b-a22b']);
  });

  it('take an id that is not known, from the chosen provider first, never from Demo', () => {
    expect(rows('my-own-model', 'anyfast')).toEqual([
      'anyfast/my-own-model?',
      'chenyu/my-own-model?',
    ]);
  });

  it('do not offer a known id twice', () => {
    expect(rows('gpt-5-mini', 'chenyu')).toEqual(['anyfast/gpt-5-mini', 'chenyu/gpt-5-mini?']);
  });

  it('say which provider lacks a key', () => {
    expect(groups('').filter(({ lacksKey }) => lacksKey)).toHaveLength(1);
  });
});
