import type { Notice } from '../contract/Notice';
import { keysToEnter } from './backups';
import { errorOf } from './messages';

/** Every notice there is. */
export function everyNotice(): Notice[] {
  return [
    {
      type: 'settingsRestored',
      setAside: '/home/mei/.config/dragoman/settings.broken.json',
      fromCopy: true,
    },
    {
      type: 'notKept',
      error: errorOf('storage', 'No write permission.', {
        path: '/home/mei/.local/share/dragoman',
        reason: 'Permission denied (os error 13)',
      }),
    },
    {
      type: 'historySetAside',
      setAside: '/home/mei/.local/share/dragoman/dragoman.broken-20261121.db',
      reason: 'file is not a database',
    },
    {
      type: 'historyTrouble',
      error: errorOf('storage', 'The disk is full.', {
        path: '/home/mei/.local/share/dragoman/pictures',
        reason: 'No space left on device (os error 28)',
      }),
    },
    {
      type: 'providerUnreadable',
      provider: 'my-gateway',
      error: errorOf('manifest', 'models[0].inputs[1]: unknown variant `sound`', {
        file: 'my-gateway.json',
        field: 'models[0].inputs[1]',
        reason: 'unknown variant `sound`',
      }),
    },
    { type: 'pageRestarted', outOfMemory: false },
    { type: 'pageRestarted', outOfMemory: true },
    {
      type: 'restored',
      at: Date.UTC(2026, 10, 27, 18, 5),
      aside: '/home/mei/.local/share/dev.dragoman.desktop.before-restore-2026-11-28T16-30-05Z',
      keys: keysToEnter(),
    },
    {
      type: 'notRestored',
      error: errorOf('backup', 'In use.', { why: 'home_in_use', path: '/home/mei/.local/share' }),
    },
    {
      type: 'newVersion',
      newer: { version: '0.2.0', page: 'https://dragoman.example/0.2.0' },
    },
    {
      type: 'linkRefused',
      error: errorOf('link_refused', 'It asks for “image”.', { why: 'more', what: 'image' }),
    },
  ];
}
