import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RequestSizeParams } from '$lib/ipc/contract/RequestSizeParams';
import { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { scene } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import { NextRequest } from './nextRequest.svelte';

const of = (text: string): RequestSizeParams => ({
  conversation: 'c1',
  text,
  attachments: [],
  provider: 'chenyu',
  model: 'm',
  params: noParams(),
});

describe('the size of the next request', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function begin() {
    const fake = new Fake(scene('full', 'en').world, { manual: true });
    return { fake, next: new NextRequest(fake) };
  }

  it('is asked for once there is a pause', async () => {
    const { fake, next } = begin();
    next.ask(of('a'));
    await vi.advanceTimersByTimeAsync(200);
    next.ask(of('ab'));
    await vi.advanceTimersByTimeAsync(299);
    expect(fake.calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.calls.map(({ params }) => params)).toEqual([of('ab')]);
    expect(next.size?.pictures).toBe(4);
  });

  it('is gone with what it was about, a late answer included', async () => {
    const { next } = begin();
    next.ask(of('a'));
    vi.advanceTimersByTime(300);
    next.ask(null);
    await vi.advanceTimersByTimeAsync(1000);
    expect(next.size).toBeNull();
  });

  it('is not said where it is not known', async () => {
    const { fake, next } = begin();
    fake.failNext.set('plugin:chat|size', errorOf('internal', 'x'));
    next.ask(of('a'));
    await vi.advanceTimersByTimeAsync(300);
    expect(next.size).toBeNull();
  });

  it('stays while the question is typed on, and goes with its conversation', async () => {
    const { next } = begin();
    next.ask(of('a'));
    await vi.advanceTimersByTimeAsync(300);
    next.wait();
    next.ask(of('ab'));
    expect(next.size?.pictures).toBe(4);
    next.wait();
    next.ask({ ...of('ab'), conversation: 'c2' });
    expect(next.size).toBeNull();
  });
});
