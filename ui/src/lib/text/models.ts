import type { Model } from '$lib/ipc/contract/Model';
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
    favourite: false,
    usedAt: null,
    defaults: null,
  };
}

/** A model that can be chosen. */
export interface ModelOption {
  /** Unique in the list. */
  key: string;
  /** Id of its provider. */
  provider: string;
  model: Model;
  /** It is what was typed, not one that is known. */
  typed: boolean;
}

/** The models of a provider that fit what was typed. */
export interface ModelGroup {
  provider: Provider;
  name: string;
  lacksKey: boolean;
  options: ModelOption[];
}

/**
 * What the picker shows for what was typed: each word must be found in the
 * model's name or id, or its provider's name. An id that is not known can be
 * used with any provider but Demo, the chosen one first.
 */
export function modelGroups(
  providers: readonly Provider[],
  query: string,
  chosen: string | null,
  lacksKey: (provider: Provider) => boolean,
  nameOf: (provider: Provider) => string,
): ModelGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const typed = query.trim();
  const isId = typed !== '' && !/\s/.test(typed);
  const groups = providers.map((provider): ModelGroup => {
    const name = nameOf(provider);
    const fits = (model: Model) => {
      const text = `${model.id} ${model.name} ${name} ${provider.name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const known = provider.models.filter(fits);
    const options = known.map((model) => ({
      key: `${provider.id}-${model.id}`,
      provider: provider.id,
      model,
      typed: false,
    }));
    const exact = provider.models.some(({ id }) => id === typed);
    if (isId && !exact && provider.id !== 'demo') {
      options.push({
        key: `${provider.id}-typed`,
        provider: provider.id,
        model: unknownModel(typed),
        typed: true,
      });
    }
    return { provider, name, lacksKey: lacksKey(provider), options };
  });
  if (words.length === 0) return groups;
  // What is known goes before what could be; of the latter, the chosen provider's.
  const rank = (group: ModelGroup) =>
    (group.options.some((option) => !option.typed) ? 0 : 2) +
    (group.provider.id === chosen ? 0 : 1);
  return groups.filter(({ options }) => options.length > 0).sort((a, b) => rank(a) - rank(b));
}
