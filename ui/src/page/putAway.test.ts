import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf } from '$lib/ipc/fake/messages';
import {
  called,
  change,
  loadParts,
  openPage,
  texts,
  titles,
  watchSight,
  worldOf,
} from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type User = Awaited<ReturnType<typeof openPage>>['user'];
const now = Date.now();
const focusedRow = () => document.activeElement?.closest('[data-id]')?.getAttribute('data-id');
const binned = () => screen.queryAllByTestId('binned').map(({ dataset }) => dataset.id);
const undo = () => screen.findByTestId('conversation-undo');

/** Chooses what is called so in the menu of a conversation. */
async function choose(user: User, title: string, what: string) {
  await user.click(await screen.findByRole('button', { name: `More options for “${title}”` }));
  await user.click(await screen.findByText(what));
}

/** A world with two in the bin, `t1` removed last. */
function withBin() {
  const made = worldOf(4, now);
  made.conversations[1]!.removedAt = now - 86_400_000;
  made.conversations[2]!.removedAt = now - 29.5 * 86_400_000;
  return made;
}

describe('a conversation that is deleted', () => {
  it('goes without a question, and comes back by Undo, onto the screen where it was', async () => {
    const { user } = await openPage(worldOf(3, now));
    await user.click(await screen.findByText('t1'));
    await waitFor(() => expect(texts()).toContain('t1 q0'));
    await choose(user, 't1', 'Delete');
    await waitFor(() => expect(titles()).toEqual(['t0', 't2']));
    expect(texts()).toEqual([]);
    expect(screen.queryByRole('alertdialog')).toBeNull();
    const done = await undo();
    expect(done.textContent).toContain('“t1” is in the bin.');
    expect(done.closest('[role="status"]')).toBeTruthy();
    await user.click(within(done).getByText('Undo'));
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 't2']));
    await waitFor(() => expect(texts()).toContain('t1 q0'));
    expect(screen.queryByTestId('conversation-undo')).toBeNull();
    expect(screen.queryByTestId('bin')).toBeNull();
  });

  it('stays where it cannot be removed, and that is said', async () => {
    const { fake, user } = await openPage(worldOf(2, now));
    await waitFor(() => expect(titles()).toHaveLength(2));
    fake.failNext.set('plugin:history|remove', errorOf('internal', 'Locked.'));
    await choose(user, 't1', 'Delete');
    await screen.findByText(/Locked/);
    expect(titles()).toEqual(['t0', 't1']);
    expect(screen.queryByTestId('conversation-undo')).toBeNull();
  });
});

describe('the bin', () => {
  it('shows what was removed last first, and until when; one is restored', async () => {
    const { user } = await openPage(withBin());
    const way = await screen.findByTestId('bin');
    expect(way.textContent).toMatch(/Bin\s*2/);
    await user.click(way);
    await waitFor(() => expect(binned()).toEqual(['t1', 't2']));
    const rows = screen.getAllByTestId('binned').map(({ textContent }) => textContent);
    expect(rows[0]).toContain('29 days left');
    expect(rows[1]).toContain('1 day left');
    await user.click(screen.getByRole('button', { name: 'Restore “t1”' }));
    await waitFor(() => expect(binned()).toEqual(['t2']));
    await waitFor(() => expect(focusedRow()).toBe('t2'));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 't3']));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('bin')));
  });

  it('gives one up for good only when that is confirmed', async () => {
    const { fake, user } = await openPage(withBin());
    await user.click(await screen.findByTestId('bin'));
    await user.click(await screen.findByRole('button', { name: 'Delete “t1” for good' }));
    const dialog = within(await screen.findByRole('alertdialog'));
    expect(dialog.getByText('Delete “t1” for good?')).toBeTruthy();
    expect(called(fake, 'plugin:history|erase')).toEqual([]);
    await user.click(dialog.getByText('Delete for good'));
    await waitFor(() => expect(binned()).toEqual(['t2']));
    expect(called(fake, 'plugin:history|erase')[0]?.params).toEqual({ ids: ['t1'] });
    await waitFor(() => expect(focusedRow()).toBe('t2'));
  });

  it('is emptied when that is confirmed, and nothing can be undone then', async () => {
    const { user } = await openPage(withBin());
    await choose(user, 't3', 'Delete');
    await undo();
    await user.click(await screen.findByTestId('bin'));
    await waitFor(() => expect(binned()).toEqual(['t3', 't1', 't2']));
    await user.click(screen.getByTestId('empty-bin'));
    const dialog = within(await screen.findByRole('alertdialog'));
    expect(dialog.getByText('Delete 3 conversations for good?')).toBeTruthy();
    await user.click(dialog.getByText('Delete for good'));
    await screen.findByText('The bin is empty.');
    expect(binned()).toEqual([]);
    expect(screen.queryByTestId('conversation-undo')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Back to conversations' }));
    await waitFor(() => expect(titles()).toEqual(['t0']));
    expect(screen.queryByTestId('bin')).toBeNull();
  });

  it('follows what another process does', async () => {
    const { fake } = await openPage(worldOf(2, now));
    await waitFor(() => expect(titles()).toHaveLength(2));
    fake.world.conversations[1]!.removedAt = now;
    fake.emit('conversations', change({ elsewhere: true }));
    await screen.findByTestId('bin');
    await waitFor(() => expect(titles()).toEqual(['t0']));
  });
});

describe('a conversation that is pinned', () => {
  it('stands first under a heading of its own, also where it is of a later page', async () => {
    const made = worldOf(60, now);
    made.conversations[55]!.pinned = true;
    const { user } = await openPage(made);
    await waitFor(() => expect(titles().slice(0, 2)).toEqual(['t55', 't0']));
    await choose(user, 't3', 'Pin');
    await waitFor(() => expect(titles().slice(0, 4)).toEqual(['t3', 't55', 't0', 't1']));
    expect(titles().filter((title) => title === 't3')).toHaveLength(1);
    expect(screen.getByText('Pinned').tagName).toBe('H2');
    await choose(user, 't55', 'Unpin');
    await waitFor(() => expect(titles().slice(0, 3)).toEqual(['t3', 't0', 't1']));
    expect(titles()).not.toContain('t55');
  });
});

describe('a conversation that is archived', () => {
  it('is in the archive, stays on the screen, and comes back by Undo or its menu', async () => {
    const { user } = await openPage(worldOf(3, now));
    await user.click(await screen.findByText('t1'));
    await waitFor(() => expect(texts()).toContain('t1 q0'));
    await choose(user, 't1', 'Archive');
    await waitFor(() => expect(titles()).toEqual(['t0', 't2']));
    expect(texts()).toContain('t1 q0');
    await user.click(within(await undo()).getByText('Undo'));
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 't2']));
    await choose(user, 't1', 'Archive');
    await user.click(await screen.findByTestId('archived'));
    await waitFor(() => expect(titles()).toEqual(['t1']));
    await choose(user, 't1', 'Unarchive');
    await screen.findByText('Nothing is archived.');
    await user.click(screen.getByRole('button', { name: 'Back to conversations' }));
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 't2']));
  });
});
