import { moment } from '$lib/moment';

/** Words that go into rendered blocks. */
export interface DressWords {
  copy: string;
  copied: string;
  /** What the copy button of a code block is called. */
  copyCode: string;
  /** "Picture from …" */
  from: (host: string) => string;
}

/** Adds to a rendered element what a person can do with it: nodes, never HTML. */
export function dress(
  element: Element,
  words: DressWords,
  copy: (text: string) => Promise<boolean>,
): void {
  if (element.matches('div.code')) addCopy(element, words, copy);
  for (const code of element.querySelectorAll('div.code')) addCopy(code, words, copy);
  const pictures = element.matches('.remote-image')
    ? [element]
    : element.querySelectorAll('.remote-image');
  for (const picture of pictures) nameHost(picture, words);
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
}

/** A picture on another host is a card that names it; nothing is loaded. */
function nameHost(picture: Element, words: DressWords): void {
  const host = picture.getAttribute('data-host');
  if (!host || picture.querySelector('.host')) return;
  const line = document.createElement('span');
  line.className = 'host';
  line.textContent = words.from(host);
  picture.append(line);
}

/** The address of the link that was pressed, kept from opening in the page. */
export function followLink(event: MouseEvent): string | null {
  if (event.button > 1) return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!link) return null;
  event.preventDefault();
  return link.getAttribute('href');
}
