import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { scene, world } from '$lib/ipc/fake/scenes';
import { called, change, comeNear, gate, openPage, talk, texts, watchSight } from './test-page';

beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const asked = (fake: Fake) => called(fake, 'plugin:history|earlier');
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => from + at).map(
    (at) => `long ${at % 2 === 0 ? 'q' : 'a'}${at}`,
  );

/** Opens a conversation of ten messages, four a page. */
async function openLong(count = 10) {
  const made = world();
  made.conversations = [talk('long', Date.now(), count), talk('other', Date.now() - 1000)];
  const { fake, user } = await openPage(made, (fake) => (fake.messagesPage = 4));
  await user.click(await screen.findByText('long'));
  await waitFor(() => expect(texts()).toEqual(numbers(count - 4, count)));
  return { fake, user };
}

describe('earlier messages', () => {
  it('come a page at a time, as one scrolls near the first', async () => {
    const { fake } = await openLong();
    expect(asked(fake)).toHaveLength(0);
    expect(comeNear('earlier')).toBe(true);
    await waitFor(() => expect(texts()).toEqual(numbers(2, 10)));
    expect(asked(fake)[0]?.params).toEqual({ message: 'long-6' });
    comeNear('earlier');
    await waitFor(() => expect(texts()).toEqual(numbers(0, 10)));
    expect(asked(fake)[1]?.params).toEqual({ message: 'long-2' });
    expect(screen.queryByTestId('earlier')).toBeNull();
    expect(called(fake, 'plugin:history|open')).toHaveLength(1);
  });

  it('say of each message which it is of those that are there', async () => {
    await openLong();
    const places = () =>
      within(screen.getByRole('feed'))
        .getAllByRole('article')
        .map((one) => `${one.getAttribute('aria-posinset')}/${one.getAttribute('aria-setsize')}`);
    expect(places()).toEqual(['1/-1', '2/-1', '3/-1', '4/-1']);
    comeNear('earlier');
    await waitFor(() => expect(places()).toHaveLength(8));
    comeNear('earlier');
    await waitFor(() => expect(places()).toHaveLength(10));
    expect(places()[9]).toBe('10/10');
  });

  it('are not offered where there are none', async () => {
    await openLong(4);
    expect(screen.queryByTestId('earlier')).toBeNull();
  });

  it('are asked for once at a time, and the messages that are there stay the same', async () => {
    const { passed, open } = gate();
    const { fake, user } = await openLong();
    const shown = screen.getAllByTestId('message');
    fake.holdNext.set('plugin:history|earlier', passed);
    comeNear('earlier');
    await waitFor(() => expect(screen.getByTestId('earlier').dataset.state).toBe('reading'));
    expect(within(screen.getByTestId('earlier')).getByRole('status').textContent).toBe(
      'Loading earlier messages…',
    );
    expect(comeNear('earlier')).toBe(false);
    await user.click(within(screen.getByTestId('earlier')).getByRole('button'));
    expect(asked(fake)).toHaveLength(1);
    open();
    await waitFor(() => expect(texts()).toHaveLength(8));
    expect(screen.getAllByTestId('message').slice(4)).toEqual(shown);
  });

  it('say that they could not be read, and are asked for again', async () => {
    const { fake, user } = await openLong();
    fake.failNext.set('plugin:history|earlier', errorOf('internal', 'The disk is busy.'));
    comeNear('earlier');
    const alert = await within(screen.getByTestId('earlier')).findByRole('alert');
    expect(alert.textContent).toContain('Earlier messages could not be read.');
    expect(alert.textContent).toContain('The disk is busy.');
    // Not by itself: it would fail again and again.
    expect(comeNear('earlier')).toBe(false);
    expect(texts()).toHaveLength(4);
    await user.click(within(screen.getByTestId('earlier')).getByText('Retry'));
    await waitFor(() => expect(texts()).toHaveLength(8));
  });

  it('are reached by the keyboard, and leave the focus in the conversation', async () => {
    const { user } = await openLong(6);
    within(screen.getByTestId('earlier')).getByRole('button').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(texts()).toHaveLength(6));
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Conversation' }));
  });

  it('do not come into a conversation that was opened meanwhile', async () => {
    const { passed, open } = gate();
    const { fake, user } = await openLong();
    fake.holdNext.set('plugin:history|earlier', passed);
    comeNear('earlier');
    await waitFor(() => expect(asked(fake)).toHaveLength(1));
    await user.click(screen.getByText('other'));
    await waitFor(() => expect(texts()).toEqual(['other q0', 'other a1']));
    open();
    await Promise.resolve();
    expect(texts()).toEqual(['other q0', 'other a1']);
  });

  it('stay where another process adds to the end', async () => {
    const { fake } = await openLong();
    comeNear('earlier');
    await waitFor(() => expect(texts()).toHaveLength(8));
    const shown = screen.getAllByTestId('message');
    fake.world.conversations[0]!.messages = talk('long', 1, 12).messages;
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(texts()).toEqual(numbers(2, 12)));
    expect(screen.getAllByTestId('message').slice(0, 8)).toEqual(shown);
    comeNear('earlier');
    await waitFor(() => expect(texts()).toEqual(numbers(0, 12)));
  });

  it('go where another process took another way', async () => {
    const { fake } = await openLong();
    comeNear('earlier');
    await waitFor(() => expect(texts()).toHaveLength(8));
    const branch = talk('long', 1, 8).messages.map((message, at) => ({
      ...message,
      id: `branch-${at}`,
      parent: at > 0 ? `branch-${at - 1}` : null,
    }));
    fake.world.conversations[0]!.messages = branch;
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(texts()).toEqual(numbers(4, 8)));
    comeNear('earlier');
    await waitFor(() => expect(texts()).toEqual(numbers(0, 8)));
    expect(asked(fake).at(-1)?.params).toEqual({ message: 'branch-4' });
  });

  it('are counted by the app where the next request is too large', async () => {
    const made = scene('full', 'en').world;
    const { conversations } = made;
    conversations[0]!.messages.push(...talk('more', 1, 4).messages);
    const { user } = await openPage(made, (fake) => (fake.messagesPage = 4));
    await user.click(await screen.findByText('A state'));
    await waitFor(() => expect(texts()).toHaveLength(4));
    // No picture is loaded; four stand before what is.
    expect((await screen.findByTestId('next-size')).textContent).toContain('4 pictures');
    expect(screen.getByTestId('keep-fewer').textContent).toContain('2');
  });
});

describe('an answer that is copied', () => {
  it('is read by the shell, without its conversation', async () => {
    const { fake, user } = await openPage();
    await user.type(screen.getByTestId('composer-input'), 'Go{Enter}');
    await waitFor(() => expect(texts()).toHaveLength(2));
    const talk = fake.world.conversations[0]!;
    const answer = talk.messages[1]!;
    Object.assign(answer, { state: 'complete', text: '# Whole' });
    fake.push(answer.id, {
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [{ id: 'a', html: '<h1>Whole</h1>', parts: [] }] },
      reasoning: null,
    });
    fake.push(answer.id, { type: 'finished', state: 'complete', answer: answer.answer! });
    await user.click(await screen.findByLabelText('Copy answer'));
    await screen.findByLabelText('Copied');
    expect(called(fake, 'plugin:out|copy_answer').map(({ params }) => params)).toEqual([
      { message: answer.id, form: 'markdown' },
    ]);
    expect(called(fake, 'plugin:history|open')).toHaveLength(0);
  });

  it('says where it cannot be read', async () => {
    const { fake, user } = await openPage();
    await user.type(screen.getByTestId('composer-input'), 'Go{Enter}');
    await waitFor(() => expect(texts()).toHaveLength(2));
    const answer = fake.world.conversations[0]!.messages[1]!;
    fake.push(answer.id, {
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [{ id: 'a', html: '<p>A</p>', parts: [] }] },
      reasoning: null,
    });
    fake.push(answer.id, { type: 'finished', state: 'complete', answer: answer.answer! });
    fake.failNext.set('plugin:out|copy_answer', errorOf('not_found', 'x'));
    await user.click(await screen.findByLabelText('Copy answer'));
    expect((await screen.findByTestId('notice')).textContent).toContain('no longer exists');
    expect(screen.queryByLabelText('Copied')).toBeNull();
  });
});
