import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { Keep } from '$lib/ipc/contract/Keep';
import type { KeyInfo } from '$lib/ipc/contract/KeyInfo';
import type { KeyProbeReport } from '$lib/ipc/contract/KeyProbeReport';
import type { KeyringStatus } from '$lib/ipc/contract/KeyringStatus';
import type { KeyTestReport } from '$lib/ipc/contract/KeyTestReport';
import type { ManifestText } from '$lib/ipc/contract/ManifestText';
import type { Model } from '$lib/ipc/contract/Model';
import type { OrphanKey } from '$lib/ipc/contract/OrphanKey';
import type { PluginReport } from '$lib/ipc/contract/PluginReport';
import type { Provider } from '$lib/ipc/contract/Provider';
import type { ProviderAddParams } from '$lib/ipc/contract/ProviderAddParams';
import { notListed, saidOf, type ModelSaid } from '$lib/models';
import type { TypedText } from '$lib/typed.svelte';

/** An endpoint that is being typed. */
export interface TypedEndpoint {
  name: TypedText | null;
  baseUrl: TypedText | null;
  allowPrivate: boolean;
}

/** Providers, their models, and what may be known of their keys. */
export class Providers {
  /** Demo first, then the built-in ones, then the user's. */
  list = $state.raw<Provider[]>([]);
  /** Every key, each provider's in the order they are tried. */
  keys = $state.raw<KeyInfo[]>([]);
  /** How the keyring stands; `null` until it was asked. */
  keyring = $state.raw<KeyringStatus | null>(null);
  /** The keyring's prompt is open: what needs a key waits for the person. */
  waiting = $state(false);
  /** Keys in the keyring that no provider has. */
  orphans = $state.raw<OrphanKey[]>([]);

  /** Manifests that were changed and not saved yet, by provider; `''` is a new one. */
  readonly drafts = new Map<string, TypedText>();
  /** Endpoints that were changed and not saved yet, in the same way. */
  readonly forms = new Map<string, TypedEndpoint>();
  /** Key fields with something in them: never what it is. */
  readonly typing = new Set<object>();
  /** Servers nearby that did not answer when they were last asked. */
  private readonly silent = new Set<string>();
  /** Plugin files that came, not dismissed yet. */
  reports = $state.raw<PluginReport[]>([]);

  constructor(private readonly backend: Backend) {}

  /** Reads providers and keys. */
  async load(): Promise<void> {
    await Promise.all([this.loadProviders(), this.loadKeys()]);
  }

  /** Reads the providers. */
  async loadProviders(): Promise<void> {
    this.list = (await this.backend.call('plugin:providers|list', null)).providers;
    this.list.forEach((provider) => this.note(provider));
  }

  /** Reads what may be known of the keys. */
  async loadKeys(): Promise<void> {
    this.keys = (await this.backend.call('plugin:keys|list', null)).keys;
  }

  /** Asks how the keyring stands. */
  async loadKeyring(): Promise<void> {
    try {
      this.keyring = await this.backend.call('plugin:keys|status', null);
      this.waiting = this.keyring.waiting;
    } catch (error) {
      const detail = toIpcError(error).message;
      const failed = { state: 'unavailable', reason: 'failed', detail } as const;
      this.keyring = { ...failed, backend: '', waiting: false };
    }
  }

  /** The keyring's prompt opened, or is gone: then it may stand otherwise. */
  prompted(waiting: boolean): void {
    this.waiting = waiting;
    if (!waiting) void this.loadKeyring();
  }

  /** Stops waiting for the keyring's prompt. */
  async stopWaiting(): Promise<void> {
    await this.backend.call('plugin:keys|stop', null);
  }

  /** Has servers nearby and endpoints that were added say which models they have. */
  async refreshNearby(): Promise<void> {
    await this.backend.call('plugin:providers|refresh', null);
  }

  /** The app told how a provider is now. */
  told(provider: Provider): void {
    if (this.find(provider.id)) this.change(provider.id, provider);
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
    const before = this.find(id)?.modelsState;
    this.change(id, { modelsState: { type: 'listing' } });
    try {
      const { models, at } = await this.backend.call('plugin:providers|models', { id });
      const modelsState = before?.type === 'unlisted' ? before : ({ type: 'listed' } as const);
      this.change(id, { models, modelsAt: at, modelsState });
    } catch (error) {
      const told = toIpcError(error);
      const modelsState = notListed(this.find(id)?.local ?? false, told);
      this.change(id, { modelsState });
    }
  }

  /** Changes what the person says of a model; what is not named stays as it was said. */
  async setModel(id: string, model: Model, said: Partial<ModelSaid>): Promise<void> {
    const set = await this.backend.call('plugin:providers|set_model', {
      provider: id,
      model: model.id,
      ...saidOf(model),
      ...said,
    });
    const models = this.find(id)?.models ?? [];
    const known = models.some((other) => other.id === set.id);
    this.change(id, {
      models: known ? models.map((other) => (other.id === set.id ? set : other)) : [...models, set],
    });
  }

  /** Does a server nearby not run, as far as is known? While it is asked again it stays so. */
  rests({ id, local, modelsState: { type } }: Provider): boolean {
    return local && (type === 'not_running' || (type === 'listing' && this.silent.has(id)));
  }

  private note({ id, modelsState: { type } }: Provider): void {
    if (type === 'not_running') this.silent.add(id);
    else if (type !== 'listing') this.silent.delete(id);
  }

  private change(id: string, to: Partial<Provider>): void {
    const known = this.find(id);
    if (known) this.note({ ...known, ...to });
    this.list = this.list.map((provider) =>
      provider.id === id ? { ...provider, ...to } : provider,
    );
  }

  /** Stores a key. Nothing of it stays here but what the app tells. */
  async saveKey(provider: string, label: string, key: string, keep: Keep): Promise<KeyInfo> {
    const info = await this.backend.call('plugin:keys|set', { provider, label, key, keep });
    await this.loadKeys();
    // Whoever enters a key wants to choose a model next.
    void this.refreshModels(provider);
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

  /** Shows a model a small picture with a known answer. */
  probe(key: KeyInfo, model: string): Promise<KeyProbeReport> {
    return this.backend.call('plugin:keys|probe', { provider: key.provider, id: key.id, model });
  }

  /** Puts a key before or behind its neighbours: the first is the one in use. */
  async moveKey(key: KeyInfo, by: number): Promise<void> {
    const ids = this.keysOf(key.provider).map(({ id }) => id);
    const from = ids.indexOf(key.id);
    const to = Math.min(Math.max(from + by, 0), ids.length - 1);
    if (from < 0 || to === from) return;
    ids.splice(from, 1);
    ids.splice(to, 0, key.id);
    await this.backend.call('plugin:keys|order', { provider: key.provider, ids });
    await this.loadKeys();
  }

  /** Whether the next key takes over on a rate limit, too. */
  async shareRateLimit(id: string, on: boolean): Promise<void> {
    await this.backend.call('plugin:providers|share_rate_limit', { id, on });
    this.change(id, { shareRateLimit: on });
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

  /** Looks for keys that no provider has; while the keyring is closed there are none. */
  async loadOrphans(): Promise<void> {
    try {
      this.orphans = (await this.backend.call('plugin:keys|orphans', null)).keys;
    } catch {
      this.orphans = [];
    }
  }

  /** Gives such a key to a provider. */
  async adoptKey({ id, origin }: OrphanKey, provider: string, label: string): Promise<void> {
    try {
      await this.backend.call('plugin:keys|adopt', { id, origin, provider, label });
      await this.loadKeys();
    } finally {
      await this.loadOrphans();
    }
    void this.refreshModels(provider);
  }

  /** Takes such a key out of the keyring. */
  async discardKey({ id, origin }: OrphanKey): Promise<void> {
    try {
      await this.backend.call('plugin:keys|discard', { id, origin });
    } finally {
      await this.loadOrphans();
    }
  }

  /** Adds an endpoint of the user's, or changes one. */
  async saveProvider(id: string | null, params: ProviderAddParams): Promise<Provider> {
    const provider = id
      ? await this.backend.call('plugin:providers|update', { id, ...params })
      : await this.backend.call('plugin:providers|add', params);
    await this.load();
    return provider;
  }

  /** A provider's plugin, as its file holds it. */
  async manifest(id: string): Promise<ManifestText> {
    return this.backend.call('plugin:providers|manifest', { id });
  }

  /** Stores a plugin: a new one, or in place of another. */
  async saveManifest(id: string | null, json: string): Promise<Provider> {
    const provider = await this.backend.call('plugin:providers|save', { id, json });
    await this.load();
    return provider;
  }

  /** Copies a provider into a plugin that can be edited. */
  async copy(id: string): Promise<Provider> {
    const provider = await this.backend.call('plugin:providers|copy', { id });
    await this.load();
    return provider;
  }

  /** Takes plugin files that the person chooses. */
  async importFiles(): Promise<PluginReport> {
    const report = await this.backend.call('plugin:providers|import', null);
    if (report.added.length > 0) await this.load();
    return report;
  }

  /** Writes a provider's plugin to a file that the person names; `false` when they did not. */
  export(id: string): Promise<boolean> {
    return this.backend.call('plugin:providers|export', { id });
  }

  /** Takes a report off the screen. */
  dismiss(report: PluginReport): void {
    this.reports = this.reports.filter((other) => other !== report);
  }

  /** Says what came of plugin files. */
  tell(report: PluginReport): void {
    this.reports = [...this.reports, report];
  }

  /** Plugin files came: dropped on the window, or found in the folder. */
  async arrived(report: PluginReport): Promise<void> {
    if (report.added.length === 0 && report.refused.length === 0) return;
    this.tell(report);
    await this.load();
  }

  /** Removes an endpoint of the user's, with its keys. */
  async removeProvider(id: string): Promise<void> {
    await this.backend.call('plugin:providers|remove', { id });
    await this.load();
  }
}
