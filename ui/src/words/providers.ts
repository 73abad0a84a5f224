import type { Provider } from '$lib/ipc/contract/Provider';
import { getLocale } from '$lib/paraglide/runtime';

/** The name of a provider in the reader's language. */
export function providerName(provider: Provider): string {
  return (getLocale() === 'zh-CN' && provider.nameZh) || provider.name;
}

/** The same, and for one that does not come with the app the host that is asked. */
export function placedName(provider: Provider): string {
  const name = providerName(provider);
  if (provider.builtin || !URL.canParse(provider.origin)) return name;
  const { host } = new URL(provider.origin);
  return name === host ? name : `${name} · ${host}`;
}

/** A model's name and its provider's; where both have one name, as Demo does, it is said once. */
export function bothNames(
  model: string,
  provider: Provider,
): { model: string; provider: string | null } {
  const one = model === provider.name;
  return {
    model: one ? providerName(provider) : model,
    provider: one ? null : placedName(provider),
  };
}
