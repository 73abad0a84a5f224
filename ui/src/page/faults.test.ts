import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '$lib/ipc/contract/Message';
import { scene } from '$lib/ipc/fake/scenes';
import {
  called,
  change,
  choose,
  openPage,
  row,
  texts,
  watchSight,
  worldOf,
  loadParts,
} from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A world of two conversations: the first holds what is given in its question. */
function worldWith(given: Partial<Message>) {
  const made = worldOf(2);
  Object.assign(made.conversations[0]!.messages[0]!, given);
  return made;
}

/** What cannot be drawn: a video that is none. */
const broken = { videos: [null as unknown as Message['videos'][number]] };

describe('what comes twice', () => {
  const link = {
    url: 'https://example.com/a.png',
    host: 'example.com',
    video: false,
    refused: false,
  };
  const video = { hash: 'v', name: 'a.mp4', mime: 'video/mp4', bytes: 9 };
  const seen = scene('chat', 'en').world.conversations.flatMap(({ messages }) =>
    messages.flatMap(({ pictures }) => pictures),
  )[0]!;

  it.each([
    ['links', { links: [link, link] }, 'message-link'],
    ['videos', { videos: [video, video] }, 'message-video'],
    ['pictures', { pictures: [seen, seen] }, 'message-picture'],
  ])('is shown twice: %s', async (_, given, testid) => {
    const { user } = await openPage(worldWith(given));
    await choose(user, 't0');
    await waitFor(() => expect(texts()).toEqual(['t0 q0', 't0 a1']));
    expect(screen.getAllByTestId(testid)).toHaveLength(2);
    await choose(user, 't1');
    await waitFor(() => expect(texts()).toEqual(['t1 q0', 't1 a1']));
  });

  it('is shown twice: messages, providers, models and keys', async () => {
    const made = worldOf(2);
    const { messages } = made.conversations[0]!;
    made.conversations[0]!.messages = [...messages, ...structuredClone(messages)];
    const provider = made.providers.find(({ id }) => id !== 'demo')!;
    provider.models = [...provider.models, ...structuredClone(provider.models)];
    made.providers = [...made.providers, structuredClone(provider)];
    made.keys = [...made.keys, ...structuredClone(made.keys)];
    const { user } = await openPage(made);
    await choose(user, 't0');
    await waitFor(() => expect(texts()).toHaveLength(4));
    await user.click(screen.getByTestId('model-picker'));
    await screen.findAllByTestId('model-option');
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('settings'));
    await waitFor(() =>
      expect(
        screen.getAllByTestId('provider').filter((one) => one.dataset.provider === provider.id),
      ).toHaveLength(2),
    );
    expect(screen.queryByTestId('fault')).toBeNull();
  });
});

describe('a fault', () => {
  it('in a message shows itself there, and the others stay', async () => {
    const { user, fake } = await openPage(worldWith(broken));
    await choose(user, 't0');
    const fault = await screen.findByTestId('fault');
    expect(fault.textContent).toContain('cannot be shown');
    expect(texts()).toEqual(['t0 a1']);
    await user.click(within(fault).getByTestId('fault-copy'));
    const [copied] = called(fake, 'plugin:desktop|copy');
    expect((copied!.params as { text: string }).text).toMatch(/^Dragoman .+\n.+/s);
    await choose(user, 't1');
    await waitFor(() => expect(texts()).toEqual(['t1 q0', 't1 a1']));
    expect(screen.queryByTestId('fault')).toBeNull();
  });

  it('is tried again by its button', async () => {
    const { user } = await openPage(worldWith({}));
    const replace = vi.spyOn(Element.prototype, 'replaceChildren').mockImplementation(() => {
      throw new Error('Cannot be drawn.');
    });
    await choose(user, 't0');
    const again = await screen.findByTestId('fault-again');
    expect(texts()).toEqual(['t0 q0']);
    replace.mockRestore();
    await user.click(again);
    await waitFor(() => expect(texts()).toEqual(['t0 q0', 't0 a1']));
  });

  it('in a view leaves the other views', async () => {
    const { user, fake } = await openPage(worldOf(1));
    await user.type(screen.getByTestId('composer-input'), 'kept');
    // A row without an id cannot be drawn, and takes the list along.
    const odd = { ...row('odd', Date.now()), id: null as unknown as string };
    fake.emit('conversations', change({ upserted: [odd] }));
    await waitFor(() => expect(screen.getByTestId('fault')).toBeTruthy());
    expect(screen.getByTestId<HTMLTextAreaElement>('composer-input').value).toBe('kept');
  });
});
