import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { Target } from './target';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (model: string, detail: string | null = null) => ({ provider: 'chenyu', model, detail });

describe('the target', () => {
  it('is told once the choice rests, and only where it changed', async () => {
    const fake = new Fake(world());
    const target = new Target(fake);
    target.tell(at('a'));
    target.tell(at('b'));
    await vi.advanceTimersByTimeAsync(149);
    expect(fake.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.calls.map(({ params }) => params)).toEqual([at('b')]);
    target.tell(at('b'));
    await vi.advanceTimersByTimeAsync(500);
    expect(fake.calls).toHaveLength(1);
    target.tell(at('b', 'high'));
    await vi.advanceTimersByTimeAsync(150);
    expect(fake.calls[1]!.params).toEqual(at('b', 'high'));
  });

  it('is told again after a failure', async () => {
    const fake = new Fake(world());
    fake.failNext.set('plugin:images|target', errorOf('internal', 'x'));
    const target = new Target(fake);
    target.tell(at('a'));
    await vi.advanceTimersByTimeAsync(150);
    target.tell(at('a'));
    await vi.advanceTimersByTimeAsync(150);
    expect(fake.calls).toHaveLength(2);
  });

  it('is not told when it went before the pause', async () => {
    const fake = new Fake(world());
    const target = new Target(fake);
    target.tell(at('a'));
    target.tell(null);
    await vi.advanceTimersByTimeAsync(500);
    expect(fake.calls).toEqual([]);
  });
});
