import type { Model } from '$lib/ipc/contract/Model';
import type { Provider } from '$lib/ipc/contract/Provider';
import { unknownModel } from '$lib/models';
import { DEMO } from '$lib/providers';

/** A model that can be chosen. */
export interface ModelOption {
  /** What it is, and in which section. */
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
  /** Does it not run? Then it is only there when searched for. */
  rests: (provider: Provider) => boolean;
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
  { query, chosen, lacksKey, rests, nameOf }: ModelSearch,
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
  const sections = all
    .filter(({ provider }) => searching || !rests(provider))
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
        provider.id !== DEMO &&
        (!lacks || provider.id === chosen) &&
        !provider.models.some((model) => model.id === id),
    )
    .sort((a, b) => Number(b.provider.id === chosen) - Number(a.provider.id === chosen))
    .map((row) => ({ row, model: unknownModel(id) }));
}
