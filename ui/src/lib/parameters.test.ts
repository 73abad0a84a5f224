import { describe, expect, it } from 'vitest';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { Provider } from '$lib/ipc/contract/Provider';
import { world } from '$lib/ipc/fake/scenes';
import { unknownModel } from './models';
import {
  checkExtra,
  countParams,
  effortsOf,
  fieldOf,
  has,
  mostStops,
  noParams,
  rangeOf,
  sameParams,
  withParam,
  withoutParam,
} from './parameters';

const set = (given: Partial<ChatParams>): ChatParams => ({ ...noParams(), ...given });
const range = { min: null, max: null, maxItems: null, values: null };
const provider = (parameters: Provider['parameters']): Provider => ({
  ...world().providers[1]!,
  parameters,
});

describe('free JSON', () => {
  it.each(['', '  \n', '{}', '{"top_k": 5}', ' {"a": [1, {"b": "\\u00e9"}], "c": -1.5e3} '])(
    'takes %j',
    (text) => expect(checkExtra(text, noParams())).toBeNull(),
  );

  it.each([
    ['{', 1, 2],
    ['{"a" 1}', 1, 6],
    ['{\n  "a": 1,\n}', 3, 1],
    ['{"a": 1} x', 1, 10],
    ["{'a': 1}", 1, 2],
    ['{"a": tru}', 1, 7],
    ['{"a": [1, 2}', 1, 12],
    ['{"a": 01}', 1, 8],
  ])('says where %j breaks', (text, line, column) => {
    expect(checkExtra(text, noParams())).toEqual({ kind: 'syntax', line, column });
  });

  it.each(['[]', '3', '"text"', 'null', 'true'])('is an object, not %s', (text) =>
    expect(checkExtra(text, noParams())).toEqual({ kind: 'not_object' }),
  );

  it('holds no field that the app writes, nor one that is set', () => {
    expect(checkExtra('{"messages": []}', noParams())).toEqual({ kind: 'ours', name: 'messages' });
    expect(checkExtra('{"model": "x"}', noParams())).toEqual({ kind: 'ours', name: 'model' });
    expect(checkExtra('{"top_p": 1}', noParams())).toBeNull();
    expect(checkExtra('{"top_p": 1}', set({ topP: 0.5 }))).toEqual({ kind: 'ours', name: 'top_p' });
    expect(checkExtra('{"max_completion_tokens": 1}', set({ maxTokens: 5 }))).toMatchObject({
      kind: 'ours',
    });
  });
});

describe('parameters', () => {
  it('count what is set, and nothing else', () => {
    expect(countParams(noParams())).toBe(0);
    expect(countParams(set({ stop: ['a', 'b'], temperature: 0, stream: false }))).toBe(3);
  });

  it('are the same in any order', () => {
    expect(sameParams(set({ topP: 1 }), { ...{ topP: 1 }, ...set({ topP: 1 }) })).toBe(true);
    expect(sameParams(set({ topP: 1 }), set({ topP: 0.9 }))).toBe(false);
  });

  it('are those that the provider names, with its ranges; all where it names none', () => {
    const names = provider({ temperature: { ...range, min: 0, max: 1 } });
    expect(has(names, 'temperature')).toBe(true);
    expect(has(names, 'topP')).toBe(false);
    expect(has(names, 'extra')).toBe(true);
    expect(has(provider({}), 'topP')).toBe(true);
    expect(rangeOf(names, undefined, 'temperature')).toEqual({ min: 0, max: 1 });
    expect(rangeOf(provider({}), undefined, 'temperature')).toEqual({ min: 0, max: 2 });
    const model = { ...unknownModel('m'), output: 8192 };
    expect(rangeOf(provider({}), model, 'maxTokens')).toEqual({ min: 1, max: 8192 });
    expect(mostStops(provider({ stop: { ...range, maxItems: 16 } }))).toBe(16);
    const efforts = provider({ reasoning_effort: { ...range, values: ['low', 'high'] } });
    expect(effortsOf(efforts, model)).toEqual(['low', 'high']);
    expect(effortsOf(efforts, { ...model, efforts: ['max'] })).toEqual(['max']);
  });
});

describe('a parameter that is refused', () => {
  it.each([
    ['temperature', 'temperature'],
    ['top_p', 'topP'],
    ['max_completion_tokens', 'maxTokens'],
    ['messages[0].content[1].image_url.detail', 'detail'],
    ['messages.0.content.1.video_url.fps', 'fps'],
    ['thinking.type', 'thinking'],
    ['reasoning.effort', 'effort'],
    ['reasoning_effort', 'effort'],
    ['something_else', null],
  ])('%s is our %s', (name, field) => expect(fieldOf(name, noParams())).toBe(field));

  it('is cleared and not sent from anywhere', () => {
    const next = withoutParam(set({ topP: 0.5, temperature: 1 }), 'top_p');
    expect(next).toEqual(set({ temperature: 1, without: ['top_p'] }));
    expect(withoutParam(next, 'top_p').without).toEqual(['top_p']);
  });

  it('is taken out of the free JSON, and nothing else is', () => {
    const params = set({ extra: '{"top_k": 5, "seed": 7}' });
    expect(fieldOf('top_k', params)).toBe('extra');
    expect(withoutParam(params, 'top_k')).toEqual(
      set({ extra: '{\n  "seed": 7\n}', without: ['top_k'] }),
    );
    expect(withoutParam(set({ extra: '{"top_k": 5}' }), 'top_k').extra).toBeNull();
  });

  it('is sent again once it is set again', () => {
    const without = set({ without: ['top_p', 'seed'] });
    expect(withParam(without, 'topP', 0.9).without).toEqual(['seed']);
    expect(withParam(without, 'topP', null).without).toEqual(['top_p', 'seed']);
  });
});
