import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import { attachment, errorOf } from '$lib/ipc/fake/messages';
import { scene } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import {
  called,
  change,
  comeNear,
  gate,
  openPage,
  row,
  talk,
  texts,
  titles,
  watchSight,
  worldOf,
} from './test-page';

// What is loaded when it is first wanted is not to be waited for.
beforeAll(() => import('../sidebar/ConversationMenu.svelte'), 120_000);
beforeEach(watchSight);
/** A window so high that all of the list is in sight. */
const tall = () => vi.stubGlobal('innerHeight', 20_000);
beforeEach(tall);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const now = Date.now();
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `t${from + at}`);
const lists = (fake: Fake) => called(fake, 'plugin:history|list');
/** The conversation that has the focus. */
const focused = () => document.activeElement?.closest('[data-id]')?.getAttribute('data-id');
const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');

describe('an answer that ended in a conversation that is not open', () => {
  it('marks it in the list, until it is opened', async () => {
    const made = worldOf(2);
    made.conversations[1]!.unread = true;
    const { user } = await openPage(made);
    const mark = await screen.findByRole('img', { name: 'New answer' });
    expect(mark.closest('[data-id]')?.getAttribute('data-id')).toBe('t1');
    await user.click(screen.getByRole('button', { name: /^t1/ }));
    await waitFor(() => expect(screen.queryByRole('img', { name: 'New answer' })).toBeNull());
    await user.click(screen.getByRole('button', { name: 't0' }));
    await waitFor(() => expect(texts()).toContain('t0 q0'));
    expect(screen.queryByRole('img', { name: 'New answer' })).toBeNull();
  });
});

describe('a row that is far from sight', () => {
  const top = (element: Element, at: number) => {
    element.getBoundingClientRect = () => ({ top: at }) as DOMRect;
  };

  it('is space, until one scrolls near to it', async () => {
    vi.stubGlobal('innerHeight', 350);
    await openPage(worldOf(50, now));
    await waitFor(() => expect(titles().length).toBeGreaterThan(9));
    expect(titles()).toEqual(names(0, titles().length));
    expect(titles().length).toBeLessThan(25);
    const list = document.querySelector('.list ul')!;
    const heights = () =>
      [...list.children].map((one) => parseFloat((one as HTMLElement).style.height) || 35);
    expect(heights().reduce((sum, height) => sum + height, 0)).toBe(50 * 35);
    top(list, -35 * 30);
    list.parentElement!.dispatchEvent(new Event('scroll'));
    await waitFor(() => expect(titles()).toContain('t35'));
    expect(titles()).not.toContain('t0');
    expect(heights().reduce((sum, height) => sum + height, 0)).toBe(50 * 35);
    const row = screen.getByText('t35').closest('li')!;
    expect(row.getAttribute('aria-posinset')).toBe('36');
  });

  it('stays where it has the focus', async () => {
    vi.stubGlobal('innerHeight', 350);
    await openPage(worldOf(50, now));
    const first = await screen.findByRole('button', { name: 't0' });
    first.focus();
    const list = document.querySelector('.list ul')!;
    top(list, -35 * 30);
    list.parentElement!.dispatchEvent(new Event('scroll'));
    await waitFor(() => expect(titles()).toContain('t35'));
    expect(titles()).not.toContain('t1');
    expect(document.activeElement).toBe(first);
  });
});

describe('the list of conversations', () => {
  it('is read a page at a time, as one scrolls near its end', async () => {
    const { fake } = await openPage(worldOf(120, now));
    await waitFor(() => expect(titles()).toEqual(names(0, 50)));
    expect(lists(fake).map(({ params }) => params)).toEqual([
      { of: 'listed', after: null, limit: 50 },
    ]);
    expect(comeNear('older')).toBe(true);
    await waitFor(() => expect(titles()).toEqual(names(0, 100)));
    expect(lists(fake)[1]?.params).toEqual({
      of: 'listed',
      after: { pinned: false, updatedAt: now - 49_000, id: 't49' },
      limit: 50,
    });
    comeNear('older');
    await waitFor(() => expect(titles()).toEqual(names(0, 120)));
    expect(screen.queryByTestId('older')).toBeNull();
    expect(lists(fake)).toHaveLength(3);
  });

  it('asks for a page once, however often its end comes near', async () => {
    const { passed, open } = gate();
    const { fake, user } = await openPage(worldOf(120));
    await waitFor(() => expect(titles()).toHaveLength(50));
    fake.holdNext.set('plugin:history|list', passed);
    comeNear('older');
    await waitFor(() => expect(screen.getByTestId('older').dataset.state).toBe('reading'));
    expect(screen.getByTestId('older').textContent).toContain('Loading older conversations');
    expect(comeNear('older')).toBe(false);
    await user.click(within(screen.getByTestId('older')).getByRole('button'));
    expect(lists(fake)).toHaveLength(2);
    open();
    await waitFor(() => expect(titles()).toHaveLength(100));
  });

  it('is read on by the keyboard, and goes on where the page begins', async () => {
    const { user } = await openPage(worldOf(60));
    await waitFor(() => expect(titles()).toHaveLength(50));
    within(screen.getByTestId('older')).getByRole('button').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(titles()).toHaveLength(60));
    expect(focused()).toBe('t49');
  });

  it('says that a page could not be read, keeps what is there, and tries again', async () => {
    const { fake, user } = await openPage(worldOf(70));
    await waitFor(() => expect(titles()).toHaveLength(50));
    const args = { path: '/data/dragoman.db', reason: 'disk I/O error' };
    fake.failNext.set('plugin:history|list', errorOf('storage', 'x', args));
    comeNear('older');
    const alert = await within(screen.getByTestId('older')).findByRole('alert');
    expect(alert.textContent).toContain('Older conversations could not be read.');
    expect(alert.textContent).toContain('/data/dragoman.db');
    expect(titles()).toHaveLength(50);
    expect(comeNear('older')).toBe(false);
    await user.click(within(screen.getByTestId('older')).getByText('Retry'));
    await waitFor(() => expect(titles()).toEqual(names(0, 70)));
  });

  it('says that nothing could be read at all, and tries again', async () => {
    const { user } = await openPage(worldOf(3), (fake) =>
      fake.failNext.set('plugin:history|list', errorOf('internal', 'No luck.')),
    );
    const box = await screen.findByTestId('conversations-read');
    expect(box.textContent).toContain('The conversations could not be read.');
    expect(screen.queryByText('Conversations appear here.')).toBeNull();
    within(box).getByText('Retry').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(titles()).toEqual(names(0, 3)));
    await waitFor(() => expect(focused()).toBe('t0'));
    expect(screen.queryByTestId('conversations-read')).toBeNull();
  });

  it('is not called empty before it is read', async () => {
    const { passed, open } = gate();
    const fake = new Fake(worldOf(0), { manual: true });
    fake.holdNext.set('plugin:history|list', passed);
    render(App, { backend: fake });
    const line = await screen.findByTestId('conversations-read');
    expect(line.textContent).toContain('Loading conversations…');
    expect(screen.queryByText('Conversations appear here.')).toBeNull();
    open();
    expect(await screen.findByText('Conversations appear here.')).toBeTruthy();
  });

  it('shows the small picture of a conversation, not the whole one', async () => {
    const { fake } = await openPage(scene('chat', 'en').world);
    await waitFor(() => expect(screen.getAllByTestId('conversation').length).toBeGreaterThan(0));
    const shown = screen.getAllByTestId('conversation')[0]!.querySelector('img');
    expect(shown?.getAttribute('src')).toBe(fake.smallUrl('receipt'));
  });
});

describe('a change of the list', () => {
  it('puts a conversation where it belongs, without reading anything', async () => {
    const { fake } = await openPage(worldOf(4, now));
    await waitFor(() => expect(titles()).toHaveLength(4));
    fake.emit('conversations', change({ upserted: [row('n', now - 1500, 'Between')] }));
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 'Between', 't2', 't3']));
    fake.emit('conversations', change({ upserted: [row('o', now + 1, 'First')] }));
    await waitFor(() => expect(titles()[0]).toBe('First'));
    fake.emit('conversations', change({ upserted: [row('z', now - 90_000, 'Last')] }));
    await waitFor(() => expect(titles().at(-1)).toBe('Last'));
    expect(lists(fake)).toHaveLength(1);
  });

  it('orders those of the same moment by their id', async () => {
    const { fake } = await openPage(worldOf(0));
    await screen.findByText('Conversations appear here.');
    const rows = ['b', 'a', 'B', 'c'].map((id) => row(id, now));
    fake.emit('conversations', change({ upserted: rows }));
    await waitFor(() => expect(titles()).toEqual(['c', 'b', 'a', 'B']));
  });

  it('moves one that went on, and renames it where it stands', async () => {
    const { fake } = await openPage(worldOf(4, now));
    await waitFor(() => expect(titles()).toHaveLength(4));
    fake.emit('conversations', change({ upserted: [row('t2', now + 5)] }));
    await waitFor(() => expect(titles()).toEqual(['t2', 't0', 't1', 't3']));
    fake.emit('conversations', change({ upserted: [row('t1', now - 1000, 'Named')] }));
    await waitFor(() => expect(titles()).toEqual(['t2', 't0', 'Named', 't3']));
    expect(lists(fake)).toHaveLength(1);
  });

  it('leaves what belongs to a later page to that page', async () => {
    const { fake } = await openPage(worldOf(60, now));
    await waitFor(() => expect(titles()).toHaveLength(50));
    fake.world.conversations.push(talk('old', now - 54_500, 2, 'Old one'));
    fake.emit('conversations', change({ upserted: [row('old', now - 54_500, 'Old one')] }));
    // One that moves from there to the top is shown, and once.
    fake.world.conversations.find(({ id }) => id === 't55')!.updatedAt = now + 9;
    fake.emit('conversations', change({ upserted: [row('t55', now + 9)] }));
    await waitFor(() => expect(titles()[0]).toBe('t55'));
    expect(titles()).not.toContain('Old one');
    comeNear('older');
    await waitFor(() => expect(titles()).toHaveLength(61));
    expect(titles().indexOf('Old one')).toBe(titles().indexOf('t54') + 1);
    expect(titles().filter((title) => title === 't55')).toHaveLength(1);
  });

  it('counts, too, while a page is on its way that was read before it', async () => {
    const { passed, open } = gate();
    const { fake } = await openPage(worldOf(60, now));
    await waitFor(() => expect(titles()).toHaveLength(50));
    fake.holdNext.set('plugin:history|list', passed);
    comeNear('older');
    await waitFor(() => expect(lists(fake)).toHaveLength(2));
    await Promise.resolve();
    fake.emit('conversations', change({ removed: ['t52'] }));
    fake.emit('conversations', change({ upserted: [row('t53', now + 1, 'Went on')] }));
    fake.emit('conversations', change({ upserted: [row('t54', now - 54_000, 'Renamed')] }));
    open();
    await waitFor(() => expect(titles()).toHaveLength(59));
    expect(titles()[0]).toBe('Went on');
    expect(titles()).toContain('Renamed');
    expect(titles()).not.toContain('t52');
    expect(titles()).not.toContain('t53');
    expect(titles()).not.toContain('t54');
  });

  it('takes those away that are gone; the open one leaves an empty page', async () => {
    const made = worldOf(3, now);
    const { fake, user } = await openPage(made);
    await user.click(await screen.findByText('t1'));
    await waitFor(() => expect(texts()).toEqual(['t1 q0', 't1 a1']));
    const card = attachment({ id: 'p', name: 'p.jpg', thumbnail: true });
    fake.emit('attachment', { draft: 'main', attachment: card });
    await user.type(input(), 'half');
    fake.emit('conversations', change({ removed: ['t0', 't1'] }));
    await waitFor(() => expect(titles()).toEqual(['t2']));
    expect(texts()).toEqual([]);
    expect(screen.getByText('What are we looking at?')).toBeTruthy();
    expect(input().value).toBe('');
    expect(lists(fake)).toHaveLength(1);
    // What was typed and attached there comes back with it.
    fake.emit('conversations', change({ upserted: [row('t1', now)] }));
    await user.click(await screen.findByText('t1'));
    await waitFor(() => expect(input().value).toBe('half'));
    expect(called(fake, 'plugin:images|remove')).toEqual([]);
  });

  it('takes one away, too, that is about to be opened', async () => {
    const { passed, open } = gate();
    const { fake, user } = await openPage(worldOf(2, now));
    await waitFor(() => expect(titles()).toHaveLength(2));
    fake.holdNext.set('plugin:history|open', passed);
    await user.click(screen.getByText('t1'));
    await waitFor(() => expect(called(fake, 'plugin:history|open')).toHaveLength(1));
    await Promise.resolve();
    fake.emit('conversations', change({ removed: ['t1'] }));
    open();
    await waitFor(() => expect(titles()).toEqual(['t0']));
    await Promise.resolve();
    expect(texts()).toEqual([]);
  });

  it('gives the conversation on the screen its new name, also where its row is not loaded', async () => {
    const made = worldOf(60, now);
    const { fake, user } = await openPage(made);
    await user.click(await screen.findByText('t3'));
    await waitFor(() => expect(texts()).toHaveLength(2));
    fake.emit('conversations', change({ upserted: [row('t3', now - 900_000, 'Far away')] }));
    await waitFor(() => expect(titles()).not.toContain('t3'));
    expect(document.querySelector('h1.sr-only')?.textContent).toBe('Far away');
  });

  it.each([
    ['to another day', now - 2 * 86_400_000],
    ['up among those of its day', now - 2000],
  ])('does not take a title away that is being typed, where its row goes %s', async (_, at) => {
    const made = worldOf(3, now);
    made.conversations[2]!.updatedAt = at;
    const { fake, user } = await openPage(made);
    await waitFor(() => expect(titles()).toHaveLength(3));
    await user.click(screen.getByLabelText('More options for “t2”'));
    await user.click(await screen.findByText('Rename'));
    const field = () => screen.getByLabelText<HTMLInputElement>('Title');
    expect(field().selectionEnd).toBe(2);
    await user.keyboard('Half a na');
    fake.emit('conversations', change({ upserted: [row('t2', now + 10, 'By another hand')] }));
    await waitFor(() => expect(screen.getAllByTestId('conversation')[0]!.dataset.id).toBe('t2'));
    expect(document.activeElement).toBe(field());
    await user.keyboard('me{Enter}');
    await waitFor(() =>
      expect(called(fake, 'plugin:history|rename')[0]?.params).toEqual({
        id: 't2',
        title: 'Half a name',
      }),
    );
  });
});

describe('a change by another process', () => {
  it('reads what is loaded anew, and no more', async () => {
    const { fake } = await openPage(worldOf(300, now));
    await waitFor(() => expect(titles()).toHaveLength(50));
    for (const count of [100, 150, 200, 250]) {
      comeNear('older');
      await waitFor(() => expect(titles()).toHaveLength(count));
    }
    const before = lists(fake).length;
    fake.world.conversations.unshift(talk('cli', now + 10, 2, 'Asked elsewhere'));
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(titles()[0]).toBe('Asked elsewhere'));
    expect(titles()).toHaveLength(250);
    const limits = lists(fake)
      .slice(before)
      .map(({ params }) => (params as { limit: number }).limit);
    expect(limits).toEqual([200, 50]);
  });

  it('is read once more where it comes while one is read', async () => {
    const { passed, open } = gate();
    const { fake } = await openPage(worldOf(2, now));
    await waitFor(() => expect(titles()).toHaveLength(2));
    fake.holdNext.set('plugin:history|list', passed);
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(lists(fake)).toHaveLength(2));
    await Promise.resolve();
    fake.world.conversations.push(talk('late', now + 10));
    for (let times = 0; times < 5; times += 1)
      fake.emit('conversations', change({ elsewhere: true }));
    open();
    await waitFor(() => expect(titles()).toEqual(['late', 't0', 't1']));
    expect(lists(fake)).toHaveLength(3);
  });

  it('keeps what is shown where it cannot be read, and says so', async () => {
    const { fake, user } = await openPage(worldOf(2, now));
    await waitFor(() => expect(titles()).toHaveLength(2));
    fake.failNext.set('plugin:history|list', errorOf('internal', 'Locked.'));
    fake.emit('conversations', change({ elsewhere: true }));
    const box = await screen.findByTestId('conversations-read');
    expect(titles()).toHaveLength(2);
    await user.click(within(box).getByText('Retry'));
    await waitFor(() => expect(screen.queryByTestId('conversations-read')).toBeNull());
  });

  it('shows what was added to the open conversation', async () => {
    const { fake, user } = await openPage(worldOf(2, now));
    await user.click(await screen.findByText('t0'));
    await waitFor(() => expect(texts()).toHaveLength(2));
    fake.world.conversations[0]!.messages.push(...talk('t0', now, 4).messages.slice(2));
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(texts()).toEqual(['t0 q0', 't0 a1', 't0 q2', 't0 a3']));
  });

  it('leaves an answer alone that is written here', async () => {
    const { fake, user } = await openPage();
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(texts()).toHaveLength(2));
    fake.emit('conversations', change({ elsewhere: true }));
    await waitFor(() => expect(lists(fake)).toHaveLength(2));
    expect(called(fake, 'plugin:history|open')).toHaveLength(0);
    expect(screen.getByTestId('stop')).toBeTruthy();
  });

  it('says that the open conversation is gone, and keeps what was typed', async () => {
    const { fake, user } = await openPage(worldOf(2, now));
    await user.click(await screen.findByText('t1'));
    await waitFor(() => expect(texts()).toHaveLength(2));
    await user.type(input(), 'half a question');
    fake.world.conversations.pop();
    fake.emit('conversations', change({ elsewhere: true }));
    const notice = await screen.findByTestId('notice');
    expect(notice.textContent).toContain('“t1” no longer exists');
    expect(texts()).toEqual([]);
    expect(input().value).toBe('half a question');
    await waitFor(() => expect(titles()).toEqual(['t0']));
  });
});

it('shows what is asked now where what was asked before cannot be read', async () => {
  const fake = new Fake(worldOf(1), { manual: true });
  fake.failNext.set('plugin:history|list', errorOf('internal', 'x'));
  render(App, { backend: fake });
  await screen.findByTestId('conversations-read');
  await userEvent.setup().type(input(), 'Still here{Enter}');
  await waitFor(() => expect(titles()).toEqual(['Still here']));
});
