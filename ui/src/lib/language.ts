import type { Language } from '$lib/ipc/contract/Language';

/** A language the page speaks. */
export type Locale = 'en' | 'zh-CN';

/** The language to speak: the chosen one, else the system's, else English. */
export function pickLocale(chosen: Language, system: string): Locale {
  if (chosen !== 'system') return chosen;
  return /^zh\b/i.test(system.replace('_', '-')) ? 'zh-CN' : 'en';
}
