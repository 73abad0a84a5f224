import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Settings } from '$lib/ipc/contract/Settings';
import { pickLocale, type Locale } from '$lib/text/language';

/** What holds until the stored ones are known. */
export function defaultSettings(): Settings {
  return {
    theme: 'system',
    language: 'system',
    provider: null,
    model: null,
    network: { proxy: 'system', proxyUrl: '', proxyUser: '', caFile: null, idleSeconds: 300 },
  };
}

/** The user's preferences, and what follows from them. */
export class Preferences {
  /** As stored. */
  current = $state.raw<Settings>(defaultSettings());
  /** The system's language. */
  system = $state(navigator.language);
  /** Why they could not be stored; what was chosen holds for this run. */
  error = $state.raw<IpcError | null>(null);

  constructor(private readonly backend: Backend) {}

  /** The language to speak. */
  get locale(): Locale {
    return pickLocale(this.current.language, this.system);
  }

  /** Reads them. */
  async load(): Promise<void> {
    this.current = await this.backend.call('plugin:settings|get', null);
  }

  /** Changes some, at once on the screen, then in the file. */
  async set(change: Partial<Settings>): Promise<void> {
    const settings = { ...this.current, ...change };
    this.current = settings;
    this.error = null;
    try {
      await this.backend.call('plugin:settings|set', { settings });
    } catch (error) {
      this.error = toIpcError(error);
    }
  }
}
