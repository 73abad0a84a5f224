import { expect, test } from 'vitest';
import type { Backend } from '$lib/ipc/backend';
import type { Settings } from '$lib/ipc/contract/Settings';
import { defaultSettings } from '$lib/defaultSettings';
import { Preferences } from './preferences.svelte';

/** An app whose answers come when they are asked for. */
function app() {
  const answers: ((stored: Settings) => void)[] = [];
  const call = () => new Promise((done) => answers.push(done));
  return { answers, preferences: new Preferences({ call } as unknown as Backend) };
}

test('what another process set comes with the answer', async () => {
  const { answers, preferences } = app();
  const set = preferences.set({ theme: 'dark' });
  expect(preferences.current.theme).toBe('dark');
  answers[0]!({ ...defaultSettings(), theme: 'dark', model: 'of another process' });
  await set;
  expect(preferences.current).toMatchObject({ theme: 'dark', model: 'of another process' });
});

test('an answer takes nothing back that was chosen since', async () => {
  const { answers, preferences } = app();
  const first = preferences.set({ theme: 'dark' });
  const second = preferences.set({ language: 'en' });
  answers[0]!({ ...defaultSettings(), theme: 'dark' });
  await first;
  expect(preferences.current.language).toBe('en');
  answers[1]!(preferences.current);
  await second;
  expect(preferences.current).toMatchObject({ theme: 'dark', language: 'en' });
});
