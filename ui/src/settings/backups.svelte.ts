import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { BackupFolder } from '$lib/ipc/contract/BackupFolder';
import type { BackupSet } from '$lib/ipc/contract/BackupSet';
import type { BackupState } from '$lib/ipc/contract/BackupState';
import type { IpcError } from '$lib/ipc/contract/IpcError';

/** How the backups stand, and what is looked at of them. */
export class Backups {
  state = $state.raw<BackupState | null>(null);
  /** Why what was pressed for did not come about. */
  error = $state.raw<IpcError | null>(null);
  /** The backups in the folder that was looked into. */
  found = $state.raw<BackupFolder | null>(null);
  /** The one that is looked at, each of its files looked for; `null` while it is not known. */
  shown = $state.raw<BackupSet | null>(null);
  /** The name of that one. */
  name = $state('');

  constructor(private readonly backend: Backend) {}

  /** Reads how they stand. */
  load = () =>
    this.attempt(async () => {
      this.state = await this.backend.call('plugin:backup|state', null);
    });

  /** Makes one; why it was not made is told with how they stand. */
  async start(): Promise<void> {
    this.error = null;
    try {
      this.state = await this.backend.call('plugin:backup|start', null);
    } catch (thrown) {
      const error = toIpcError(thrown);
      await this.load();
      const told = this.state?.failure?.error;
      if (told?.message !== error.message) this.error = error;
    }
  }

  stop = () => this.attempt(() => this.backend.call('plugin:backup|stop', null));

  /** Looks into the folder where they go, or one that the person chooses. */
  look = (own: boolean) =>
    this.attempt(async () => {
      const found = await this.backend.call('plugin:backup|look', { own });
      if (!found) return;
      this.found = found;
      this.shown = null;
      this.name = '';
      const [newest] = found.sets;
      if (newest) await this.show(newest.name);
    });

  /** Looks at one of them. */
  show = (name: string) =>
    this.attempt(async () => {
      this.name = name;
      this.shown = null;
      const set = await this.backend.call('plugin:backup|set', { name });
      if (this.name === name) this.shown = set;
    });

  /** Brings it back: the app asks by a dialog of the system's, and starts anew. */
  restore = () =>
    this.attempt(() => this.backend.call('plugin:backup|restore', { name: this.name }));

  /** Looks at none any more. */
  close(): void {
    this.found = null;
    this.shown = null;
    this.error = null;
  }

  /** A no in the system's dialog is no error. */
  async attempt(what: () => Promise<unknown>): Promise<void> {
    this.error = null;
    try {
      await what();
    } catch (thrown) {
      const error = toIpcError(thrown);
      if (error.code !== 'not_allowed') this.error = error;
    }
  }
}
