import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { emptyAnswer } from '$lib/ipc/fake/messages';
import { scene, world } from '$lib/ipc/fake/scenes';
import type { Talk } from '$lib/ipc/fake/world';
import { called, loadParts, openPage, talk, texts } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const picture = scene('chat', 'en').picks[0]![0]!.picture!;

/** Opens a conversation of so many messages, changed as asked. */
async function opened(count = 4, change: (talk: Talk) => void = () => {}) {
  const made = world();
  const one = talk('c', Date.now() - 60_000, count);
  one.messages.forEach((message, at) => {
    message.createdAt = Date.now() - 50_000 + at;
    if (message.role === 'assistant') message.answer = emptyAnswer('demo', 'Demo', 'demo');
  });
  change(one);
  made.conversations = [one, talk('other', Date.now() - 90_000)];
  const { fake, user } = await openPage(made);
  await user.click(await screen.findByText('c'));
  await waitFor(() => expect(texts()).toHaveLength(count));
  return { fake, user };
}

const messages = () => screen.getAllByTestId('message');
const action = (at: number, name: string) => within(messages()[at]!).getByTestId(name);
const params = (fake: Fake, command: Parameters<typeof called>[1]) =>
  called(fake, command).at(-1)?.params;

/** Ends the answer that is being written last. */
function finish(fake: Fake, text: string) {
  const all = fake.world.conversations.flatMap(({ messages }) => messages);
  const live = all.findLast(({ state }) => state === 'streaming')!;
  const blocks = [{ id: text, html: `<p>${text}</p>`, parts: [] }];
  Object.assign(live, { state: 'complete', text, blocks });
  fake.push(live.id, { type: 'snapshot', message: structuredClone(live) });
  fake.push(live.id, { type: 'finished', state: 'complete', answer: live.answer! });
  return live.id;
}

describe('an answer is asked for again', () => {
  it('in the middle, and what followed is there when one steps back, by keys too', async () => {
    const { fake, user } = await opened();
    await user.click(action(1, 'regenerate'));
    await waitFor(() => expect(texts()).toHaveLength(2));
    expect(params(fake, 'plugin:chat|retry')).toMatchObject({ message: 'c-1', model: 'demo' });
    finish(fake, 'again');
    await waitFor(() => expect(texts()).toEqual(['c q0', 'again']));

    const versions = await screen.findByRole('group', { name: 'Version 2 of 2' });
    within(versions).getByTestId('version-before').focus();
    await user.keyboard('{ArrowLeft}');
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1', 'c q2', 'c a3']));
    const first = screen.getByRole('group', { name: 'Version 1 of 2' });
    await waitFor(() => expect(first.contains(document.activeElement)).toBe(true));
    expect(
      screen.getByText('Version 1 of 2', { selector: '[aria-live], [role=status]' }),
    ).toBeTruthy();
    // There is none before the first: the button says so and does nothing.
    expect(document.activeElement?.getAttribute('aria-disabled')).toBe('true');
    await user.keyboard('{ArrowLeft}');
    expect(called(fake, 'plugin:history|show')).toHaveLength(1);
    await user.click(within(first).getByTestId('version-after'));
    await waitFor(() => expect(texts()).toEqual(['c q0', 'again']));
  });

  it('of another model, chosen by name', async () => {
    const { fake, user } = await opened();
    await user.click(action(3, 'regenerate-other'));
    await user.type(await screen.findByTestId('model-search'), 'gpt');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|retry')).toHaveLength(1));
    const asked = params(fake, 'plugin:chat|retry') as { provider: string; model: string };
    expect(asked.provider).not.toBe('demo');
    // Who is asked next in the conversation is a matter of the composer's own picker.
    expect(called(fake, 'plugin:settings|set')).toHaveLength(0);
  });

  it('of none while one is written, and says why; copying goes on', async () => {
    const { fake, user } = await opened();
    await user.click(action(3, 'regenerate'));
    await waitFor(() => expect(texts()).toHaveLength(4));
    const why = /an answer is being written/;
    for (const name of ['regenerate', 'regenerate-other', 'message-delete']) {
      expect(action(1, name).getAttribute('aria-disabled')).toBe('true');
      expect(action(1, name).getAttribute('aria-label')).toMatch(why);
    }
    expect(action(0, 'edit').getAttribute('aria-label')).toMatch(why);
    await user.click(action(1, 'regenerate'));
    expect(called(fake, 'plugin:chat|retry')).toHaveLength(1);
    expect(action(0, 'copy-question').getAttribute('aria-disabled')).toBeNull();
  });

  it('of a question that has none', async () => {
    const { fake, user } = await opened(3);
    await user.click(screen.getByTestId('answer'));
    await waitFor(() => expect(texts()).toHaveLength(4));
    expect(params(fake, 'plugin:chat|retry')).toMatchObject({ message: 'c-2' });
    expect(screen.queryByTestId('answer')).toBeNull();
  });
});

describe('a question is changed', () => {
  const withPicture = (one: Talk) => (one.messages[0]!.pictures = [picture]);
  const field = () => screen.findByTestId<HTMLTextAreaElement>('edit-input');

  it('in its place, with its pictures, and stands beside the old one', async () => {
    const { fake, user } = await opened(4, withPicture);
    await user.click(action(0, 'edit'));
    const input = await field();
    expect(input.value).toBe('c q0');
    expect(document.activeElement).toBe(input);
    const card = screen.getByTestId('edit-question');
    await within(card).findByTestId('attachment');
    await user.clear(input);
    await user.type(input, 'changed{Shift>}{Enter}{/Shift}twice{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|edit')).toHaveLength(1));
    const sent = params(fake, 'plugin:chat|edit') as { attachments: string[] };
    expect(sent).toMatchObject({ message: 'c-0', text: 'changed\ntwice' });
    expect(sent.attachments).toHaveLength(1);
    await waitFor(() => expect(texts()).toEqual(['changed\ntwice', '']));
    finish(fake, 'new');
    expect(await screen.findByRole('group', { name: 'Version 2 of 2' })).toBeTruthy();
    expect(screen.queryByTestId('edit-question')).toBeNull();
    // Nothing of it went to the question that is asked next.
    expect(screen.queryByTestId('attachment')).toBeNull();
    await user.click(screen.getByTestId('version-before'));
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1', 'c q2', 'c a3']));
  });

  it('with pictures that are taken out and added', async () => {
    const { fake, user } = await opened(2, withPicture);
    await user.click(action(0, 'edit'));
    const card = await screen.findByTestId('edit-question');
    await user.click(await within(card).findByTestId('attachment-remove'));
    fake.picks = [[scene('chat', 'en').picks[0]![0]!]];
    await user.click(within(card).getByRole('button', { name: /Attach|attach/ }));
    await within(card).findByTestId('attachment');
    await user.type(await field(), '!{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|edit')).toHaveLength(1));
    const sent = params(fake, 'plugin:chat|edit') as { attachments: string[] };
    expect(sent.attachments).toEqual([scene('chat', 'en').picks[0]![0]!.id]);
  });

  it('or left by Escape, which asks only where something was typed', async () => {
    const { fake, user } = await opened(2, withPicture);
    await user.click(action(0, 'edit'));
    await field();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('edit-question')).toBeNull());
    expect(document.activeElement).toBe(action(0, 'edit'));
    await waitFor(() => expect(called(fake, 'plugin:images|remove')).toHaveLength(1));

    await user.keyboard('{Enter}');
    await user.type(await field(), ' and more{Escape}');
    expect(await screen.findByText('Discard your changes?')).toBeTruthy();
    const dialog = within(screen.getByRole('alertdialog'));
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(async () => expect((await field()).value).toBe('c q0 and more'));
    await user.type(await field(), '{Escape}');
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1']));
    expect(called(fake, 'plugin:chat|edit')).toHaveLength(0);
  });

  it('and what was typed outlives a failure to send', async () => {
    const { fake, user } = await opened();
    await user.click(action(2, 'edit'));
    fake.failNext.set('plugin:chat|edit', {
      ...{ code: 'no_key', message: 'There is no key.', args: {} },
      ...{ retryAfterMs: null, detail: null },
    } as never);
    await user.type(await field(), ' more{Enter}');
    expect(await screen.findByTestId('edit-error')).toBeTruthy();
    expect((await field()).value).toBe('c q2 more');
    expect(texts()).toHaveLength(4);
  });
});

describe('a message is deleted with what follows', () => {
  it('and brought back at once', async () => {
    const { fake, user } = await opened();
    await user.click(action(1, 'message-delete'));
    await waitFor(() => expect(texts()).toEqual(['c q0']));
    const undo = await screen.findByTestId('message-undo');
    await waitFor(() => expect(document.activeElement).toBe(undo));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1', 'c q2', 'c a3']));
    expect(params(fake, 'plugin:history|restore_message')).toEqual({ message: 'c-1' });
    expect(screen.queryByTestId('message-removed')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(action(1, 'message-delete')));
  });

  it('where there is another version, that is shown', async () => {
    const { fake, user } = await opened(2);
    await user.click(action(1, 'regenerate'));
    await waitFor(() => expect(called(fake, 'plugin:chat|retry')).toHaveLength(1));
    finish(fake, 'again');
    await waitFor(() => expect(texts()).toEqual(['c q0', 'again']));
    await user.click(action(1, 'message-delete'));
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1']));
    expect(screen.queryByTestId('versions')).toBeNull();
    await user.click(screen.getByTestId('message-undo'));
    await waitFor(() => expect(texts()).toEqual(['c q0', 'again']));
    expect(screen.getByRole('group', { name: 'Version 2 of 2' })).toBeTruthy();
  });

  it('the first one, too', async () => {
    const { user } = await opened();
    await user.click(action(0, 'message-delete'));
    await screen.findByTestId('message-undo');
    expect(screen.queryAllByTestId('message')).toHaveLength(0);
    await user.click(screen.getByTestId('message-undo'));
    await waitFor(() => expect(texts()).toHaveLength(4));
  });
});

describe('an answer that ended early', () => {
  const cut = (one: Talk) => (one.messages.at(-1)!.state = 'cut');

  it('is gone on with in its place', async () => {
    const { fake, user } = await opened(2, cut);
    await user.click(screen.getByTestId('continue'));
    await waitFor(() => expect(called(fake, 'plugin:chat|go_on')).toHaveLength(1));
    expect(params(fake, 'plugin:chat|go_on')).toMatchObject({ message: 'c-1', model: 'demo' });
    // What was there is there while more comes.
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1']));
    expect(messages()[1]!.dataset.state).toBe('streaming');
    finish(fake, 'c a1 and more');
    await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1 and more']));
    expect(screen.queryByTestId('continue')).toBeNull();
    expect(screen.queryByTestId('versions')).toBeNull();
  });

  it('or says that it began anew', async () => {
    const { fake, user } = await opened(2, cut);
    await user.click(screen.getByTestId('continue'));
    await waitFor(() => expect(called(fake, 'plugin:chat|go_on')).toHaveLength(1));
    const live = fake.world.conversations[0]!.messages.at(-1)!;
    live.versions = ['c-1', live.id];
    live.answer!.notes = [{ type: 'began_anew' }];
    fake.push(live.id, { type: 'note', note: { type: 'began_anew' } });
    finish(fake, 'all else');
    expect(await screen.findByText(/began anew instead of going on/)).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Version 2 of 2' })).toBeTruthy();
  });

  it('is not offered where there is nothing to go on from', async () => {
    await opened(2, (one) => {
      cut(one);
      Object.assign(one.messages[1]!, { text: '', blocks: [] });
    });
    expect(screen.getByTestId('retry')).toBeTruthy();
    expect(screen.queryByTestId('continue')).toBeNull();
  });
});

it('a new conversation begins with all up to a message', async () => {
  const { fake, user } = await opened();
  await user.click(action(1, 'branch'));
  await waitFor(() => expect(texts()).toEqual(['c q0', 'c a1']));
  expect(params(fake, 'plugin:history|fork')).toEqual({ message: 'c-1' });
  expect(screen.queryByTestId('versions')).toBeNull();
  expect(screen.getAllByTestId('conversation')).toHaveLength(3);
});

it('a question is copied, and its pictures are used again', async () => {
  const { fake, user } = await opened(2, (one) => {
    one.messages[0]!.pictures = [picture, { ...picture, name: 'second.png', hash: 'dusk' }];
  });
  await user.click(action(0, 'copy-question'));
  await waitFor(() => expect(params(fake, 'plugin:desktop|copy')).toEqual({ text: 'c q0' }));
  await user.click(action(0, 'pictures-again'));
  const composer = screen.getByTestId('composer');
  await waitFor(() => expect(within(composer).getAllByTestId('attachment')).toHaveLength(2));
  const again = called(fake, 'plugin:images|again').map(({ params }) => params);
  expect(again).toEqual([
    { message: 'c-0', hash: picture.hash },
    { message: 'c-0', hash: 'dusk' },
  ]);
});

it('each message says when it was', async () => {
  await opened(2, (one) => (one.messages[0]!.createdAt = new Date(2020, 4, 3, 14, 7).getTime()));
  const time = messages()[0]!.querySelector('time')!;
  expect(time.textContent).toMatch(/May 3, 2020, 14:07/);
  expect(time.title).toMatch(/Sunday/);
  expect(messages()[1]!.querySelector('time')!.textContent).toMatch(/^\d\d:\d\d$/);
});

it('what is dropped while a question is changed goes to it, as does its paste', async () => {
  const { fake, user } = await opened(2);
  await user.click(action(0, 'edit'));
  const input = await screen.findByTestId('edit-input');
  fake.picks = [[scene('chat', 'en').picks[0]![0]!]];
  await fireEvent.paste(input, {
    clipboardData: { types: ['Files'], items: [{ kind: 'file' }], files: [{}], getData: () => '' },
  });
  const card = screen.getByTestId('edit-question');
  expect(await within(card).findByTestId('attachment')).toBeTruthy();
  expect(within(screen.getByTestId('composer')).queryByTestId('attachment')).toBeNull();
  await user.click(screen.getByTestId('composer-input'));
  fake.picks = [[{ ...scene('chat', 'en').picks[0]![0]!, id: 'more' }]];
  await user.click(screen.getByTestId('attach'));
  const composer = screen.getByTestId('composer');
  expect(await within(composer).findByTestId('attachment')).toBeTruthy();
});
