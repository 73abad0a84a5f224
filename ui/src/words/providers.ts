import type { Provider } from '$lib/ipc/contract/Provider';
import { getLocale } from '$lib/paraglide/runtime';

/** The name of a provider in the reader's language. */
export function providerName(provider: Provider): string {
  return (getLocale() === 'zh-CN' && provider.nameZh) || provider.name;
}

/** A model's name and its provider's; where both have one name, as Demo does, it is said once. */
export function bothNames(
  model: string,
  provider: Provider,
): { model: string; provider: string | null } {
  const name = providerName(provider);
  const one = model === provider.name;
  return { model: one ? name : model, provider: one ? null : name };
}
