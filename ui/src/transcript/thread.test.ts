import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageState } from '$lib/ipc/contract/MessageState';
import { Fake } from '$lib/ipc/fake';
import { emptyAnswer, errorOf, message } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import { Conversations } from '../sidebar/conversations.svelte';
import { entryId } from './thread.svelte';
import type { Turn } from './turn.svelte';

const answer = emptyAnswer('demo', 'Demo', 'demo-measure');
const to = {
  text: 'Go',
  attachments: [],
  provider: 'demo',
  model: 'demo-measure',
  preset: null,
  alone: false,
  copiedOf: null,
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A conversation in which an answer is being written, begun here. */
async function asked() {
  const fake = new Fake(world(), { manual: true });
  const conversations = new Conversations(
    fake,
    () => {},
    () => {},
  );
  await fake.listen('conversations', (event) => conversations.apply(event));
  const thread = conversations.current;
  await thread.send({ ...to, params: noParams() });
  return { fake, conversations, thread, turn: thread.live!, talk: fake.world.conversations[0]! };
}

/** One that was opened while the app says that its answer is being written. */
async function joined(prepare: (fake: Fake) => void = () => {}) {
  const made = world();
  const messages = [
    message({ id: 'q', role: 'user', text: 'Go' }),
    message({ id: 'a', parent: 'q', role: 'assistant', state: 'streaming', answer }),
  ];
  const talk = {
    ...{ id: 'c', title: 'Go', messages, params: noParams(), provider: null, model: null },
    updatedAt: Date.now(),
    answering: true,
  };
  made.conversations = [talk];
  const fake = new Fake(made, { manual: true });
  const conversations = new Conversations(
    fake,
    () => {},
    () => {},
  );
  await fake.listen('conversations', (event) => conversations.apply(event));
  prepare(fake);
  await conversations.open('c');
  const thread = conversations.current;
  const last = thread.entries.at(-1)!;
  return { fake, conversations, thread, turn: (last as { turn: Turn }).turn, talk };
}

/** The app's word that nobody answers in a conversation any more. */
function quiet(fake: Fake, id: string) {
  const { title, updatedAt } = fake.world.conversations.find((one) => one.id === id)!;
  const row = {
    ...{ id, title, updatedAt, thumbnail: null, answering: false },
    ...{ unread: false, pinned: false, archived: false },
  };
  fake.emit('conversations', { upserted: [row], removed: [], elsewhere: false });
}

const soon = () => vi.advanceTimersByTimeAsync(0);
const opens = (fake: Fake) =>
  fake.calls.filter(({ command }) => command === 'plugin:history|open').length;

describe('an answer that cannot be followed', () => {
  it('has failed where the app still says that it is written', async () => {
    const { thread, turn } = await joined((fake) =>
      fake.failNext.set('plugin:chat|attach', errorOf('not_found', 'x')),
    );
    await soon();
    expect(turn.state).toBe('failed');
    expect(turn.error?.code).toBe('not_found');
    expect(thread.live).toBeNull();
  });

  it.each<MessageState>(['interrupted', 'complete', 'failed', 'stopped', 'cut'])(
    'is %s where the app says so',
    async (state) => {
      const { fake, turn, talk } = await joined((fake) =>
        fake.failNext.set('plugin:chat|attach', errorOf('not_found', 'x')),
      );
      Object.assign(talk.messages[1]!, { state, text: 'All of it' });
      await soon();
      expect(turn.state).toBe(state);
      expect(turn.source).toBe('All of it');
      expect(opens(fake)).toBe(2);
    },
  );

  it('has failed where nothing can be told at all', async () => {
    const { turn, fake } = await joined((fake) =>
      fake.failNext.set('plugin:chat|attach', errorOf('internal', 'first')),
    );
    fake.failNext.set('plugin:history|open', errorOf('internal', 'second'));
    await soon();
    expect(turn.state).toBe('failed');
    expect(turn.error?.message).toBe('first');
  });

  it('ends with a snapshot that says that it has', async () => {
    const { fake, thread, turn } = await joined();
    await soon();
    expect(thread.live).toBe(turn);
    const kept = message({ id: 'a', role: 'assistant', state: 'interrupted', text: 'So far' });
    fake.push('a', { type: 'snapshot', message: kept });
    await soon();
    expect(turn.state).toBe('interrupted');
    expect(thread.live).toBeNull();
  });
});

describe('an answer whose end does not come', () => {
  it('is looked for once the app says that nobody answers', async () => {
    const { fake, thread, turn, talk } = await asked();
    Object.assign(talk.messages[1]!, { state: 'complete', text: 'Done' });
    quiet(fake, talk.id);
    await vi.advanceTimersByTimeAsync(1000);
    expect(turn.live).toBe(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(turn.state).toBe('complete');
    expect(turn.source).toBe('Done');
    expect(thread.live).toBeNull();
  });

  it('is not looked for where it comes a moment later', async () => {
    const { fake, turn, talk } = await asked();
    quiet(fake, talk.id);
    fake.push(turn.id, { type: 'finished', state: 'complete', answer });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turn.state).toBe('complete');
    expect(opens(fake)).toBe(0);
  });

  it('is interrupted where it cannot be read', async () => {
    const { fake, turn, talk } = await asked();
    fake.failNext.set('plugin:history|open', errorOf('storage', 'x'));
    quiet(fake, talk.id);
    await vi.advanceTimersByTimeAsync(5000);
    expect(turn.state).toBe('interrupted');
  });

  it('goes on where the app says that it is written after all', async () => {
    const { fake, turn, talk } = await asked();
    quiet(fake, talk.id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(turn.live).toBe(true);
    expect(opens(fake)).toBe(1);
  });

  it('is looked for also where another conversation is on the screen', async () => {
    const { fake, conversations, turn, talk } = await asked();
    conversations.begin();
    talk.messages[1]!.state = 'interrupted';
    quiet(fake, talk.id);
    await vi.advanceTimersByTimeAsync(5000);
    expect(turn.state).toBe('interrupted');
    await conversations.open(talk.id);
    expect(conversations.current.live).toBeNull();
  });
});

describe('stop', () => {
  it('ends an answer that nobody writes', async () => {
    const { thread, turn } = await joined();
    await soon();
    await thread.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turn.state).toBe('interrupted');
    expect(thread.live).toBeNull();
  });

  it('waits for the end that comes', async () => {
    const { fake, thread, turn } = await asked();
    await thread.stop();
    fake.push(turn.id, { type: 'finished', state: 'stopped', answer });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turn.state).toBe('stopped');
    expect(opens(fake)).toBe(0);
  });

  it('says that it did not work, and can be asked for again', async () => {
    const { fake, thread, turn } = await asked();
    fake.failNext.set('plugin:chat|stop', errorOf('internal', 'Not now.'));
    await expect(thread.stop()).rejects.toMatchObject({ message: 'Not now.' });
    expect(turn.live).toBe(true);
    await thread.stop();
    fake.push(turn.id, { type: 'finished', state: 'stopped', answer });
    await soon();
    expect(turn.state).toBe('stopped');
  });

  it('says nothing where it came too late', async () => {
    const { fake, thread, turn, talk } = await asked();
    Object.assign(talk.messages[1]!, { state: 'complete', text: 'Done' });
    fake.failNext.set('plugin:chat|stop', errorOf('not_found', 'x'));
    await thread.stop();
    expect(turn.state).toBe('complete');
  });
});

describe('an answer that could not be kept', () => {
  const text = { keep: 0, grow: null, blocks: [{ id: 'a', html: '<p>Half</p>', parts: [] }] };

  async function unkept() {
    const it = await asked();
    it.fake.push(it.turn.id, { type: 'chunk', text, reasoning: null });
    it.fake.push(it.turn.id, { type: 'failed', error: errorOf('storage', 'x'), answer });
    await soon();
    // The app has less of it than the screen.
    Object.assign(it.talk.messages[1]!, { state: 'failed', text: 'Ha', blocks: [] });
    return it;
  }

  it('stays with its text, wherever one goes meanwhile', async () => {
    const { conversations, turn, thread, talk } = await unkept();
    expect(turn.unkept).toBe(true);
    conversations.begin();
    await conversations.open(talk.id);
    expect(conversations.current).toBe(thread);
    await thread.readAnew();
    expect(thread.entries.at(-1)).toMatchObject({ turn });
    expect(turn.text.current[0]?.html).toBe('<p>Half</p>');
  });

  it('is one only where there is text to keep', async () => {
    const { fake, turn } = await asked();
    fake.push(turn.id, { type: 'failed', error: errorOf('storage', 'x'), answer });
    await soon();
    expect(turn.unkept).toBe(false);
  });
});

describe('a change by another process', () => {
  it('that was read before a question does not take it away', async () => {
    const { fake, thread, turn, talk } = await asked();
    fake.push(turn.id, { type: 'finished', state: 'complete', answer });
    Object.assign(talk.messages[1]!, { state: 'complete' });
    await soon();
    let open = () => {};
    fake.holdNext.set('plugin:history|open', new Promise<void>((done) => (open = done)));
    const read = thread.readAnew();
    await soon();
    await thread.send({ ...to, params: noParams() });
    open();
    await read;
    expect(thread.entries).toHaveLength(4);
    expect(thread.live).not.toBeNull();
  });

  it('ends an answer that was followed, where it has', async () => {
    const { thread, turn, talk } = await joined();
    await soon();
    Object.assign(talk.messages[1]!, { state: 'complete', text: 'Done' });
    await thread.readAnew();
    expect(turn.state).toBe('complete');
    expect(thread.entries.at(-1)).toMatchObject({ turn });
  });

  it('leaves an answer alone that is still followed', async () => {
    const { fake, thread, turn } = await joined();
    await soon();
    const text = { keep: 0, grow: null, blocks: [{ id: 'x', html: '<p>So far</p>', parts: [] }] };
    fake.push('a', { type: 'chunk', text, reasoning: null });
    await thread.readAnew();
    expect(thread.live).toBe(turn);
    expect(turn.text.current).toHaveLength(1);
  });
});

describe('earlier messages', () => {
  it('are asked for once at a time', async () => {
    const { fake, thread, talk } = await joined((fake) => (fake.messagesPage = 1));
    expect(thread.earlier).toBe(true);
    await Promise.all([thread.readEarlier(), thread.readEarlier()]);
    await thread.readEarlier();
    expect(fake.calls.filter(({ command }) => command === 'plugin:history|earlier')).toHaveLength(
      1,
    );
    expect(thread.entries).toHaveLength(talk.messages.length);
  });

  it('do not come before another branch that was read meanwhile', async () => {
    const { fake, thread, talk } = await joined((fake) => (fake.messagesPage = 1));
    talk.messages[1]!.state = 'complete';
    let open = () => {};
    fake.holdNext.set('plugin:history|earlier', new Promise<void>((done) => (open = done)));
    const page = thread.readEarlier();
    await soon();
    talk.messages = [
      message({ id: 'q2', role: 'user', text: 'Or' }),
      message({ id: 'a2', parent: 'q2', role: 'assistant', text: 'Well' }),
    ];
    await thread.readAnew();
    open();
    await page;
    expect(thread.entries.map(entryId)).toEqual(['a2']);
    await thread.readEarlier();
    expect(thread.entries.map(entryId)).toEqual(['q2', 'a2']);
  });
});
