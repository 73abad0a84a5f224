import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import { emptyAnswer, message } from '$lib/ipc/fake/messages';
import { failure } from '$lib/ipc/fake/states';
import { clock, secondsUntil } from '$lib/clock.svelte';
import { Turn } from './turn.svelte';

const answer = emptyAnswer('chenyu', 'Chenyu', 'm');
const chunk: ChatEvent = {
  type: 'chunk',
  text: { keep: 0, grow: null, blocks: [{ id: 'b', html: '<p>A</p>', parts: [] }] },
  reasoning: null,
};

/** Reads a value as a component does: again whenever it may have changed. */
function watch<T>(read: () => T): { seen: T[]; stop: () => void } {
  const seen: T[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      const value = read();
      if (seen.length === 0 || seen.at(-1) !== value) seen.push(value);
    });
  });
  flushSync();
  return { seen, stop };
}

const begin = (given = {}) =>
  new Turn(message({ id: 'a', role: 'assistant', state: 'streaming', answer, ...given }), (flush) =>
    flush(),
  );

/** Lets time go by, a second at a time, as it does. */
async function pass(ms: number) {
  for (let left = ms; left > 0; left -= 1000) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 1000));
    flushSync();
  }
}

describe('silence', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(async () => {
    // A timer that nobody reads any more ends a moment later.
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
  });

  it('is said after 8 seconds, by the second, until something comes', async () => {
    const turn = begin();
    const { seen, stop } = watch(() => turn.quiet);
    await pass(8000);
    expect(seen).toEqual([null]);
    await pass(3000);
    expect(seen).toEqual([null, 9, 10, 11]);
    turn.push(chunk);
    flushSync();
    expect(seen.at(-1)).toBeNull();
    await pass(8000);
    expect(seen.at(-1)).toBeNull();
    await pass(1000);
    expect(seen.at(-1)).toBe(9);
    stop();
  });

  it('ends with the answer, and the timer with it', async () => {
    const turn = begin();
    const { seen, stop } = watch(() => turn.quiet);
    await pass(20_000);
    expect(seen.at(-1)).toBe(20);
    expect(vi.getTimerCount()).toBe(1);
    turn.push({ type: 'finished', state: 'complete', answer });
    flushSync();
    expect(seen.at(-1)).toBeNull();
    await pass(60_000);
    expect(vi.getTimerCount()).toBe(0);
    stop();
  });

  it('needs one timer, however many wait', async () => {
    const turns = [begin(), begin(), begin()];
    const watches = turns.map((turn) => watch(() => turn.quiet));
    expect(vi.getTimerCount()).toBe(1);
    for (const { stop } of watches) stop();
    await pass(10);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts from the question where an answer is joined later', async () => {
    const turn = begin({ createdAt: Date.now() - 45_000 });
    const { seen, stop } = watch(() => turn.quiet);
    expect(seen).toEqual([45]);
    stop();
  });

  it('is not said while a next try is waited for, but from it on', async () => {
    const turn = begin();
    const at = Date.now() + 20_000;
    turn.push({
      type: 'note',
      note: { type: 'retrying', error: failure('rate_limit'), attempt: 1, of: 2, at },
    });
    const { seen, stop } = watch(() => turn.quiet);
    expect(turn.retrying?.at).toBe(at);
    await pass(28_000);
    expect(seen).toEqual([null]);
    await pass(1000);
    expect(seen.at(-1)).toBe(9);
    turn.push({ type: 'started', answer });
    expect(turn.retrying).toBeNull();
    stop();
  });
});

describe('a countdown', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(async () => {
    // A timer that nobody reads any more ends a moment later.
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
  });

  it('goes down by the second to none', async () => {
    const until = Date.now() + 2500;
    const { seen, stop } = watch(() => secondsUntil(until, clock.now));
    for (let second = 0; second < 5; second += 1) await pass(1000);
    expect(seen).toEqual([3, 2, 1, 0]);
    stop();
  });
});

describe('notes', () => {
  it('are kept as they come, and are the answer’s own in the end', async () => {
    const turn = begin();
    const note = { type: 'refused_pictures_left_out', count: 2 } as const;
    turn.push({ type: 'note', note });
    expect(turn.notes).toEqual([note]);
    turn.push({ type: 'started', answer });
    expect(turn.notes).toEqual([note]);
    turn.push({ type: 'finished', state: 'complete', answer: { ...answer, notes: [note] } });
    expect(turn.notes).toEqual([note]);
  });
});
