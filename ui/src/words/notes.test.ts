import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AnswerNote } from '$lib/ipc/contract/AnswerNote';
import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';
import { failure } from '$lib/ipc/fake/states';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { noteLines, retryingWords } from './notes';
import { reasonText } from './reasons';
import { stepsOf } from './steps';

const retrying = (code: ErrorCode): Extract<AnswerNote, { type: 'retrying' }> => ({
  type: 'retrying',
  error: failure(code),
  attempt: 1,
  of: 2,
  at: 0,
});

describe('what should be known of an answer', () => {
  it('names the key that took over, and why', () => {
    const note: AnswerNote = {
      type: 'other_key',
      error: failure('key_refused'),
      label: 'Work',
      last4: 'a1b2',
    };
    expect(noteLines([note], false)).toEqual([
      'Key “Work” …a1b2 took over because the previous key failed (refused, HTTP 401).',
    ]);
    expect(noteLines([{ ...note, label: '' }], false)[0]).toContain('Key …a1b2');
  });

  it('says tries only where they did not help', () => {
    const tries = [retrying('rate_limit'), { ...retrying('rate_limit'), attempt: 2 }];
    expect(noteLines(tries, false)).toEqual([]);
    expect(noteLines(tries, true)).toHaveLength(1);
    expect(noteLines(tries, true)[0]).toContain('2 more times');
  });

  it('counts a wait down in both languages', () => {
    expect(retryingWords(retrying('rate_limit'), 4)).toBe(
      'Rate limit. Trying again in 4 s (1 of 2).',
    );
    expect(retryingWords(retrying('rate_limit'), 0)).toBe('Trying again (1 of 2)…');
    overwriteGetLocale(() => 'zh-CN');
    expect(retryingWords(retrying('rate_limit'), 4)).toContain('4 秒后重试');
  });

  it('has words for every kind', () => {
    const kinds = [
      ...readFileSync('src/lib/ipc/contract/AnswerNote.ts', 'utf8').matchAll(
        /"type": "([a-z_]+)"/g,
      ),
    ].map((found) => found[1]);
    const note = (type: string) =>
      ({
        type,
        error: failure('no_balance'),
        label: 'a',
        last4: 'b',
        count: 1,
        bytes: 2,
        pictures: 1,
        videos: 1,
        attempt: 1,
        of: 2,
        at: 0,
      }) as unknown as AnswerNote;
    for (const locale of ['en', 'zh-CN'] as const) {
      overwriteGetLocale(() => locale);
      for (const kind of kinds) {
        const [line] = noteLines([note(kind!)], true);
        expect(line, kind).toBeTruthy();
        expect(line).not.toMatch(/undefined|\{|\}/);
      }
    }
    expect(kinds.length).toBeGreaterThan(4);
  });
});

describe('the next step of an error', () => {
  it.each([
    ['key_refused', 'key'],
    ['no_balance', 'topUp'],
    ['model_not_found', 'activate'],
    ['too_long', 'fewer'],
    ['too_large', 'fewer'],
    ['proxy', 'network'],
    ['network', 'network'],
    ['certificate', 'network'],
    ['not_an_api', 'address'],
    ['parameter_refused', 'without'],
    ['video_not_taken', 'videoModel'],
  ] as const)('%s: %s first', (code, step) => expect(stepsOf(code)[0]).toBe(step));

  it('is another key or another model where too much was asked', () =>
    expect(stepsOf('rate_limit')).toEqual(['key', 'model']));

  it('is none for a code from the future', () =>
    expect(stepsOf('from_the_future' as ErrorCode)).toEqual([]));
});

describe('a reason', () => {
  it('is worded by its name, then by the system’s number, else left as it is', () => {
    overwriteGetLocale(() => 'zh-CN');
    expect(reasonText({ why: 'dns', reason: 'failed to lookup address' })).toMatch(/找不到/);
    expect(reasonText({ reason: 'tcp connect: Connection refused (os error 111)' })).toMatch(
      /无人/,
    );
    expect(reasonText({ reason: 'something new.' })).toBe('something new');
  });
});
