import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf } from '$lib/ipc/fake/messages';
import { picture } from '$lib/ipc/fake/scenes';
import { called, loadParts, openPage, watchSight, worldOf } from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Opens the dialog of a conversation by its menu. */
async function ask(opened: Awaited<ReturnType<typeof openPage>>, title: string) {
  const { user } = opened;
  await user.click(await screen.findByRole('button', { name: `More options for “${title}”` }));
  await user.click(await screen.findByRole('menuitem', { name: 'Export…' }));
  return within(await screen.findByRole('dialog', { name: `Export “${title}”` }));
}

/** A world of two conversations: the first has a picture, the second has none. */
function made() {
  const made = worldOf(2);
  made.conversations[0]!.messages[0]!.pictures = [picture('sea', {})];
  return made;
}

const checked = (dialog: Awaited<ReturnType<typeof ask>>, name: string) =>
  dialog.getByRole<HTMLInputElement>('radio', { name }).checked;
const exports = (fake: Parameters<typeof called>[0]) =>
  called(fake, 'plugin:history|export').map(({ params }) => params);

describe('exporting a conversation', () => {
  it('asks for the format, and for pictures where there are some', async () => {
    const opened = await openPage(made());
    const { fake, user } = opened;
    let dialog = await ask(opened, 't0');
    dialog.getByRole('radiogroup', { name: 'Pictures' });
    await user.click(dialog.getByRole('radio', { name: 'Left out' }));
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(exports(fake)).toEqual([{ ids: ['t0'], format: 'markdown', pictures: 'none' }]);

    dialog = await ask(opened, 't1');
    expect(dialog.queryByRole('radiogroup', { name: 'Pictures' })).toBeNull();
    await user.click(dialog.getByRole('radio', { name: 'JSON Lines' }));
    dialog.getByText(/dragoman-cli import/);
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(exports(fake)).toHaveLength(2));
    expect(exports(fake)[1]).toEqual({ ids: ['t1'], format: 'jsonl', pictures: 'embed' });
  });

  it('offers of pictures only what the format has', async () => {
    const opened = await openPage(made());
    const { fake, user } = opened;
    const dialog = await ask(opened, 't0');
    expect(checked(dialog, 'In a folder beside it')).toBe(true);
    await user.click(dialog.getByRole('radio', { name: 'HTML' }));
    expect(dialog.queryByRole('radio', { name: 'In a folder beside it' })).toBeNull();
    expect(checked(dialog, 'In the file')).toBe(true);
    await user.click(dialog.getByRole('radio', { name: 'Text' }));
    expect(dialog.queryByRole('radiogroup', { name: 'Pictures' })).toBeNull();
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(exports(fake)).toHaveLength(1));
    expect(exports(fake)[0]).toEqual({ ids: ['t0'], format: 'text', pictures: 'none' });
  });

  it('stays when no file is named, and says why one was not written', async () => {
    const opened = await openPage(made());
    const { fake, user } = opened;
    fake.world.leavesDialog = true;
    const dialog = await ask(opened, 't0');
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(exports(fake)).toHaveLength(1));
    expect(dialog.queryByRole('alert')).toBeNull();
    fake.world.leavesDialog = false;
    const full = errorOf('storage', '…', { path: '/full/t0.md', reason: 'no space' });
    fake.failNext.set('plugin:history|export', full);
    await user.click(await dialog.findByRole('button', { name: 'Export' }));
    const said = (await dialog.findByRole('alert')).textContent;
    expect(said).toMatch(/\/full\/t0\.md.*no space/);
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    // The focus is back where it was asked.
    expect(document.activeElement?.closest('[data-id]')?.getAttribute('data-id')).toBe('t0');
  });
});
