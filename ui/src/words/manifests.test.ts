import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { errorOf } from '$lib/ipc/fake/messages';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { errorText } from './errors';
import { manifestReason } from './manifests';

// The reasons as the contract lists them, each with its facts.
const contract = readFileSync('src/lib/ipc/contract/ManifestReason.ts', 'utf8').replace(
  /\/\*[\s\S]*?\*\//g,
  '',
);
const reasons = [...contract.matchAll(/"why": "([a-z_]+)"([^}]*)/g)].map(
  ([, why = '', rest = '']) => ({
    why,
    facts: [...rest.matchAll(/([a-z]+): (?:string|number)/g)].map(([, name = '']) => name),
  }),
);

afterEach(() => overwriteGetLocale(() => 'en'));

describe('why a provider file is refused', () => {
  it('knows every reason of the contract, and its facts', () => {
    expect(reasons.length).toBeGreaterThan(40);
    expect(reasons.find(({ why }) => why === 'id_in_file')?.facts).toEqual(['id', 'first']);
  });

  describe.each(['en', 'zh-CN'] as const)('in %s', (locale) => {
    it.each(reasons)('$why is worded, with every fact that it names', ({ why, facts }) => {
      overwriteGetLocale(() => locale);
      const args = Object.fromEntries(facts.map((name) => [name, '42']));
      const known = why === 'address' ? { ...args, refusal: 'plain_http' } : args;
      const said = manifestReason({ args: { ...known, why, reason: 'RAW' } });
      expect(said).not.toMatch(/undefined|\{|\}|RAW|[.。]$/);
      if (locale === 'zh-CN') expect(said).toMatch(/\p{Script=Han}/u);
      else expect(said).not.toMatch(/\p{Script=Han}/u);
    });
  });

  it('stands in the sentence of its error, with what the system said in the same language', () => {
    overwriteGetLocale(() => 'zh-CN');
    const why = 'not_read';
    const error = 'Permission denied (os error 13)';
    expect(
      errorText(errorOf('manifest', 'x', { field: 'file', reason: 'RAW', why, error })),
    ).toContain('无法读取：没有权限');
  });

  it('is said in the app’s words where it is new', () => {
    for (const why of ['of_tomorrow', 'toString'])
      expect(manifestReason({ args: { why, reason: 'is odd.' } })).toBe('is odd');
  });
});
