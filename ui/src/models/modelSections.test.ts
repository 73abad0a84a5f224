import { describe, expect, it } from 'vitest';
import { everyProvider, model, provider } from '$lib/ipc/fake/providers';
import { world } from '$lib/ipc/fake/scenes';
import { modelSections } from './modelSections';

const { providers } = world();
const sections = (query: string, chosen: string | null = null, of = providers) =>
  modelSections(of, {
    query,
    chosen,
    lacksKey: ({ id }) => id === 'anyfast',
    rests: ({ local, modelsState }) => local && modelsState.type === 'not_running',
    nameOf: ({ name }) => name,
  });
const rows = (query: string, chosen: string | null = null, of = providers) =>
  sections(query, chosen, of).flatMap(({ options }) =>
    options.map(({ provider, model, typed }) => `${provider}/${model.id}${typed ? '?' : ''}`),
  );
const used = (id: string, usedAt: number) => model(id, { usedAt });
const marked = [
  provider('one', 'One', '壹', 'https://one.example/v1', [
    used('old', 1),
    model('plain'),
    model('loved', { favourite: true, usedAt: 9 }),
  ]),
  provider('two', 'Two', null, 'https://two.example/v1', [used('new', 5), used('mid', 3)]),
];

describe('the models to choose from', () => {
  it('are all there when nothing is typed, those that lack a key last', () => {
    expect(sections('').map(({ provider }) => provider?.id)).toEqual(['demo', 'chenyu', 'anyfast']);
    expect(rows('')).toContain('chenyu/qwen3-vl-235b-a22b');
    expect(sections('').filter(({ lacksKey }) => lacksKey)).toHaveLength(1);
  });

  it('begin with favourites, then the last asked first', () => {
    expect(sections('', null, marked).map(({ kind }) => kind)).toEqual([
      'favourites',
      'recent',
      'provider',
      'provider',
    ]);
    expect(rows('', null, marked).slice(0, 4)).toEqual([
      'one/loved',
      'two/new',
      'two/mid',
      'one/old',
    ]);
  });

  it('are there once when searched, the favourite first', () => {
    expect(rows('o', null, marked).filter((row) => !row.endsWith('?'))).toEqual([
      'one/loved',
      'two/new',
      'two/mid',
      'one/old',
      'one/plain',
    ]);
  });

  it('are found by parts of id and provider, in any order, in either language', () => {
    expect(rows('chenyu qwen')).toEqual(['chenyu/qwen3-vl-235b-a22b']);
    expect(rows('VL qwen3')).toEqual(['chenyu/qwen3-vl-235b-a22b']);
    expect(rows('晨羽 qwen')).toEqual(['chenyu/qwen3-vl-235b-a22b']);
    expect(rows('a2 1m')).toEqual([]);
  });

  it('take an id that is not known, from the chosen provider first, never from Demo', () => {
    expect(rows('my-own-model', 'anyfast')).toEqual([
      'anyfast/my-own-model?',
      'chenyu/my-own-model?',
    ]);
    expect(rows('my-own-model')).toEqual(['chenyu/my-own-model?']);
  });

  it('do not offer a known id twice', () => {
    expect(rows('gpt-5-mini', 'chenyu')).toEqual(['anyfast/gpt-5-mini', 'chenyu/gpt-5-mini?']);
  });

  it('have keys of their own, however often they are shown', () => {
    const all = sections('', null, [...everyProvider(), ...marked]).flatMap(
      ({ options }) => options,
    );
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(500);
  });
});
