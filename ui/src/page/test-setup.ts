import { configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';

// Each test begins in English.
overwriteGetLocale(() => 'en');
afterEach(() => overwriteGetLocale(() => 'en'));

// A failed search names what it looked for; the whole page would bury it.
configure({
  asyncUtilTimeout: 5000,
  getElementError: (message) => new Error(message?.split('\n')[0] ?? ''),
});
