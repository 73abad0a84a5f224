import { expect, test } from 'vitest';
import { Typed } from './typed.svelte';

/** A field over a source that can change. */
function field(source: string, kept?: { text: string; from: string }) {
  let stored = $state(source);
  return { typed: new Typed(() => stored, kept), store: (to: string) => (stored = to) };
}

test('it shows its source until something is typed', () => {
  const { typed, store } = field('a');
  store('b');
  expect(typed.text).toBe('b');
  expect(typed.dirty).toBe(false);
});

test('what is typed stays, and tells that its source changed', () => {
  const { typed, store } = field('a');
  typed.text = 'mine';
  expect([typed.dirty, typed.moved]).toEqual([true, false]);
  store('b');
  expect(typed.text).toBe('mine');
  expect([typed.dirty, typed.moved]).toEqual([true, true]);
  typed.forget();
  expect(typed.text).toBe('b');
});

test('what was typed and is the source now is done', () => {
  const { typed, store } = field('a');
  typed.text = 'mine';
  store('mine');
  expect([typed.dirty, typed.moved, typed.kept]).toEqual([false, false, null]);
});

test('it goes on with what was kept of it', () => {
  const { typed } = field('b', { text: 'mine', from: 'a' });
  expect([typed.text, typed.moved]).toEqual(['mine', true]);
  expect(typed.kept).toEqual({ text: 'mine', from: 'a' });
});
