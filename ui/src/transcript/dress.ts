import type { TableForm } from '$lib/ipc/contract/TableForm';
import { moment } from '$lib/moment';

/** Words that go into rendered blocks. */
export interface DressWords {
  copy: string;
  copied: string;
  saved: string;
  /** What the copy button of a code block is called. */
  copyCode: string;
  saveCode: string;
  /** What the buttons of a table say, and what each is called. */
  copyTable: string;
  copyCsv: string;
  copyMarkdown: string;
  save: string;
  saveTable: string;
  /** What a code block is called that is wider than the window. */
  code: (language: string) => string;
  /** The same of a table. */
  table: string;
  /** The same of a formula. */
  formula: string;
  /** What the link to a footnote is called, and the one back. */
  note: (label: string) => string;
  noteBack: string;
}

/** Does what a button of a block says. Each is true where it was done; a block is named by how many of its kind stand before it. */
export interface Takes {
  copy: (text: string) => Promise<boolean>;
  saveCode: (before: number) => Promise<boolean>;
  copyTable: (before: number, form: TableForm) => Promise<boolean>;
  saveTable: (before: number) => Promise<boolean>;
}

/** Adds to a rendered element what a person can do with it: nodes, never HTML. */
export function dress(element: Element, words: DressWords, takes: Takes): void {
  if (element.matches('div.code')) addCodeBar(element, words, takes);
  for (const code of element.querySelectorAll('div.code')) addCodeBar(code, words, takes);
  const tables = element.matches('div.table') ? [element] : element.querySelectorAll('div.table');
  for (const table of tables) {
    reach(table, table.firstElementChild, words.table);
    addTableBar(table, words, takes);
  }
  for (const formula of element.querySelectorAll('.math-block, .math-long'))
    reach(formula, formula.firstElementChild, words.formula);
  for (const link of element.querySelectorAll('a[data-ref]'))
    link.setAttribute('aria-label', words.note(link.textContent));
  const back = element.matches('.note') ? element.firstElementChild : null;
  back?.setAttribute('aria-label', words.noteBack);
}

/** How many blocks of its kind stand before one in its text. */
function before(block: Element, kind: string): number {
  const all = block.closest('.prose')?.querySelectorAll(kind) ?? [];
  return [...all].indexOf(block);
}

/** A button of a block. What it did, it says for a moment. */
function button(label: string, name: string, done: string, act: () => Promise<boolean>) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'block-act';
  made.textContent = label;
  made.title = name;
  const confirm = moment((on) => (made.textContent = on ? done : label));
  made.addEventListener('click', () => {
    void act().then((did) => {
      if (did) confirm();
    });
  });
  return made;
}

/** A bar over a code block: its language, and what can be done with it. */
function addCodeBar(block: Element, words: DressWords, takes: Takes): void {
  const bar = document.createElement('div');
  bar.className = 'block-bar code-bar';
  const language = document.createElement('span');
  language.textContent = block.getAttribute('data-lang') ?? '';
  const acts = document.createElement('span');
  const save = button(words.save, words.saveCode, words.saved, () =>
    takes.saveCode(before(block, 'div.code')),
  );
  save.classList.add('settled');
  acts.append(
    save,
    button(words.copy, words.copyCode, words.copied, () =>
      takes.copy(block.querySelector('code')?.textContent ?? ''),
    ),
  );
  bar.append(language, acts);
  block.prepend(bar);
  const pre = block.querySelector('pre');
  if (pre) reach(pre, pre.firstElementChild, words.code(language.textContent));
}

/** A bar under a table, seen by who is at it. */
function addTableBar(block: Element, words: DressWords, takes: Takes): void {
  const bar = document.createElement('div');
  bar.className = 'block-bar table-bar settled';
  const at = () => before(block, 'div.table');
  const copy = (label: string, name: string, form: TableForm) =>
    button(label, name, words.copied, () => takes.copyTable(at(), form));
  bar.append(
    copy(words.copy, words.copyTable, 'tsv'),
    copy('CSV', words.copyCsv, 'csv'),
    copy('Markdown', words.copyMarkdown, 'markdown'),
    button(words.save, words.saveTable, words.saved, () => takes.saveTable(at())),
  );
  block.append(bar);
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

/** Goes to a footnote of an answer, or back to where it is named; false where the link leads elsewhere. */
export function followNote(answer: Element, link: string): boolean {
  const [, to, label] = /^#(note|ref)-(.*)$/.exec(link) ?? [];
  if (!to) return false;
  const places = answer.querySelectorAll<HTMLElement>(to === 'note' ? '.note' : 'a[data-ref]');
  const place = [...places].find((place) => place.getAttribute(`data-${to}`) === label);
  (to === 'note' ? place?.querySelector('a') : place)?.focus();
  return true;
}
