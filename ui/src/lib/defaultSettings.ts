import type { Settings } from '$lib/ipc/contract/Settings';

/** What holds until the stored ones are known. */
export function defaultSettings(): Settings {
  return {
    theme: 'system',
    language: 'system',
    zoom: 100,
    provider: null,
    model: null,
    network: { proxy: 'system', proxyUrl: '', proxyUser: '', caFile: null, idleSeconds: 300 },
    titles: null,
    checkUpdates: false,
    backup: { folder: null, schedule: 'off' },
  };
}
