import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { called, gate, loadParts, openPage } from './test-page';

afterEach(cleanup);

beforeAll(loadParts, 120_000);

/** Opens the settings at a part of them. */
async function openPart(part: string, made: World = world()) {
  const { fake, user } = await openPage(made);
  await user.keyboard('{Control>},{/Control}');
  await user.click(await screen.findByTestId(`tab-${part}`));
  return { fake, user };
}

describe('the data', () => {
  it('are shown with their place and size, and the folder opens', async () => {
    const { fake, user } = await openPart('data');
    expect((await screen.findByTestId('data-folder')).textContent).toContain(
      'dev.dragoman.desktop',
    );
    expect(screen.getByText(/MB on disk/)).toBeTruthy();
    await user.click(screen.getByTestId('data-open'));
    expect(called(fake, 'plugin:desktop|open_data_folder')).toHaveLength(1);
  });

  it('are forgotten by the app, which asks itself; a no is no error', async () => {
    const { fake, user } = await openPart('data');
    fake.failNext.set('plugin:desktop|forget_everything', errorOf('not_allowed', 'No.'));
    await user.click(screen.getByTestId('forget-everything'));
    await waitFor(() =>
      expect(screen.getByTestId('forget-everything')).toHaveProperty('disabled', false),
    );
    expect(called(fake, 'plugin:desktop|forget_everything')).toHaveLength(1);
    expect(screen.queryByTestId('data-error')).toBeNull();
  });

  it.each([
    ['keyring_locked', { why: 'dismissed' }, /^Nothing was removed\. .*keyring/],
    ['home_in_use', {}, /^Nothing was removed: another Dragoman/],
    ['not_forgotten', { why: 'keys', keys: '2', reason: 'gone' }, /still in the keyring \(2\)/],
    ['not_forgotten', { why: 'files', path: '/data/x', reason: 'busy' }, /\/data\/x could not/],
  ] as const)('say what is left: %s %o', async (code, args, said) => {
    const { fake, user } = await openPart('data');
    fake.failNext.set('plugin:desktop|forget_everything', errorOf(code, 'RAW', args));
    await user.click(screen.getByTestId('forget-everything'));
    expect((await screen.findByTestId('data-error')).textContent).toMatch(said);
  });
});

describe('newer versions', () => {
  it('are asked for when it is pressed, and told', async () => {
    const newer = { version: '9.1.0', page: 'https://dragoman.example/9.1.0' };
    const { fake, user } = await openPart('about', { ...world(), newer });
    expect(called(fake, 'plugin:desktop|check_updates')).toEqual([]);
    await user.click(screen.getByTestId('update-check'));
    await screen.findByText('Version 9.1.0 is available.');
    await user.click(screen.getByText('What is new'));
    expect(called(fake, 'plugin:desktop|open').map(({ params }) => params)).toEqual([
      { url: newer.page },
    ]);
  });

  it('are put in the place of this one where the system leaves that to the app', async () => {
    const newer = { version: '9.1.0', page: 'https://dragoman.example/9.1.0' };
    const made = world();
    const hello = { ...made.hello, installsUpdates: true };
    const { fake, user } = await openPart('about', { ...made, hello, newer });
    const installed = gate();
    fake.holdNext.set('plugin:desktop|install_update', installed.passed);
    fake.failNext.set(
      'plugin:desktop|install_update',
      errorOf('update_not_installed', 'RAW', { reason: 'no room on the disk' }),
    );
    await user.click(screen.getByTestId('update-check'));
    await user.click(await screen.findByTestId('update-install'));
    await screen.findByText('Downloading and checking version 9.1.0…');
    installed.open();
    await screen.findByText(/^The new version was not installed: no room on the disk\./);
    // Nobody is told of what they did not allow themselves.
    fake.failNext.set('plugin:desktop|install_update', errorOf('not_allowed', 'RAW'));
    await user.click(screen.getByTestId('update-install'));
    await screen.findByText('Version 9.1.0 is available.');
  });

  it('are fetched from their page where something else installs them', async () => {
    const newer = { version: '9.1.0', page: 'https://dragoman.example/9.1.0' };
    const { user } = await openPart('about', { ...world(), newer });
    await user.click(screen.getByTestId('update-check'));
    await screen.findByText('What is new');
    expect(screen.queryByTestId('update-install')).toBeNull();
  });

  it('are looked for by themselves only where that was chosen', async () => {
    const { fake, user } = await openPart('about');
    const auto = screen.getByTestId<HTMLInputElement>('update-auto');
    expect(auto.checked).toBe(false);
    await user.click(auto);
    await waitFor(() => expect(fake.world.settings.checkUpdates).toBe(true));
  });

  it('that cannot be believed are not told', async () => {
    const { fake, user } = await openPart('about');
    fake.failNext.set(
      'plugin:desktop|check_updates',
      errorOf('update_unknown', 'RAW', { why: 'unsigned', reason: 'x' }),
    );
    await user.click(screen.getByTestId('update-check'));
    await screen.findByText(/not signed by Dragoman’s makers/);
  });

  it('are no part of a build that knows nobody to ask', async () => {
    const made = world();
    await openPart('about', { ...made, hello: { ...made.hello, updates: false } });
    await screen.findByText(/Version 0\.1\.0/);
    expect(screen.queryByTestId('update-check')).toBeNull();
    expect(screen.queryByTestId('update-auto')).toBeNull();
  });
});
