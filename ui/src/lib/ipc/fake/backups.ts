import type { BackupSet } from '../contract/BackupSet';
import type { BackupState } from '../contract/BackupState';
import type { KeyToEnter } from '../contract/KeyToEnter';
import type { Handlers, Stage } from './world';

/** Keys that are to be entered again. */
export function keysToEnter(): KeyToEnter[] {
  return [
    {
      provider: 'zhipu',
      name: '智谱 GLM',
      label: 'at work',
      url: 'https://open.bigmodel.cn/usercenter/apikeys',
    },
    { provider: 'my-gateway', name: 'My gateway', label: '', url: null },
  ];
}

/** A backup, made this many days ago. */
export function backupSet(days: number, given: Partial<BackupSet> = {}): BackupSet {
  const at = Date.UTC(2026, 10, 28, 6, 30) - days * 86_400_000;
  return {
    name: new Date(at).toISOString().slice(0, 19).replaceAll(':', '-') + 'Z',
    at,
    app: '0.1.0',
    conversations: 214 - days,
    messages: 3_120 - days,
    pictures: 1_806,
    bytes: 1_940_000_000,
    lost: 0,
    faults: [],
    keys: keysToEnter(),
    ...given,
  };
}

/** Backups of the fake app. */
export function backupHandlers(stage: Stage): Handlers {
  const none: BackupState = { last: null, failure: null, running: null };
  const sets = () => stage.world.sets ?? [backupSet(0), backupSet(1)];
  return {
    'plugin:backup|state': () => stage.world.backups ?? none,
    'plugin:backup|choose': () => {
      const backup = { ...stage.world.settings.backup, folder: '/run/media/mei/Backup' };
      return (stage.world.settings = { ...stage.world.settings, backup });
    },
    'plugin:backup|start': () => {
      const folder = stage.world.settings.backup.folder ?? '';
      const last = { at: Date.now(), folder, bytes: 1_940_000_000, written: 52_000_000, lost: 0 };
      return (stage.world.backups = { ...none, last });
    },
    'plugin:backup|stop': () => null,
    'plugin:backup|look': ({ own }) => ({
      folder: own ? (stage.world.settings.backup.folder ?? '') : '/run/media/mei/Other',
      sets: sets().map((set) => ({ ...set, faults: [] })),
    }),
    'plugin:backup|set': ({ name }) => sets().find((set) => set.name === name) ?? backupSet(0),
    'plugin:backup|restore': () => null,
  };
}
