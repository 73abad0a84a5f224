import type { Provider } from '$lib/ipc/contract/Provider';
import { getLocale } from '$lib/paraglide/runtime';

/** The name of a provider in the reader's language. */
export function providerName(provider: Provider): string {
  return (getLocale() === 'zh-CN' && provider.nameZh) || provider.name;
}
