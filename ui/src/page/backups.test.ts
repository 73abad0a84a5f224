import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '$lib/ipc/fake';
import { backupSet } from '$lib/ipc/fake/backups';
import { errorOf } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { called, loadParts, openPage } from './test-page';

afterEach(cleanup);

beforeAll(loadParts, 120_000);

/** Opens the settings at the data. */
async function openData(made: World = world()) {
  const { fake, user } = await openPage(made);
  await user.keyboard('{Control>},{/Control}');
  await user.click(await screen.findByTestId('tab-data'));
  await screen.findByTestId('backup-choose');
  return { fake, user };
}

/** A world where backups go to a folder. */
function withFolder(given: Partial<World> = {}): World {
  const made = { ...world(), ...given };
  made.settings = { ...made.settings, backup: { folder: '/media/disk', schedule: 'off' } };
  return made;
}

describe('backups', () => {
  it('go where the person chose in a dialog of the app, and nowhere before', async () => {
    const { fake, user } = await openData();
    expect(screen.queryByTestId('backup-now')).toBeNull();
    await user.click(screen.getByTestId('backup-choose'));
    expect((await screen.findByTestId('backup-folder')).textContent).toBe('/run/media/mei/Backup');
    expect(called(fake, 'plugin:backup|choose').map(({ params }) => params)).toEqual([null]);
    await user.click(screen.getByTestId('backup-now'));
    await waitFor(() => expect(screen.getByTestId('backup-last').textContent).toContain('1.8 GB'));
  });

  it('are made by themselves as often as was chosen', async () => {
    const { fake, user } = await openData(withFolder());
    await user.click(screen.getByText('Daily'));
    await waitFor(() => expect(fake.world.settings.backup.schedule).toBe('daily'));
    expect(fake.world.settings.backup.folder).toBe('/media/disk');
  });

  it('show how far they are, and can be stopped', async () => {
    const { fake, user } = await openData(withFolder());
    const state = { last: null, failure: null };
    fake.emit('backup', { ...state, running: { restoring: false, done: 0, total: 0 } });
    await screen.findByText('Beginning…');
    const running = { restoring: false, done: 1_048_576, total: 4_194_304 };
    fake.emit('backup', { ...state, running });
    await screen.findByText('Backing up… 1 MB of 4 MB');
    expect(screen.getByTestId('backup-now')).toHaveProperty('disabled', true);
    await user.click(screen.getByTestId('backup-stop'));
    expect(called(fake, 'plugin:backup|stop')).toHaveLength(1);
    fake.emit('backup', { ...state, running: null });
    await waitFor(() => expect(screen.queryByTestId('backup-progress')).toBeNull());
  });

  it.each([
    ['gone', /\/media\/disk is not there\. Connect its disk/],
    ['read_only', /\/media\/disk cannot be written/],
    ['full', /no room left on the disk of \/media\/disk/],
  ])('say why the last was not made: %s', async (why, said) => {
    const error = errorOf('backup', 'RAW', { why, path: '/media/disk' });
    const failure = { at: Date.now() - 3_600_000, error };
    await openData(withFolder({ backups: { last: null, failure, running: null } }));
    const shown = await screen.findByTestId('backup-failure');
    expect(shown.textContent).toMatch(said);
    expect(shown.textContent).toContain('1 hour ago');
  });

  it('that were pressed for and not made say so once', async () => {
    const { fake, user } = await openData(withFolder());
    const error = errorOf('backup', 'RAW', { why: 'busy', path: '/media/disk' });
    fake.failNext.set('plugin:backup|start', error);
    await user.click(screen.getByTestId('backup-now'));
    await screen.findByText(/Another Dragoman is using the backups/);
    fake.world.backups = { last: null, failure: { at: Date.now(), error }, running: null };
    fake.failNext.set('plugin:backup|start', error);
    await user.click(screen.getByTestId('backup-now'));
    await screen.findByTestId('backup-failure');
    expect(screen.queryByTestId('backup-error')).toBeNull();
  });
});

describe('a backup that is brought back', () => {
  it('is shown first, with the keys to enter, and named to the app, which asks itself', async () => {
    const { fake, user } = await openData(withFolder());
    await user.click(screen.getByTestId('restore-look'));
    await screen.findByText(/Conversations: 214\. Messages: 3,120\. Pictures: 1,806/);
    expect(screen.getByTestId('restore-folder').textContent).toContain('/media/disk');
    expect(screen.getByText('智谱 GLM · at work')).toBeTruthy();
    await user.click(screen.getByText('Key page'));
    expect(called(fake, 'plugin:desktop|open')).toHaveLength(1);

    const older = backupSet(1).name;
    await user.selectOptions(screen.getByTestId('restore-set'), older);
    await screen.findByText(/Conversations: 213\./);
    fake.failNext.set('plugin:backup|restore', errorOf('not_allowed', 'No.'));
    await user.click(screen.getByTestId('restore-this'));
    expect(screen.queryByTestId('restore-error')).toBeNull();
    await user.click(screen.getByTestId('restore-this'));
    expect(called(fake, 'plugin:backup|restore').map(({ params }) => params)).toEqual([
      { name: older },
      { name: older },
    ]);
  });

  it('is looked for where the person says in a dialog of the app', async () => {
    const { fake, user } = await openData();
    await user.click(screen.getByTestId('restore-look'));
    await screen.findByText('Backups in /run/media/mei/Other');
    await user.click(screen.getByTestId('restore-another'));
    const looked = called(fake, 'plugin:backup|look').map(({ params }) => params);
    expect(looked).toEqual([{ own: false }, { own: false }]);
  });

  it('is not brought back when something of it is broken, which is named', async () => {
    const faults = [
      { file: 'dragoman-pictures/ab/abcd', missing: true },
      { file: 'dragoman-sets/x/dragoman.db', missing: false },
    ];
    const { user } = await openData(withFolder({ sets: [backupSet(0, { faults })] }));
    await user.click(screen.getByTestId('restore-look'));
    await screen.findByText(/missing: 1; altered: 1/);
    expect(screen.getByText('dragoman-pictures/ab/abcd')).toBeTruthy();
    expect(screen.queryByTestId('restore-this')).toBeNull();
  });

  it('says what keeps it from being brought back', async () => {
    const { fake, user } = await openData(withFolder());
    await user.click(screen.getByTestId('restore-look'));
    const args = { why: 'altered', path: '/media/disk', name: 'dragoman-pictures/ab/abcd' };
    fake.failNext.set('plugin:backup|restore', errorOf('backup', 'RAW', args));
    await user.click(await screen.findByTestId('restore-this'));
    expect((await screen.findByTestId('restore-error')).textContent).toContain(
      'dragoman-pictures/ab/abcd in /media/disk is not what was written there',
    );
  });

  it('is told after the start, with the place of what was there and the keys to enter', async () => {
    const made = world();
    const keys = backupSet(0).keys;
    made.hello.notices = [{ type: 'restored', at: Date.now(), aside: '/home/old', keys }];
    const { fake, user } = await openPage(made);
    await screen.findByText(/What was here before is kept in \/home\/old/);
    await user.click(screen.getByText('Key page'));
    expect(called(fake, 'plugin:desktop|open').map(({ params }) => params)).toEqual([
      { url: keys[0]?.url },
    ]);
  });
});
