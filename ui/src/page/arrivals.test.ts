import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { scene, world } from '$lib/ipc/fake/scenes';
import { called, loadParts, openPage, talk, texts } from './test-page';

afterEach(cleanup);

beforeAll(loadParts, 120_000);

const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');

/** What waits in the app, as it does after something was opened with it. */
function arrives(
  fake: Fake,
  text: string,
  count = 0,
  refused = [] as ReturnType<typeof errorOf>[],
) {
  const picks = scene('chat', 'en').picks[0]!.slice(0, count);
  const files = picks.map((pick) => ({ ...pick, id: `${text} ${pick.id}` }));
  fake.world.arrived = { text, files, refused };
}

/** A house with a conversation that is open. */
function housed() {
  return { ...world(), conversations: [talk('c1', 2)], open: 'c1' };
}

describe('what comes from outside', () => {
  it('fills a new conversation at the start, after what was typed there, and sends nothing', async () => {
    const { fake } = await openPage({ ...housed(), draft: 'typed before' }, (fake) =>
      arrives(fake, 'what is it?', 2),
    );
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(2));
    expect(input().value).toBe('typed before\nwhat is it?');
    expect(texts()).toEqual([]);
    expect(called(fake, 'plugin:chat|send')).toEqual([]);
  });

  it('leaves the conversation as it was, with what is typed there', async () => {
    const { fake, user } = await openPage(housed());
    await waitFor(() => expect(texts()).toHaveLength(2));
    await user.type(input(), 'half a question');
    arrives(fake, 'another?', 1);
    fake.emit('arrived', null);
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(1));
    expect(input().value).toBe('another?');
    expect(texts()).toEqual([]);
    // Once more: to what is there.
    arrives(fake, 'and this?', 1);
    fake.emit('arrived', null);
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(2));
    expect(input().value).toBe('another?\nand this?');
    await user.click(screen.getByText('c1'));
    await waitFor(() => expect(input().value).toBe('half a question'));
    expect(screen.queryByTestId('attachment')).toBeNull();
  });

  it('closes the settings', async () => {
    const { fake, user } = await openPage();
    await user.keyboard('{Control>},{/Control}');
    await screen.findByTestId('settings-page');
    arrives(fake, 'hello');
    fake.emit('arrived', null);
    await waitFor(() => expect(screen.queryByTestId('settings-page')).toBeNull());
    expect(input().value).toBe('hello');
  });

  it('that was refused is said, and changes nothing else', async () => {
    const refusal = errorOf('link_refused', 'RAW', { why: 'more', what: 'image' });
    const { fake } = await openPage(housed());
    await waitFor(() => expect(texts()).toHaveLength(2));
    arrives(fake, '', 0, [refusal]);
    fake.emit('arrived', null);
    const notice = await screen.findByTestId('notice');
    expect(notice.textContent).toContain('it asks for “image”');
    expect(texts()).toHaveLength(2);
    expect(called(fake, 'plugin:images|take_arrived')).toEqual([]);
  });
});
