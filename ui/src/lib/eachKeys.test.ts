import { expect, test } from 'vitest';
import { eachKeys } from './eachKeys';

const keys = (ids: string[]) => eachKeys(ids, (id) => id);

test('what stands once keeps its id as its key, wherever it stands', () => {
  expect(keys(['a', 'b'])).toEqual(['a', 'b']);
  expect(keys(['b', 'a'])).toEqual(['b', 'a']);
});

test('what comes again has a key of its own, also beside an id that looks like one', () => {
  const all = keys(['a', 'a', '|1|a', 'a', '|1|a', '', '']);
  expect(all[0]).toBe('a');
  expect(new Set(all).size).toBe(all.length);
});
