import { describe, expect, it } from 'vitest';
import { emptyAnswer } from '$lib/ipc/fake/messages';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { answerMeta, endWords } from './answers';

const answer = emptyAnswer('a', 'A', 'asked');

describe('what an answer took', () => {
  it('is said with units', () => {
    const usage = {
      promptTokens: 1355,
      completionTokens: 87,
      totalTokens: 1442,
      reasoningTokens: 53,
    };
    const took = { ...answer, usage, firstTokenMs: 420, totalMs: 1420 };
    expect(answerMeta(took)).toEqual([
      '0.42 s to first token',
      '87 tokens/s',
      '1,355 → 87 tokens (53 reasoning)',
    ]);
    overwriteGetLocale(() => 'zh-CN');
    expect(answerMeta(took)[2]).toBe('1,355 → 87 tokens（思考 53）');
  });

  it('leaves out what is not known', () => {
    expect(answerMeta(answer)).toEqual([]);
    const usage = {
      promptTokens: null,
      completionTokens: 7,
      totalTokens: null,
      reasoningTokens: null,
    };
    expect(answerMeta({ ...answer, usage })).toEqual(['– → 7 tokens']);
  });

  it('names the model that really answered, where it differs', () => {
    expect(answerMeta({ ...answer, answeredBy: 'other' })).toEqual(['answered by other']);
    expect(answerMeta({ ...answer, answeredBy: 'asked' })).toEqual([]);
  });
});

describe('how an answer ended', () => {
  it('needs no words when it ended as it should', () => {
    expect(endWords('complete', 'stop', false)).toBeNull();
    expect(endWords('streaming', null, true)).toBeNull();
  });

  it.each([
    ['cut', 'length', /length limit/],
    ['cut', null, /without a finish reason/],
    ['cut', 'content_filter', /content filter/],
    ['cut', 'size_limit', /16 MB/],
    ['cut', 'weird', /“weird”/],
    ['stopped', null, /Stopped/],
    ['interrupted', null, /Interrupted/],
  ] as const)('%s, %s', (state, reason, words) => {
    expect(endWords(state, reason, false)?.words).toMatch(words);
  });

  it.each(['eos', 'end_turn', 'STOP', 'tool_calls', 'weird'])('whole with %s', (reason) => {
    expect(endWords('complete', reason, false)).toBeNull();
  });

  it('keeps nothing where nothing came', () => {
    expect(endWords('stopped', null, true)?.words).toMatch(/before anything arrived/);
    expect(endWords('interrupted', null, true)?.words).toMatch(/before anything arrived/);
    expect(endWords('stopped', null, true, false)?.words).toMatch(/is kept/);
  });

  it('says that an answer is empty', () => {
    expect(endWords('complete', 'stop', true)?.words).toMatch(/empty/);
  });
});
