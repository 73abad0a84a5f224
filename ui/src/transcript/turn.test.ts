import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import { emptyAnswer, errorOf, message } from '$lib/ipc/fake/messages';
import { Turn } from './turn.svelte';

const answer = emptyAnswer('demo', 'Demo', 'demo');
const begin = () =>
  new Turn(message({ id: 'a', role: 'assistant', state: 'streaming', answer }), (flush) => flush());
const block = (id: string, html: string, parts: string[] = []) => ({ id, html, parts });
const chunk = (keep: number, ...html: string[]): ChatEvent => ({
  type: 'chunk',
  text: { keep, grow: null, blocks: html.map((text, at) => block(`b${keep + at}`, text)) },
  reasoning: null,
});

describe('a turn', () => {
  it('applies patches: keeps, replaces, appends', () => {
    const turn = begin();
    turn.push(chunk(0, '<p>On</p>'));
    turn.push(chunk(0, '<p>One</p>', '<p>Tw</p>'));
    turn.push(chunk(1, '<p>Two</p>'));
    expect(turn.text.current.map(({ html }) => html)).toEqual(['<p>One</p>', '<p>Two</p>']);
    expect(turn.text.empty).toBe(false);
    expect(turn.reasoning.empty).toBe(true);
  });

  it('grows a block by parts, then goes on after it', () => {
    const turn = begin();
    turn.push({
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [block('l', '<ul data-slot></ul>', ['<li>a</li>'])] },
      reasoning: null,
    });
    turn.push({
      type: 'chunk',
      text: {
        keep: 0,
        grow: { keep: 0, parts: ['<li>A</li>', '<li>B</li>'] },
        blocks: [block('p', '<p>end</p>')],
      },
      reasoning: null,
    });
    expect(turn.text.current.map(({ id, parts }) => [id, parts])).toEqual([
      ['l', ['<li>A</li>', '<li>B</li>']],
      ['p', []],
    ]);
  });

  it('does not change the event it was given', () => {
    const turn = begin();
    const first = block('l', '<ul data-slot></ul>', []);
    turn.push({ type: 'chunk', text: { keep: 0, grow: null, blocks: [first] }, reasoning: null });
    turn.push({
      type: 'chunk',
      text: { keep: 0, grow: { keep: 0, parts: ['<li>a</li>'] }, blocks: [] },
      reasoning: null,
    });
    expect(first.parts).toEqual([]);
  });

  it('ends once: what comes after the end changes nothing', () => {
    const turn = begin();
    turn.push(chunk(0, '<p>One</p>'));
    turn.push({ type: 'finished', state: 'complete', answer: { ...answer, finishReason: 'stop' } });
    turn.push({ type: 'failed', error: errorOf('network', 'late'), answer });
    turn.push(chunk(0, '<p>late</p>'));
    turn.push({ type: 'finished', state: 'cut', answer });
    expect(turn.state).toBe('complete');
    expect(turn.error).toBeNull();
    expect(turn.answer?.finishReason).toBe('stop');
    expect(turn.text.current).toHaveLength(1);
  });

  it('keeps what had come when it fails', () => {
    const turn = begin();
    turn.push(chunk(0, '<p>Half</p>'));
    turn.push({ type: 'failed', error: errorOf('no_balance', 'no money'), answer });
    expect(turn.state).toBe('failed');
    expect(turn.error?.code).toBe('no_balance');
    expect(turn.text.current[0]?.html).toBe('<p>Half</p>');
  });

  it('takes a snapshot, then the rest', () => {
    const turn = begin();
    const blocks = [block('x', '<p>So far</p>')];
    turn.push({
      type: 'snapshot',
      message: message({ id: 'a', role: 'assistant', state: 'streaming', answer, blocks }),
    });
    turn.push(chunk(1, '<p>and on</p>'));
    expect(turn.text.current.map(({ html }) => html)).toEqual(['<p>So far</p>', '<p>and on</p>']);
    expect(turn.live).toBe(true);
  });

  it('takes a snapshot of an answer that ended meanwhile', () => {
    const turn = begin();
    turn.push({
      type: 'snapshot',
      message: message({ id: 'a', role: 'assistant', state: 'stopped', answer, text: 'So' }),
    });
    expect(turn.state).toBe('stopped');
    expect(turn.source).toBe('So');
  });

  it('applies together what came together', () => {
    const frames: (() => void)[] = [];
    const turn = new Turn(
      message({ id: 'a', role: 'assistant', state: 'streaming', answer }),
      (flush) => frames.push(flush),
    );
    turn.push(chunk(0, '<p>a</p>'));
    turn.push(chunk(1, '<p>b</p>'));
    expect(frames).toHaveLength(1);
    expect(turn.text.empty).toBe(true);
    frames[0]?.();
    expect(turn.text.current).toHaveLength(2);
  });
});
