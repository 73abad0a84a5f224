import type { KeyInfo } from '../contract/KeyInfo';
import type { KeyProbeReport } from '../contract/KeyProbeReport';
import type { KeyTestReport } from '../contract/KeyTestReport';
import type { PluginReport } from '../contract/PluginReport';
import type { Provider } from '../contract/Provider';
import { errorOf } from './messages';
import { manifestOf, provider as blank } from './providers';
import type { Handlers, Stage } from './world';

/** What the fake app needs for its keys, providers and settings. */
export interface House extends Stage {
  keyTest: KeyTestReport;
  keyProbe: KeyProbeReport;
  plugins: PluginReport;
}

function parse(baseUrl: string, allowPrivate: boolean): URL {
  const bad = (reason: string, why: string) =>
    errorOf('base_url', `${baseUrl} cannot be used: ${reason}`, { url: baseUrl, reason, why });
  if (!URL.canParse(baseUrl)) throw bad('it is not a web address.', 'not_an_address');
  const url = new URL(baseUrl);
  const here = url.hostname === 'localhost' || url.hostname.startsWith('127.');
  if (url.protocol === 'http:' && !here && !allowPrivate)
    throw bad('http to a private address is sent unencrypted.', 'private_http');
  return url;
}

function refused(field: string, reason: string) {
  return errorOf('manifest', `${field}: ${reason}`, { file: 'provider.json', field, reason });
}

/** A provider out of a manifest, or why it is none. */
function readManifest(json: string): Provider {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(json) as Record<string, unknown>;
  } catch (error) {
    throw refused('line 1', `not JSON: ${(error as Error).message}`);
  }
  for (const field of ['id', 'name', 'base_url'])
    if (typeof read[field] !== 'string' || read[field] === '')
      throw refused(field, 'must be a text that is not empty');
  if (!URL.canParse(String(read.base_url))) throw refused('base_url', 'is not a web address');
  return blank(String(read.id), String(read.name), null, String(read.base_url), [], {
    builtin: false,
    editable: true,
  });
}

/** Keys of the fake app. */
function keys(house: House): Handlers {
  const orphans = () => house.world.orphans ?? [];
  const leave = (id: string) => {
    if (!orphans().some((key) => key.id === id))
      throw errorOf('key_not_found', 'This key is not left over in the keyring any more.');
    house.world.orphans = orphans().filter((key) => key.id !== id);
  };
  return {
    'plugin:keys|status': () => house.world.keyring,
    'plugin:keys|stop': () => null,
    'plugin:keys|list': () => ({ keys: structuredClone(house.world.keys) }),
    'plugin:keys|test': () => house.keyTest,
    'plugin:keys|probe': () => house.keyProbe,
    'plugin:keys|set': (params) => {
      if (params.keep === 'keyring' && house.world.keyring.state !== 'ready')
        throw errorOf(
          `keyring_${house.world.keyring.state as 'locked'}`,
          'The keyring is not ready.',
          {
            why: house.world.keyring.reason ?? '',
            reason: house.world.keyring.detail ?? '',
          },
        );
      const provider = house.world.providers.find(({ id }) => id === params.provider);
      const info: KeyInfo = {
        id: house.next('key'),
        provider: params.provider,
        origin: provider?.origin ?? '',
        label: params.label,
        last4: params.key.trim().slice(-4),
        kept: params.keep,
        chosen: !house.world.keys.some((key) => key.provider === params.provider),
        usable: true,
        createdAt: Date.now(),
        usedAt: null,
        restsUntil: null,
        restsBecause: null,
      };
      house.world.keys = [...house.world.keys, info];
      return info;
    },
    'plugin:keys|order': ({ provider, ids }) => {
      const others = house.world.keys.filter((key) => key.provider !== provider);
      const ordered = ids.flatMap((id) => house.world.keys.filter((key) => key.id === id));
      house.world.keys = [...others, ...ordered.map((key, at) => ({ ...key, chosen: at === 0 }))];
      return null;
    },
    'plugin:keys|choose': ({ id }) => {
      const key = house.world.keys.find((other) => other.id === id);
      for (const other of house.world.keys)
        if (other.provider === key?.provider) other.chosen = other.id === id;
      return null;
    },
    'plugin:keys|rename': ({ id, label }) => {
      for (const key of house.world.keys) if (key.id === id) key.label = label;
      return null;
    },
    'plugin:keys|orphans': () => ({
      keys: orphans().map(({ id, origin }) => ({
        id,
        origin,
        providers: house.world.providers
          .filter((provider) => provider.origin === origin)
          .map((provider) => provider.id),
      })),
    }),
    'plugin:keys|adopt': ({ id, origin, provider, label }) => {
      leave(id);
      const info: KeyInfo = {
        id,
        provider,
        origin,
        label,
        last4: 'f00d',
        kept: 'keyring',
        chosen: true,
        usable: true,
        createdAt: Date.now(),
        usedAt: null,
        restsUntil: null,
        restsBecause: null,
      };
      const others = house.world.keys.map((key) =>
        key.provider === provider ? { ...key, chosen: false } : key,
      );
      house.world.keys = [info, ...others];
      return info;
    },
    'plugin:keys|discard': ({ id }) => {
      leave(id);
      return null;
    },
    'plugin:keys|remove': ({ id }) => {
      const gone = house.world.keys.find((key) => key.id === id);
      house.world.keys = house.world.keys.filter((key) => key.id !== id);
      const next = house.world.keys.find((key) => key.provider === gone?.provider);
      if (gone?.chosen && next) next.chosen = true;
      return null;
    },
  };
}

/** Providers of the fake app. */
function providers(house: House): Handlers {
  const find = (id: string) => {
    const found = house.world.providers.find((provider) => provider.id === id);
    if (!found) throw errorOf('provider_not_found', 'No such provider.', { provider: id });
    return found;
  };
  const tell = (provider: Provider) =>
    house.emit('provider', { provider: structuredClone(provider) });
  /** What a provider lists; noted is what came of it. */
  const list = (id: string) => {
    const found = find(id);
    const running = house.world.running?.[id];
    if (found.local && found.builtin && !running) {
      found.modelsState = { type: 'not_running' };
      throw errorOf('network', 'Nobody answers.', {
        host: new URL(found.baseUrl).host,
        reason: 'connection refused',
      });
    }
    if (running) found.models = running;
    if (found.modelsState.type !== 'unlisted') found.modelsState = { type: 'listed' };
    found.modelsAt = Date.now();
    return { models: structuredClone(found.models), at: found.modelsAt };
  };
  const put = (made: Provider) => {
    house.world.providers = [...house.world.providers.filter(({ id }) => id !== made.id), made];
    return made;
  };
  return {
    'plugin:providers|list': () => ({ providers: structuredClone(house.world.providers) }),
    'plugin:providers|add': ({ name, baseUrl, allowPrivate }) => {
      const url = parse(baseUrl, allowPrivate);
      return put(
        blank(house.next('custom'), name || url.host, null, url.href.replace(/\/$/, ''), [], {
          builtin: false,
          needsKey: false,
          docsUrl: null,
          keysUrl: null,
          editable: true,
        }),
      );
    },
    'plugin:providers|update': ({ id, name, baseUrl, allowPrivate }) => {
      const url = parse(baseUrl, allowPrivate);
      const base = url.href.replace(/\/$/, '');
      return Object.assign(find(id), { name, baseUrl: base, origin: url.origin });
    },
    'plugin:providers|remove': ({ id }) => {
      house.world.providers = house.world.providers.filter((provider) => provider.id !== id);
      house.world.keys = house.world.keys.filter((key) => key.provider !== id);
      return null;
    },
    'plugin:providers|models': ({ id }) => list(id),
    'plugin:providers|refresh': () => {
      const near = house.world.providers.filter(
        ({ builtin, local, modelsState: { type } }) =>
          (local || !builtin) && type !== 'listing' && type !== 'unlisted',
      );
      for (const one of near) {
        one.modelsState = { type: 'listing' };
        tell(one);
      }
      // The command answers at once, what came of it is told.
      void Promise.resolve().then(() => {
        for (const one of near) {
          try {
            list(one.id);
          } catch {
            // It is noted how it stands.
          }
          tell(one);
        }
      });
      return null;
    },
    'plugin:providers|set_model': ({ provider, model: id, ...said }) => {
      const known = find(provider).models.find((model) => model.id === id);
      if (!known) throw errorOf('not_found', 'No such model.');
      const { favourite, defaults, label } = said;
      // A name taken back leaves what the provider calls it; the fake's are their ids.
      const name = label ?? (known.label === null ? known.name : known.id);
      const own = (is: boolean | null, was: boolean | null) => (is === null ? was : is);
      const by = (is: boolean | null, was: typeof known.imageBy) =>
        is !== null ? 'user' : was === 'user' ? null : was;
      Object.assign(known, {
        name,
        label,
        favourite,
        defaults,
        imageBy: by(said.image, known.imageBy),
        videoBy: by(said.video, known.videoBy),
        reasoningBy: by(said.reasoning, known.reasoningBy),
        image: own(said.image, known.imageBy === 'user' ? null : known.image),
        video: own(said.video, known.videoBy === 'user' ? null : known.video),
        reasoning: own(said.reasoning, known.reasoningBy === 'user' ? null : known.reasoning),
      });
      return structuredClone(known);
    },
    'plugin:providers|share_rate_limit': ({ id, on }) => {
      find(id).shareRateLimit = on;
      return null;
    },
    'plugin:providers|manifest': ({ id }) => {
      const found = find(id);
      return { json: manifestOf(found), editable: found.editable };
    },
    'plugin:providers|save': ({ id, json }) => {
      const made = readManifest(json);
      if (id && id !== made.id) throw refused('id', `must stay ${id}`);
      return put(made);
    },
    'plugin:providers|copy': ({ id }) => {
      const found = find(id);
      return put({
        ...structuredClone(found),
        id: `${id}-copy`,
        name: `${found.name} (copy)`,
        nameZh: found.nameZh && `${found.nameZh}（副本）`,
        builtin: false,
        editable: true,
      });
    },
    'plugin:providers|import': () => {
      for (const made of house.plugins.added) put(made);
      return house.plugins;
    },
    'plugin:providers|export': () => true,
    'plugin:providers|plugins': () => ({ added: [], refused: [] }),
  };
}

/** Settings of the fake app. */
function settings(house: House): Handlers {
  const status = () => {
    const { proxy, proxyUrl } = house.world.settings.network;
    const bad = proxy === 'manual' && !/^(https?|socks5h?):\/\/[^/\s]+$/.test(proxyUrl);
    const args = { parameter: 'proxy_url', range: 'an address such as http://127.0.0.1:7890' };
    const error = bad ? errorOf('parameter', 'The proxy has no address.', args) : null;
    return { password: house.world.proxyPassword ?? false, error };
  };
  const network = (change: Partial<Stage['world']['settings']['network']>) =>
    (house.world.settings = {
      ...house.world.settings,
      network: { ...house.world.settings.network, ...change },
    });
  return {
    'plugin:settings|get': () => structuredClone(house.world.settings),
    'plugin:settings|set': ({ settings: given }) => {
      const { network: before, backup } = house.world.settings;
      return (house.world.settings = {
        ...given,
        network: { ...given.network, caFile: before.caFile },
        backup: { ...given.backup, folder: backup.folder },
      });
    },
    'plugin:settings|network': status,
    'plugin:settings|set_proxy_password': ({ password }) => {
      house.world.proxyPassword = password !== null;
      return status();
    },
    'plugin:settings|choose_ca': () => network({ caFile: '/home/mei/certificates/company-ca.pem' }),
    'plugin:settings|clear_ca': () => network({ caFile: null }),
  };
}

/** What the fake app answers for its keys, providers and settings. */
export function houseHandlers(house: House): Handlers {
  return { ...keys(house), ...providers(house), ...settings(house) };
}
