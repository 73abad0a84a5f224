import { moment } from '$lib/moment';

/** Words that go into rendered blocks. */
export interface DressWords {
  copy: string;
  copied: string;
  /** What the copy button of a code block is called. */
  copyCode: string;
  /** What a code block is called that is wider than the window. */
  code: (language: string) => string;
  /** The same of a table. */
  table: string;
}

/** Adds to a rendered element what a person can do with it: nodes, never HTML. */
export function dress(
  element: Element,
  words: DressWords,
  copy: (text: string) => Promise<boolean>,
): void {
  if (element.matches('div.code')) addCopy(element, words, copy);
  for (const code of element.querySelectorAll('div.code')) addCopy(code, words, copy);
  const tables = element.matches('div.table') ? [element] : element.querySelectorAll('div.table');
  for (const table of tables) reach(table, table.firstElementChild, words.table);
}

/** A bar over a code block: its language, and a button that copies it. */
function addCopy(
  block: Element,
  words: DressWords,
  copy: (text: string) => Promise<boolean>,
): void {
  const bar = document.createElement('div');
  bar.className = 'code-bar';
  const language = document.createElement('span');
  language.textContent = block.getAttribute('data-lang') ?? '';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'code-copy';
  button.textContent = words.copy;
  button.title = words.copyCode;
  const confirm = moment((on) => (button.textContent = on ? words.copied : words.copy));
  button.addEventListener('click', () => {
    void copy(block.querySelector('code')?.textContent ?? '').then((done) => {
      if (done) confirm();
    });
  });
  bar.append(language, button);
  block.prepend(bar);
  const pre = block.querySelector('pre');
  if (pre) reach(pre, pre.firstElementChild, words.code(language.textContent));
}

/** What is wider than its place can be scrolled by keys: some engines give it no focus by themselves. */
function reach(scroller: Element, content: Element | null, name: string): void {
  const observer = new ResizeObserver(() => {
    const scrolls = scroller.scrollWidth > scroller.clientWidth + 1;
    if (scrolls === scroller.hasAttribute('tabindex')) return;
    const attributes = { tabindex: '0', role: 'group', 'aria-label': name };
    for (const [attribute, value] of Object.entries(attributes)) {
      if (scrolls) scroller.setAttribute(attribute, value);
      else scroller.removeAttribute(attribute);
    }
  });
  observer.observe(scroller);
  if (content) observer.observe(content);
}

/** A picture on another host that a text names. */
export interface Named {
  /** Where its card goes. */
  target: Element;
  url: string;
  host: string;
  description: string;
}

/** The pictures that a rendered element names, each with an empty place for its card. */
export function namedPictures(element: Element): Named[] {
  const found = element.matches('.remote-image')
    ? [element]
    : element.querySelectorAll('.remote-image');
  return [...found].map((picture) => {
    const { url = '', host = '' } = (picture as HTMLElement).dataset;
    const description = picture.textContent.trim();
    // What can be pressed stands beside a link, never in it.
    const link = picture.closest('a');
    const target = document.createElement('span');
    if (link) link.after(' ', target);
    else picture.replaceChildren(target);
    return { target, url, host, description: link ? host : description };
  });
}

/** The address of the link that was pressed, kept from opening in the page. */
export function followLink(event: MouseEvent): string | null {
  if (event.button > 1) return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!link) return null;
  event.preventDefault();
  return link.getAttribute('href');
}
