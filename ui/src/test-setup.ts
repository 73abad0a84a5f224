import { afterEach } from 'vitest';
import { overwriteGetLocale } from '$lib/paraglide/runtime';

// Each test begins in English.
overwriteGetLocale(() => 'en');
afterEach(() => overwriteGetLocale(() => 'en'));
