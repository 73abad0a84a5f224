import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Keep } from '$lib/ipc/contract/Keep';
import type { KeyInfo } from '$lib/ipc/contract/KeyInfo';
import type { KeyringStatus } from '$lib/ipc/contract/KeyringStatus';
import type { KeyTestReport } from '$lib/ipc/contract/KeyTestReport';
import type { Provider } from '$lib/ipc/contract/Provider';
import type { ProviderAddParams } from '$lib/ipc/contract/ProviderAddParams';
import { getLocale } from '$lib/paraglide/runtime';

/** The provider that needs no key and no network. */
export const DEMO = 'demo';

/** The name of a provider in the reader's language. */
export function providerName(provider: Provider): string {
  return (getLocale() === 'zh-CN' && provider.nameZh) || provider.name;
}

/** Providers, their models, and what may be known of their keys. */
export class Providers {
  /** Demo first, then the built-in ones, then the user's. */
  list = $state.raw<Provider[]>([]);
  /** Every key, in order of entry. */
  keys = $state.raw<KeyInfo[]>([]);
  /** How the keyring stands; `null` until it was asked. */
  keyring = $state.raw<KeyringStatus | null>(null);
  /** Providers whose models are being asked for. */
  refreshing = $state.raw<ReadonlySet<string>>(new Set());
  /** Why a provider's models could not be had. */
  modelErrors = $state.raw<Readonly<Record<string, IpcError>>>({});

  constructor(private readonly backend: Backend) {}

  /** Reads providers and keys. */
  async load(): Promise<void> {
    await Promise.all([this.loadProviders(), this.loadKeys()]);
  }

  /** Reads the providers. */
  async loadProviders(): Promise<void> {
    this.list = (await this.backend.call('plugin:providers|list', null)).providers;
  }

  /** Reads what may be known of the keys. */
  async loadKeys(): Promise<void> {
    this.keys = (await this.backend.call('plugin:keys|list', null)).keys;
  }

  /** Asks how the keyring stands. */
  async loadKeyring(): Promise<void> {
    try {
      this.keyring = await this.backend.call('plugin:keys|status', null);
    } catch (error) {
      this.keyring = { state: 'unavailable', backend: '', reason: toIpcError(error).message };
    }
  }

  /** A provider by its id. */
  find(id: string): Provider | undefined {
    return this.list.find((provider) => provider.id === id);
  }

  /** The keys of a provider. */
  keysOf(id: string): KeyInfo[] {
    return this.keys.filter((key) => key.provider === id);
  }

  /** Must a key be entered before this provider can be asked? */
  lacksKey(provider: Provider): boolean {
    return provider.needsKey && !this.keysOf(provider.id).some((key) => key.usable);
  }

  /** Asks a provider which models it has. */
  async refreshModels(id: string): Promise<void> {
    this.refreshing = new Set([...this.refreshing, id]);
    const { [id]: _, ...others } = this.modelErrors;
    this.modelErrors = others;
    try {
      const { models } = await this.backend.call('plugin:providers|models', { id });
      this.list = this.list.map((provider) =>
        provider.id === id ? { ...provider, models } : provider,
      );
    } catch (error) {
      this.modelErrors = { ...this.modelErrors, [id]: toIpcError(error) };
    } finally {
      this.refreshing = new Set([...this.refreshing].filter((other) => other !== id));
    }
  }

  /** Stores a key. Nothing of it stays here but what the app tells. */
  async saveKey(provider: string, label: string, key: string, keep: Keep): Promise<KeyInfo> {
    const info = await this.backend.call('plugin:keys|set', { provider, label, key, keep });
    await this.loadKeys();
    return info;
  }

  /** Asks the provider whether it takes a stored key. */
  testStored(key: KeyInfo): Promise<KeyTestReport> {
    return this.backend.call('plugin:keys|test', { provider: key.provider, id: key.id, key: null });
  }

  /** Asks the provider whether it takes a key just typed. */
  testTyped(provider: string, key: string): Promise<KeyTestReport> {
    return this.backend.call('plugin:keys|test', { provider, id: null, key });
  }

  /** Uses this key for its provider from now on. */
  async chooseKey(id: string): Promise<void> {
    await this.backend.call('plugin:keys|choose', { id });
    await this.loadKeys();
  }

  /** Names a key. */
  async renameKey(id: string, label: string): Promise<void> {
    await this.backend.call('plugin:keys|rename', { id, label });
    await this.loadKeys();
  }

  /** Takes a key out of the keyring. */
  async removeKey(id: string): Promise<void> {
    await this.backend.call('plugin:keys|remove', { id });
    await this.loadKeys();
  }

  /** Adds an endpoint of the user's, or changes one. */
  async saveProvider(id: string | null, params: ProviderAddParams): Promise<Provider> {
    const provider = id
      ? await this.backend.call('plugin:providers|update', { id, ...params })
      : await this.backend.call('plugin:providers|add', params);
    await this.load();
    return provider;
  }

  /** Removes an endpoint of the user's, with its keys. */
  async removeProvider(id: string): Promise<void> {
    await this.backend.call('plugin:providers|remove', { id });
    await this.load();
  }
}
