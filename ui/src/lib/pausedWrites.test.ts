import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { scene } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import { PausedWrites } from './pausedWrites.svelte';

const at = (temperature: number) => ({ ...noParams(), temperature });

describe('parameters of conversations', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function begin() {
    const fake = new Fake(scene('chat', 'en').world, { manual: true });
    const kept = new PausedWrites((id: string, params: ChatParams) =>
      fake.call('plugin:history|set_params', { id, params }),
    );
    const saved = () =>
      fake.calls
        .filter(({ command }) => command === 'plugin:history|set_params')
        .map(({ params }) => params as { id: string; params: { temperature: number } })
        .map(({ id, params }) => [id, params.temperature]);
    return { fake, kept, saved };
  }

  it('are kept once there is a pause, the last change alone', async () => {
    const { kept, saved } = begin();
    kept.set('c1', at(0.1));
    kept.set('c1', at(0.2));
    await vi.advanceTimersByTimeAsync(100);
    expect(saved()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved()).toEqual([['c1', 0.2]]);
  });

  it('are kept now and then where nobody pauses', async () => {
    const { kept, saved } = begin();
    for (let at100 = 1; at100 <= 30; at100++) {
      kept.set('c1', at(at100 / 100));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(saved()).toEqual([['c1', 0.2]]);
  });

  it('are kept at once when the page goes, each conversation’s own', async () => {
    const { fake, kept, saved } = begin();
    kept.set('c1', at(0.1));
    kept.set('c2', at(0.9));
    await kept.flush();
    expect(saved()).toEqual([
      ['c1', 0.1],
      ['c2', 0.9],
    ]);
    expect(fake.world.conversations.find(({ id }) => id === 'c2')?.params.temperature).toBe(0.9);
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved()).toHaveLength(2);
  });

  it('are not lost by a change while they are being kept', async () => {
    const { fake, kept, saved } = begin();
    kept.set('c1', at(0.1));
    const first = kept.flush();
    kept.set('c1', at(0.3));
    await first;
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved().at(-1)).toEqual(['c1', 0.3]);
    expect(fake.world.conversations[0]?.params.temperature).toBe(0.3);
  });

  it('that could not be kept wait for the next chance, and that is said', async () => {
    const { fake, kept, saved } = begin();
    fake.failNext.set('plugin:history|set_params', errorOf('storage', 'full'));
    kept.set('c1', at(0.1));
    await kept.flush();
    expect(kept.error?.code).toBe('storage');
    kept.set('c2', at(0.5));
    await kept.flush();
    expect(kept.error).toBeNull();
    expect(saved()).toEqual([
      ['c1', 0.1],
      ['c1', 0.1],
      ['c2', 0.5],
    ]);
  });

  it('of a conversation that is removed are forgotten', async () => {
    const { kept, saved } = begin();
    kept.set('c1', at(0.1));
    kept.drop('c1');
    await kept.flush();
    expect(saved()).toEqual([]);
  });
});
