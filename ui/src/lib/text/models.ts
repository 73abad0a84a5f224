import type { Model } from '$lib/ipc/contract/Model';
import type { ModelSetParams } from '$lib/ipc/contract/ModelSetParams';
import type { Provider } from '$lib/ipc/contract/Provider';

/** A model of which nothing is known but its id: unknown means allowed. */
export function unknownModel(id: string): Model {
  return {
    id,
    name: id,
    image: null,
    video: null,
    reasoning: null,
    imageBy: null,
    videoBy: null,
    reasoningBy: null,
    context: null,
    output: null,
    priceIn: null,
    priceOut: null,
    thinking: [],
    efforts: [],
    takesEffort: false,
    details: [],
    videoBytes: null,
    links: null,
    favourite: false,
    usedAt: null,
    defaults: null,
  };
}

/** What the person said of a model. */
export type ModelSaid = Pick<
  ModelSetParams,
  'favourite' | 'image' | 'video' | 'reasoning' | 'defaults'
>;

/** What the person said of it so far: what others say is not theirs. */
export function saidOf(model: Model): ModelSaid {
  return {
    favourite: model.favourite,
    image: model.imageBy === 'user' ? model.image : null,
    video: model.videoBy === 'user' ? model.video : null,
    reasoning: model.reasoningBy === 'user' ? model.reasoning : null,
    defaults: model.defaults,
  };
}

/** A model that can be chosen. */
export interface ModelOption {
  /** Unique in the list. */
  key: string;
  /** Id of its provider. */
  provider: string;
  /** The provider's name, where the section does not say it. */
  of: string | null;
  model: Model;
  /** It is what was typed, not one that is known. */
  typed: boolean;
}

/** Models that belong together: one provider's, or those that were marked. */
export interface ModelSection {
  kind: 'favourites' | 'recent' | 'provider' | 'typed';
  /** The provider, of a provider's section. */
  provider: Provider | null;
  /** Its name, of a provider's section. */
  name: string;
  lacksKey: boolean;
  options: ModelOption[];
}

/** What the picker must know besides the providers. */
export interface ModelSearch {
  /** What was typed. */
  query: string;
  /** The provider in use. */
  chosen: string | null;
  lacksKey: (provider: Provider) => boolean;
  nameOf: (provider: Provider) => string;
}

/** How many of the models that were asked last are shown on their own. */
const RECENT = 5;

/**
 * What the picker shows: favourites, what was asked last, then each provider's
 * models, those first that can be asked. Each word that was typed must be found
 * in the model's name or id, or its provider's name; then no model is shown
 * twice. An id that is not known can be used with any provider that can be
 * asked but Demo, the chosen one first.
 */
export function modelSections(
  providers: readonly Provider[],
  { query, chosen, lacksKey, nameOf }: ModelSearch,
): ModelSection[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const searching = words.length > 0;
  const all = providers.map((provider) => {
    const name = nameOf(provider);
    const known = `${name} ${provider.name} ${provider.nameZh ?? ''} ${provider.id}`;
    const fits = ({ id, name }: Model) => {
      const text = `${id} ${name} ${known}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const models = searching ? provider.models.filter(fits) : provider.models;
    return { provider, name, lacks: lacksKey(provider), models };
  });
  type Row = (typeof all)[number];
  const option = (kind: string, row: Row, model: Model): ModelOption => ({
    key: `${kind}-${row.provider.id}-${model.id}`,
    provider: row.provider.id,
    of: kind === 'provider' ? null : row.name,
    model,
    typed: kind === 'typed',
  });
  const usable = all.filter(({ lacks }) => !lacks);
  const pairs = usable.flatMap((row) => row.models.map((model) => ({ row, model })));
  const marked = pairs.filter(({ model }) => model.favourite);
  const recent = pairs
    .filter(({ model }) => model.usedAt !== null && !model.favourite)
    .sort((a, b) => (b.model.usedAt ?? 0) - (a.model.usedAt ?? 0))
    .slice(0, RECENT);
  const shown = new Set(searching ? [...marked, ...recent].map(({ model }) => model) : []);
  const own = (
    kind: 'favourites' | 'recent' | 'typed',
    of: { row: Row; model: Model }[],
  ): ModelSection => ({
    kind,
    provider: null,
    name: '',
    lacksKey: false,
    options: of.map(({ row, model }) => option(kind, row, model)),
  });
  const rank = ({ provider, lacks, models }: Row) =>
    (lacks ? 4 : 0) + (models.length > 0 ? 0 : 2) + (provider.id === chosen || !searching ? 0 : 1);
  const sections = [...all]
    .sort((a, b) => rank(a) - rank(b))
    .map((row): ModelSection => ({
      kind: 'provider',
      provider: row.provider,
      name: row.name,
      lacksKey: row.lacks,
      options: row.models
        .filter((model) => !shown.has(model))
        .map((model) => option('provider', row, model)),
    }))
    .filter(({ options }) => options.length > 0 || !searching);
  const typed = typedIn(all, query.trim(), chosen);
  return [
    own('favourites', marked),
    own('recent', recent),
    ...sections,
    own('typed', typed),
  ].filter(({ kind, options }) => kind === 'provider' || options.length > 0);
}

/** What was typed, as an id, with each provider that can be asked for it. */
function typedIn<R extends { provider: Provider; lacks: boolean }>(
  all: R[],
  id: string,
  chosen: string | null,
): { row: R; model: Model }[] {
  if (id === '' || /\s/.test(id)) return [];
  return all
    .filter(
      ({ provider, lacks }) =>
        provider.id !== 'demo' &&
        (!lacks || provider.id === chosen) &&
        !provider.models.some((model) => model.id === id),
    )
    .sort((a, b) => Number(b.provider.id === chosen) - Number(a.provider.id === chosen))
    .map((row) => ({ row, model: unknownModel(id) }));
}

/** Those that can be asked first: Demo, with a key, and the person's own; each part in its order. */
export function readyFirst(
  providers: readonly Provider[],
  hasKey: (provider: Provider) => boolean,
): { ready: Provider[]; others: Provider[] } {
  const is = (provider: Provider) =>
    provider.id === 'demo' || !provider.builtin || hasKey(provider);
  return {
    ready: providers.filter(is),
    others: providers.filter((provider) => !is(provider)),
  };
}

/** Does a provider's name, id or address hold every word? */
export function providerFits(provider: Provider, query: string): boolean {
  const text =
    `${provider.name} ${provider.nameZh ?? ''} ${provider.id} ${provider.baseUrl}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** How much a model holds: `256k`, `1M`; a k is 1024 where that comes out even. */
export function contextText(tokens: number): string {
  const k = tokens % 1024 === 0 ? 1024 : 1000;
  const [value, unit] = tokens >= k * k ? [tokens / k / k, 'M'] : [tokens / k, 'k'];
  return tokens < 1000 ? String(tokens) : `${Number(value.toFixed(value < 10 ? 1 : 0))}${unit}`;
}

/** US dollars, to the cent, finer where a price is: `$2.00`, `$0.075`. */
export function dollars(price: number): string {
  const cents = price * 100;
  const even = Math.abs(cents - Math.round(cents)) < 1e-6;
  return `$${even ? price.toFixed(2) : Number(price.toPrecision(3))}`;
}
