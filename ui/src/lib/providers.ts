import type { Provider } from '$lib/ipc/contract/Provider';

/** The provider that needs no key and no network. */
export const DEMO = 'demo';

/** Those that can be asked first: Demo, with a key, and the person's own; each part in its order. */
export function readyFirst(
  providers: readonly Provider[],
  hasKey: (provider: Provider) => boolean,
): { ready: Provider[]; others: Provider[] } {
  const is = (provider: Provider) => provider.id === DEMO || !provider.builtin || hasKey(provider);
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
