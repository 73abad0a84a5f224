import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { attachment } from '$lib/ipc/fake/messages';
import { scene } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import { called, change, choose, openPage, row, watchSight, worldOf, loadParts } from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type User = Awaited<ReturnType<typeof openPage>>['user'];
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const input = () => field('composer-input');
const conversation = (id: string) =>
  screen.getAllByTestId('conversation').find((one) => one.dataset.id === id)!;
/** A picture comes, as from a file that is dropped. */
const arrive = (fake: Fake, id = 'p1') =>
  fake.emit('attachment', {
    draft: 'main',
    attachment: attachment({ id, name: `${id}.png`, state: 'preparing' }),
  });

/** The page is loaded anew, over the same app. */
async function reload(fake: Fake) {
  cleanup();
  const before = called(fake, 'plugin:desktop|ready').length;
  render(App, { backend: fake });
  await waitFor(() => expect(called(fake, 'plugin:desktop|ready')).toHaveLength(before + 1));
}

/** Opens the settings at a provider of the person's own, of which the text can be edited. */
async function settings(user: User) {
  await user.click(screen.getByTestId('settings'));
  await screen.findByTestId('provider-add');
}

describe('a question that is typed', () => {
  it('is there after a reload, in its conversation, with what was attached', async () => {
    const { fake, user } = await openPage(worldOf(2));
    await user.type(input(), 'of a new one');
    await choose(user, 't1');
    await waitFor(() => expect(input().value).toBe(''));
    await user.type(input(), 'of t1');
    const kept = attachment({ id: 'p1', name: 'p1.png' });
    fake.emit('attachment', { draft: 'main', attachment: kept });
    fake.world.attachments = [kept];
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(1));

    await reload(fake);
    await waitFor(() => expect(input().value).toBe('of t1'));
    expect(screen.getAllByTestId('message')).toHaveLength(2);
    expect(screen.getAllByTestId('attachment')).toHaveLength(1);
    await user.click(screen.getByTestId('new-conversation'));
    await waitFor(() => expect(input().value).toBe('of a new one'));
    expect(screen.queryAllByTestId('attachment')).toHaveLength(0);
  });

  it('is there after a restart, in its conversation, which is open again', async () => {
    const { fake, user } = await openPage(worldOf(2));
    await user.type(input(), 'of a new one');
    await choose(user, 't1');
    await waitFor(() => expect(screen.getAllByTestId('message')).toHaveLength(2));
    await user.type(input(), 'of t1');
    window.dispatchEvent(new Event('pagehide'));
    await waitFor(() => expect(fake.world.draft).toBe('of a new one'));
    cleanup();

    // Another process, of which the app has kept what it was told.
    await openPage(fake.world);
    await waitFor(() => expect(input().value).toBe('of t1'));
    expect(screen.getAllByTestId('message')).toHaveLength(2);
    await user.click(screen.getByTestId('new-conversation'));
    await waitFor(() => expect(input().value).toBe('of a new one'));
  });

  it('leaves a new conversation open where one was begun last, and says so to the app', async () => {
    const { fake, user } = await openPage(worldOf(2));
    expect(called(fake, 'plugin:history|leave')).toHaveLength(1);
    await choose(user, 't1');
    await waitFor(() => expect(fake.world.open).toBe('t1'));
    await user.click(screen.getByTestId('new-conversation'));
    await waitFor(() => expect(fake.world.open).toBeNull());
    cleanup();
    await openPage(fake.world);
    expect(screen.queryAllByTestId('message')).toHaveLength(0);
  });

  it('is not where it was sent, after a reload', async () => {
    const { fake, user } = await openPage(worldOf(1));
    await user.type(input(), 'sent{Enter}');
    await waitFor(() => expect(input().value).toBe(''));
    await reload(fake);
    await waitFor(() => expect(screen.getAllByTestId('message')).toHaveLength(2));
    expect(input().value).toBe('');
  });

  it('opens nothing after a reload where its conversation is gone', async () => {
    const { fake, user } = await openPage(worldOf(2));
    await choose(user, 't1');
    await waitFor(() => expect(screen.getAllByTestId('message')).toHaveLength(2));
    fake.world.conversations = fake.world.conversations.filter(({ id }) => id !== 't1');
    await reload(fake);
    await waitFor(() => expect(screen.getAllByTestId('conversation')).toHaveLength(1));
    expect(screen.queryAllByTestId('notice')).toHaveLength(0);
    expect(screen.queryAllByTestId('message')).toHaveLength(0);
  });
});

describe('a picture that comes', () => {
  it('does not end a rename', async () => {
    const { fake, user } = await openPage(worldOf(1));
    await waitFor(() => expect(conversation('t0')).toBeTruthy());
    await user.click(within(conversation('t0')).getAllByRole('button')[1]!);
    await user.click(await screen.findByText('Rename'));
    const title = await screen.findByLabelText('Title');
    await user.type(title, 'half a na');
    arrive(fake);
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(1));
    expect(document.activeElement).toBe(screen.getByLabelText('Title'));
    await user.keyboard('me{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:history|rename')).toHaveLength(1));
    expect(called(fake, 'plugin:history|rename')[0]!.params).toEqual({
      id: 't0',
      title: 't0half a name',
    });
  });

  it('leaves the settings open while a key or an address is typed there', async () => {
    const { fake, user } = await openPage(scene('chat', 'en').world);
    await settings(user);
    const key = screen.getAllByTestId<HTMLInputElement>('key-input')[0]!;
    await user.type(key, 'sk-0123456789');
    screen.getByTestId('provider-add').focus();
    arrive(fake);
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(1));
    expect(key.isConnected).toBe(true);
    expect(key.value).toBe('sk-0123456789');
    await user.click(key);
    await user.keyboard('{Escape}');
    expect(key.isConnected).toBe(true);
  });

  it('shows the question where nothing is typed', async () => {
    const { fake, user } = await openPage(worldOf(1));
    await settings(user);
    arrive(fake);
    await waitFor(() => expect(screen.queryByTestId('provider-add')).toBeNull());
  });
});

describe('the text of a provider', () => {
  it('stays as it is typed when the list is read anew, and says what changed below it', async () => {
    const { fake, user } = await openPage(scene('chat', 'en').world);
    await settings(user);
    const card = screen
      .getAllByTestId('provider')
      .find(({ dataset }) => dataset.provider === 'chenyu')!;
    await user.click(within(card).getByTestId('provider-more'));
    await user.click(await screen.findByTestId('provider-copy'));
    await waitFor(() => expect(field('manifest-json').value).toContain('"chenyu-copy"'));
    const own = fake.world.providers.find(({ id }) => id === 'chenyu-copy')!;
    await user.type(field('manifest-json'), 'XYZ');
    // A star, or a list that is read anew, changes nothing that is typed.
    fake.emit('plugins', { added: [own], refused: [] });
    await waitFor(() => expect(called(fake, 'plugin:providers|manifest')).toHaveLength(2));
    expect(field('manifest-json').value).toContain('XYZ');
    expect(screen.queryByTestId('moved')).toBeNull();
    own.baseUrl = 'https://moved.example.com/v1';
    fake.emit('plugins', { added: [own], refused: [] });
    await screen.findByTestId('moved');
    expect(field('manifest-json').value).toContain('XYZ');
    await user.click(screen.getByTestId('moved-take'));
    expect(field('manifest-json').value).toContain('moved.example.com');
    expect(screen.queryByTestId('moved')).toBeNull();
  });
});

describe('an address that is typed', () => {
  it('is there again when the settings were left, and Escape does not throw it away', async () => {
    const { user } = await openPage(worldOf(1));
    await settings(user);
    await user.click(screen.getByTestId('provider-add'));
    await user.type(await screen.findByTestId('provider-base-url'), 'https://half.exam');
    await user.keyboard('{Escape}');
    expect(field('provider-base-url').value).toBe('https://half.exam');
    await user.click(screen.getByTestId('settings'));
    await waitFor(() => expect(screen.queryByTestId('provider-base-url')).toBeNull());
    await settings(user);
    expect(field('provider-base-url').value).toBe('https://half.exam');
    await user.click(screen.getByText('Cancel'));
    await user.click(screen.getByTestId('provider-add'));
    expect(field('provider-base-url').value).toBe('');
  });
});

describe('the network', () => {
  it('stores what is typed when its page goes', async () => {
    const { fake, user } = await openPage(worldOf(1));
    await settings(user);
    await user.click(screen.getByTestId('tab-network'));
    await user.clear(field('idle-seconds'));
    await user.type(field('idle-seconds'), '120');
    await user.click(screen.getByTestId('settings'));
    await waitFor(() => {
      const [last] = called(fake, 'plugin:settings|set').slice(-1);
      expect(last?.params).toMatchObject({ settings: { network: { idleSeconds: 120 } } });
    });
  });
});

describe('a title that is typed', () => {
  it('says that the conversation was named elsewhere, and takes that where nothing was typed', async () => {
    const { fake, user } = await openPage(worldOf(1));
    await waitFor(() => expect(conversation('t0')).toBeTruthy());
    await user.click(within(conversation('t0')).getAllByRole('button')[1]!);
    await user.click(await screen.findByText('Rename'));
    await screen.findByLabelText('Title');
    fake.emit('conversations', change({ upserted: [row('t0', Date.now(), 'theirs')] }));
    expect((await screen.findByTestId('moved')).textContent).toContain('theirs');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByLabelText('Title')).toBeNull());
    expect(called(fake, 'plugin:history|rename')).toHaveLength(0);
  });
});

describe('a key of an input method', () => {
  it('closes nothing: neither the settings nor a form, a menu or a dialog', async () => {
    const { user } = await openPage(worldOf(1));
    await settings(user);
    await fireEvent.keyDown(field('provider-search'), { key: 'Escape', isComposing: true });
    expect(screen.getByTestId('provider-add')).toBeTruthy();
    await user.click(screen.getByTestId('provider-add'));
    await fireEvent.keyDown(await screen.findByTestId('provider-name'), {
      key: 'Escape',
      isComposing: true,
    });
    expect(screen.getByTestId('provider-name')).toBeTruthy();
    await user.click(screen.getByTestId('settings'));
    await user.click(screen.getByTestId('model-picker'));
    const search = await screen.findByTestId('model-search');
    await fireEvent.keyDown(search, { key: 'Escape', isComposing: true });
    await fireEvent.keyDown(search, { key: 'Enter', isComposing: true });
    expect(screen.getByTestId('model-search')).toBeTruthy();
  });
});
