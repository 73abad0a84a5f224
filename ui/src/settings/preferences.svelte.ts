import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { NetworkSettings } from '$lib/ipc/contract/NetworkSettings';
import type { NetworkStatus } from '$lib/ipc/contract/NetworkStatus';
import type { Settings } from '$lib/ipc/contract/Settings';
import { defaultSettings } from '$lib/defaultSettings';
import { Typed } from '$lib/typed.svelte';
import { pickLocale, type Locale } from '$lib/language';

/** The user's preferences, and what follows from them. */
export class Preferences {
  /** As stored. */
  current = $state.raw<Settings>(defaultSettings());
  /** The system's language. */
  system = $state(navigator.language);
  /** Why they could not be stored; what was chosen holds for this run. */
  error = $state.raw<IpcError | null>(null);

  /** How the network stands; `null` until it was asked. */
  network = $state.raw<NetworkStatus | null>(null);

  /** What is typed of the network and not stored: it outlives its fields. */
  readonly proxyUrl = new Typed(() => this.current.network.proxyUrl);
  readonly proxyUser = new Typed(() => this.current.network.proxyUser);
  readonly idleSeconds = new Typed(() => String(this.current.network.idleSeconds));

  /** How often something was set. */
  private changes = 0;

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
      await this.store(settings);
    } catch (error) {
      this.error = toIpcError(error);
    }
  }

  /** Reads how the network stands: whether a password is stored, what keeps it from working. */
  async loadNetwork(): Promise<void> {
    this.network = await this.backend.call('plugin:settings|network', null);
  }

  /**
   * Changes how requests leave this machine. What cannot be stored is not kept
   * here either: a later change of something else must not fail by it.
   */
  async setNetwork(change: Partial<NetworkSettings>): Promise<void> {
    const network = { ...this.current.network, ...change };
    await this.store({ ...this.current, network });
    await this.loadNetwork();
  }

  /** Stores them; what another process set meanwhile comes with the answer. */
  private async store(settings: Settings): Promise<void> {
    const change = (this.changes += 1);
    const stored = await this.backend.call('plugin:settings|set', { settings });
    if (change === this.changes) this.current = stored;
  }

  /** Stores the proxy's password, or removes it. Nothing of it stays here. */
  async setProxyPassword(password: string | null): Promise<void> {
    this.network = await this.backend.call('plugin:settings|set_proxy_password', { password });
  }

  /** Lets the person choose where backups go. */
  async chooseBackupFolder(): Promise<void> {
    this.current = await this.backend.call('plugin:backup|choose', null);
  }

  /** Lets the person choose a certificate file. */
  async chooseCa(): Promise<void> {
    this.current = await this.backend.call('plugin:settings|choose_ca', null);
    await this.loadNetwork();
  }

  /** Trusts the system's certificates alone. */
  async clearCa(): Promise<void> {
    this.current = await this.backend.call('plugin:settings|clear_ca', null);
    await this.loadNetwork();
  }
}
