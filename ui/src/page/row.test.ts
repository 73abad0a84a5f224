import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Fake } from '$lib/ipc/fake';
import { attachment, emptyAnswer, errorOf } from '$lib/ipc/fake/messages';
import { picture, world } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import { called, loadParts, openPage, texts } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const one = (id: string) =>
  attachment({ id, name: `${id}.png`, picture: picture(id, { name: `${id}.png` }) });

/** The page with these pictures attached, asked about each of them. */
async function withRow(ids: string[], prepare: (fake: Fake) => void = () => {}) {
  const made = world();
  made.attachments = ids.map(one);
  const opened = await openPage(made, prepare);
  await waitFor(() => expect(attached()).toEqual(ids.map((id) => `${id}.png`)));
  await opened.user.type(screen.getByTestId('composer-input'), 'Total?');
  await opened.user.click(screen.getByTestId('send-each'));
  return opened;
}

/** The names of what waits to be sent. */
const attached = () =>
  screen.queryAllByTestId('attachment').map((card) => /\w+\.png/.exec(card.outerHTML)?.[0]);

const typed = () => screen.getByTestId<HTMLTextAreaElement>('composer-input').value;
const progress = () => screen.queryByTestId('row')?.textContent?.replace(/\s+/g, ' ').trim();

interface Sent {
  text: string;
  attachments: string[];
  conversation: string | null;
  alone: boolean;
  copiedOf: string | null;
}

const sent = (fake: Fake) =>
  called(fake, 'plugin:chat|send').map(({ params }) => params as unknown as Sent);

const asked = (fake: Fake) => sent(fake).map(({ attachments }) => attachments.join());

/** Ends the answer that is being written, once it is on the screen. */
async function end(fake: Fake, number: number, failed: IpcError | null = null) {
  await waitFor(() => expect(sent(fake)).toHaveLength(number));
  const all = () => fake.world.conversations.flatMap(({ messages }) => messages);
  await waitFor(() => expect(all().some(({ state }) => state === 'streaming')).toBe(true));
  const written = all().find(({ state }) => state === 'streaming')!;
  await waitFor(() =>
    expect(document.querySelector(`[data-message="${written.id}"]`)).toBeTruthy(),
  );
  const answer = emptyAnswer('demo', 'Demo', 'demo-measure');
  written.state = failed ? 'failed' : 'complete';
  if (failed) fake.push(written.id, { type: 'failed', error: failed, answer });
  else fake.push(written.id, { type: 'finished', state: 'complete', answer });
}

describe('one question for each picture', () => {
  it('is offered where there are several pictures', async () => {
    const made = world();
    made.attachments = [one('a')];
    const { fake } = await openPage(made);
    await waitFor(() => expect(attached()).toEqual(['a.png']));
    expect(screen.queryByTestId('send-each')).toBeNull();
    fake.emit('attachment', { draft: 'main', attachment: one('b') });
    await waitFor(() =>
      expect(screen.getByTestId('send-each').textContent).toContain('each of the 2 pictures'),
    );
  });

  it('asks about one after the other in one conversation, each alone', async () => {
    const { fake } = await withRow(['a', 'b', 'c']);
    await waitFor(() => expect(progress()).toBe('Picture 1 of 3 Stop'));
    await waitFor(() => expect(attached()).toEqual(['b.png', 'c.png']));
    expect(typed()).toBe('Total?');
    // Kept over a restart: the pictures, and the question that is sent no more.
    expect(called(fake, 'plugin:images|keep_unsent')[0]!.params).toEqual({ ids: ['a', 'b', 'c'] });
    const draft = { conversation: fake.world.conversations[0]!.id, message: null, text: 'Total?' };
    await waitFor(() =>
      expect(called(fake, 'plugin:history|keep_draft').at(-1)?.params).toEqual(draft),
    );
    await end(fake, 1);
    await waitFor(() => expect(progress()).toBe('Picture 2 of 3 Stop'));
    await end(fake, 2);
    await end(fake, 3);
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(asked(fake)).toEqual(['a', 'b', 'c']);
    const [first, ...others] = sent(fake);
    expect(first).toMatchObject({
      conversation: null,
      text: 'Total?',
      alone: true,
      copiedOf: null,
    });
    const of = fake.world.conversations[0]!;
    for (const other of others) {
      expect(other).toMatchObject({ conversation: of.id, text: 'Total?', alone: true });
      expect(other.copiedOf).toBe(of.messages[1]!.id);
    }
    expect(texts().filter((text) => text === 'Total?')).toHaveLength(3);
    expect([attached(), typed()]).toEqual([[], '']);
  });

  it('leaves the rest where it was when it is stopped', async () => {
    const { fake, user } = await withRow(['a', 'b', 'c']);
    await end(fake, 1);
    await waitFor(() => expect(progress()).toBe('Picture 2 of 3 Stop'));
    await waitFor(() => expect(sent(fake)).toHaveLength(2));
    await user.click(screen.getByTestId('row-stop'));
    await waitFor(() => expect(called(fake, 'plugin:chat|stop')).toHaveLength(1));
    await end(fake, 2);
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(asked(fake)).toEqual(['a', 'b']);
    expect([attached(), typed()]).toEqual([['c.png'], 'Total?']);
    expect(screen.getByTestId('send')).toBeTruthy();
  });

  it('goes on after one that fails, unless the next would, too', async () => {
    const { fake } = await withRow(['a', 'b', 'c', 'd']);
    await end(fake, 1, errorOf('picture_refused', 'Bad picture.'));
    await end(fake, 2, errorOf('rate_limit', 'Too many requests.'));
    await end(fake, 3, errorOf('no_balance', 'No money.'));
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(asked(fake)).toEqual(['a', 'b', 'c']);
    expect([attached(), typed()]).toEqual([['d.png'], 'Total?']);
  });

  it('ends where the provider cannot be reached twice', async () => {
    const { fake } = await withRow(['a', 'b', 'c', 'd']);
    await end(fake, 1, errorOf('network', 'Reset.'));
    await end(fake, 2);
    await end(fake, 3, errorOf('network', 'Reset.'));
    await end(fake, 4, errorOf('network', 'Reset.'));
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(typed()).toBe('');
    cleanup();
    const again = await withRow(['a', 'b', 'c']);
    await end(again.fake, 1, errorOf('network', 'Reset.'));
    await end(again.fake, 2, errorOf('network', 'Reset.'));
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(attached()).toEqual(['c.png']);
  });

  it('passes over a picture that cannot be sent, and says why at the end', async () => {
    const { fake } = await withRow(['a', 'b'], (fake) =>
      fake.failNext.set('plugin:chat|send', errorOf('cannot_fit', 'a.png does not fit.')),
    );
    await end(fake, 2);
    await waitFor(() => expect(progress()).toBeUndefined());
    expect([attached(), typed()]).toEqual([['a.png'], 'Total?']);
    expect(screen.getByTestId('composer-error').textContent).toContain('a.png does not fit.');
  });

  it('goes on after a reload of the page', async () => {
    const { fake } = await withRow(['a', 'b', 'c']);
    await end(fake, 1);
    await waitFor(() => expect(progress()).toBe('Picture 2 of 3 Stop'));
    await waitFor(() => expect(sent(fake)).toHaveLength(2));
    await waitFor(() => expect(attached()).toEqual(['c.png']));
    cleanup();
    render(App, { backend: fake });
    await waitFor(() => expect(progress()).toBe('Picture 2 of 3 Stop'));
    await end(fake, 2);
    await end(fake, 3);
    await waitFor(() => expect(progress()).toBeUndefined());
    expect(asked(fake)).toEqual(['a', 'b', 'c']);
    await waitFor(() => expect([attached(), typed()]).toEqual([[], '']));
  });

  it('goes on while another conversation is on the screen', async () => {
    const { fake, user } = await withRow(['a', 'b']);
    await waitFor(() => expect(sent(fake)).toHaveLength(1));
    const written = await waitFor(() => fake.world.conversations[0]!.messages[1]!);
    await waitFor(() => expect(attached()).toEqual(['b.png']));
    await user.keyboard('{Control>}n{/Control}');
    await waitFor(() => expect(progress()).toBeUndefined());
    written.state = 'complete';
    const answer = emptyAnswer('demo', 'Demo', 'demo-measure');
    fake.push(written.id, { type: 'finished', state: 'complete', answer });
    await waitFor(() => expect(asked(fake)).toEqual(['a', 'b']));
    expect([attached(), typed()]).toEqual([[], '']);
  });
});
