import { scriptLanguage } from '$lib/script';

/** Headings of an answer stand below those of the page. */
const PAGE_LEVELS = 2;
const DEEPEST = 6;

/**
 * Says of a rendered element what language it is in, so that Chinese is set and
 * read as Chinese in an English interface, and how deep its headings are.
 */
export function speak(element: Element): void {
  // Code is in no language of people; what a table or list holds comes in parts of its own.
  if (element instanceof HTMLElement && !element.matches('div.code, .line')) {
    const language = scriptLanguage(element.textContent);
    if (language) element.lang = language;
  }
  for (const stressed of element.querySelectorAll<HTMLElement>('em'))
    stressed.lang = scriptLanguage(stressed.textContent) ?? '';
  for (const heading of [element, ...element.querySelectorAll('h1, h2, h3, h4, h5, h6')]) {
    const level = /^H([1-6])$/.exec(heading.tagName)?.[1];
    if (level)
      heading.setAttribute('aria-level', `${Math.min(DEEPEST, Number(level) + PAGE_LEVELS)}`);
  }
}
