import type { Notice } from '../contract/Notice';
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
      type: 'newVersion',
      newer: { version: '0.2.0', page: 'https://dragoman.example/0.2.0' },
    },
    {
      type: 'linkRefused',
      error: errorOf('link_refused', 'It asks for “image”.', { why: 'more', what: 'image' }),
    },
  ];
}
