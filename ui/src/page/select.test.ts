import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  called as calls,
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

const now = Date.now();
/** What a command was called with so far. */
const called = (...of: Parameters<typeof calls>) => calls(...of).map(({ params }) => params);
const bar = () => screen.findByTestId('selection');
const noBar = () => waitFor(() => expect(screen.queryByTestId('selection')).toBeNull());
const selected = () =>
  screen
    .queryAllByRole('checkbox', { checked: true })
    .map(({ textContent }) => textContent?.trim());

/** A press on a conversation with a key held. */
async function press(title: string, held: { ctrlKey?: boolean; shiftKey?: boolean } = {}) {
  await fireEvent.click(await screen.findByText(title), held);
}

/** A key on the conversation that has the focus. */
const key = (key: string, held: { ctrlKey?: boolean; shiftKey?: boolean } = {}) =>
  fireEvent.keyDown(document.activeElement!, { key, ...held });

describe('conversations that are selected', () => {
  it('are chosen by Ctrl and Shift, and said; a press opens none meanwhile', async () => {
    await openPage(worldOf(6, now));
    await press('t1', { ctrlKey: true });
    expect(selected()).toEqual(['t1']);
    await press('t3', { shiftKey: true });
    expect(selected()).toEqual(['t1', 't2', 't3']);
    await press('t2', { shiftKey: true });
    expect(selected()).toEqual(['t1', 't2']);
    await press('t5');
    expect(selected()).toEqual(['t1', 't2', 't5']);
    await press('t1', { ctrlKey: true });
    expect(selected()).toEqual(['t2', 't5']);
    expect((await bar()).textContent).toContain('2 selected');
    expect(texts()).toEqual([]);
    await fireEvent.keyDown(screen.getByText('t2'), { key: 'Escape' });
    await noBar();
    expect(screen.queryAllByRole('checkbox')).toEqual([]);
    await press('t2');
    await waitFor(() => expect(texts()).toContain('t2 q0'));
    await press('t4', { shiftKey: true });
    expect(selected()).toEqual(['t2', 't3', 't4']);
  });

  it('are chosen by keys: Shift with arrows, Ctrl+Space, and all with Ctrl+A, loaded or not', async () => {
    await openPage(worldOf(120, now));
    (await screen.findByText('t1')).closest('button')!.focus();
    await key('ArrowDown', { shiftKey: true });
    await key('ArrowDown', { shiftKey: true });
    expect(selected()).toEqual(['t1', 't2', 't3']);
    await key('ArrowUp', { shiftKey: true });
    expect(selected()).toEqual(['t1', 't2']);
    await key(' ', { ctrlKey: true });
    expect(selected()).toEqual(['t1']);
    await key('a', { ctrlKey: true });
    await waitFor(async () => expect((await bar()).textContent).toContain('120 selected'));
  });

  it('are deleted by one call, and come back by one Undo', async () => {
    const { user, fake } = await openPage(worldOf(4, now));
    await press('t1', { ctrlKey: true });
    await press('t2', { shiftKey: true });
    await user.click(within(await bar()).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(titles()).toEqual(['t0', 't3']));
    await noBar();
    expect(called(fake, 'plugin:history|remove')).toHaveLength(1);
    const done = await screen.findByTestId('conversation-undo');
    expect(done.textContent).toContain('2 conversations are in the bin.');
    await user.click(within(done).getByText('Undo'));
    await waitFor(() => expect(titles()).toEqual(['t0', 't1', 't2', 't3']));
    expect(called(fake, 'plugin:history|restore')).toHaveLength(1);
  });

  it('are archived, pinned and let go by one call each', async () => {
    const { user, fake } = await openPage(worldOf(5, now));
    await press('t3', { ctrlKey: true });
    await press('t4', { ctrlKey: true });
    await user.click(within(await bar()).getByRole('button', { name: 'Pin' }));
    await waitFor(() => expect(titles()).toEqual(['t3', 't4', 't0', 't1', 't2']));
    expect(called(fake, 'plugin:history|pin')).toEqual([{ ids: ['t3', 't4'], pinned: true }]);
    await press('t3', { ctrlKey: true });
    await press('t4', { ctrlKey: true });
    expect(within(await bar()).getByRole('button', { name: 'Unpin' })).toBeTruthy();
    await press('t0', { ctrlKey: true });
    await user.click(within(await bar()).getByRole('button', { name: 'Archive' }));
    await waitFor(() => expect(titles()).toEqual(['t1', 't2']));
    await user.click(await screen.findByTestId('archived'));
    await press('t3', { ctrlKey: true });
    await press('t0', { ctrlKey: true });
    expect(within(await bar()).queryByRole('button', { name: 'Pin' })).toBeNull();
    await user.click(within(await bar()).getByRole('button', { name: 'Unarchive' }));
    await waitFor(() => expect(titles()).toEqual(['t4']));
    expect(called(fake, 'plugin:history|archive')).toHaveLength(2);
  });

  it('are restored from the bin, or removed for good once that is confirmed', async () => {
    const made = worldOf(5, now);
    for (const at of [1, 2, 3, 4]) made.conversations[at]!.removedAt = now - at;
    const { user, fake } = await openPage(made);
    await user.click(await screen.findByTestId('bin'));
    await press('t1', { ctrlKey: true });
    await press('t2', { shiftKey: true });
    await user.click(within(await bar()).getByRole('button', { name: 'Restore' }));
    await waitFor(() => expect(screen.queryAllByTestId('binned')).toHaveLength(2));
    await press('t3', { ctrlKey: true });
    await press('t4', { ctrlKey: true });
    await fireEvent.keyDown(screen.getByText('t4'), { key: 'Delete' });
    const asked = await screen.findByRole('alertdialog');
    expect(asked.textContent).toContain('Delete 2 conversations for good?');
    await user.click(within(asked).getByRole('button', { name: 'Delete for good' }));
    await waitFor(() => expect(screen.queryAllByTestId('binned')).toEqual([]));
    expect(called(fake, 'plugin:history|erase')).toEqual([{ ids: ['t3', 't4'] }]);
  });

  it('are exported together', async () => {
    const { user, fake } = await openPage(worldOf(3, now));
    await press('t0', { ctrlKey: true });
    await press('t2', { ctrlKey: true });
    await user.click(within(await bar()).getByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByTestId('export');
    expect(dialog.textContent).toContain('Export 2 conversations');
    expect(dialog.textContent).toContain('a file of its own');
    await user.click(within(dialog).getByTestId('export-run'));
    await waitFor(() => expect(called(fake, 'plugin:history|export')).toHaveLength(1));
    expect(called(fake, 'plugin:history|export')[0]).toMatchObject({ ids: ['t0', 't2'] });
  });

  it('begin by the menu, too, and end where the list changes', async () => {
    const made = worldOf(3, now);
    made.conversations[2]!.archived = true;
    const { user } = await openPage(made);
    await user.click(await screen.findByRole('button', { name: 'More options for “t0”' }));
    await user.click(await screen.findByText('Select'));
    await waitFor(() => expect(selected()).toEqual(['t0']));
    await user.click(await screen.findByTestId('archived'));
    await noBar();
  });
});
