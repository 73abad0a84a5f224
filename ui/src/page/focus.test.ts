import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '$lib/ipc/fake/scenes';
import { dress } from '../transcript/dress';
import { loadParts, openPage, titles, watchSight, worldOf } from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const focused = () => document.activeElement;
const focusedRow = () => focused()?.closest('[data-id]')?.getAttribute('data-id');

/** Opens the menu of a conversation and chooses what is called so. */
async function choose(
  user: Awaited<ReturnType<typeof openPage>>['user'],
  title: string,
  what: string,
) {
  await user.click(await screen.findByRole('button', { name: `More options for “${title}”` }));
  await user.click(await screen.findByText(what));
}

describe('the focus', () => {
  it.each(['Delete', 'Archive'])(
    'is on the next conversation after one is gone: %s',
    async (what) => {
      const { user } = await openPage(worldOf(4));
      await waitFor(() => expect(titles()).toHaveLength(4));
      await choose(user, 't1', what);
      await waitFor(() => expect(titles()).toEqual(['t0', 't2', 't3']));
      await waitFor(() => expect(focusedRow()).toBe('t2'));
    },
  );

  it('is where a key is entered after one is removed', async () => {
    const { user } = await openPage(scene('chat', 'en').world);
    await user.click(screen.getByTestId('settings'));
    const card = () =>
      within(screen.getAllByTestId('provider').find((one) => one.dataset.provider === 'chenyu')!);
    await waitFor(() => expect(card().getAllByTestId('key')).toHaveLength(2));
    await user.click(card().getAllByTestId('key-remove')[1]!);
    await user.click(within(await screen.findByRole('alertdialog')).getByText('Remove'));
    await waitFor(() => expect(card().getAllByTestId('key')).toHaveLength(1));
    await waitFor(() => expect(focused()).toBe(card().getByTestId('key-input')));
  });

  it('is back on the button when a name is kept or not', async () => {
    const { user } = await openPage(scene('chat', 'en').world);
    await user.click(screen.getByTestId('settings'));
    const rename = async () => (await screen.findAllByRole('button', { name: /^Rename/ }))[0]!;
    await user.click(await rename());
    await user.keyboard('x{Enter}');
    await waitFor(async () => expect(focused()).toBe(await rename()));
    await user.click(await rename());
    await user.keyboard('y{Escape}');
    await waitFor(async () => expect(focused()).toBe(await rename()));
    expect(screen.getByTestId('settings-page')).toBeTruthy();
  });
});

describe('the drawer of a narrow window', () => {
  beforeEach(() => {
    vi.stubGlobal('matchMedia', (query: string) =>
      Object.assign(new EventTarget(), { matches: query.includes('760px'), media: query }),
    );
  });

  it('takes the focus, puts the page out of reach, and gives the focus back', async () => {
    const { user } = await openPage(worldOf(2));
    const show = screen.getByRole('button', { name: 'Show conversations' });
    const behind = show.closest<HTMLElement>('.main')!;
    expect(behind.inert).toBe(false);
    await user.click(show);
    expect(behind.inert).toBe(true);
    const nav = screen.getByRole('navigation');
    await waitFor(() => expect(nav.contains(focused())).toBe(true));
    await user.keyboard('{Escape}');
    expect(behind.inert).toBe(false);
    await waitFor(() => expect(focused()).toBe(show));
  });
});

describe('what was copied', () => {
  it('is read out, a second time too', async () => {
    const { user } = await openPage(scene('chat', 'en').world);
    await user.click(screen.getByText('Receipt to a table'));
    const said = screen.getByTestId('said');
    const words: string[] = [];
    const watch = new MutationObserver(() => words.push(said.textContent ?? ''));
    watch.observe(said, { childList: true, characterData: true, subtree: true });
    for (let times = 1; times <= 2; times++) {
      await user.click(await screen.findByRole('button', { name: /^(Copy answer|Copied)/ }));
      await waitFor(() => expect(words.filter((word) => word === 'Copied')).toHaveLength(times));
    }
    watch.disconnect();
    expect(said.getAttribute('aria-live')).toBe('polite');
  });
});

describe('what is wider than its place', () => {
  const words = {
    copy: 'Copy',
    copied: 'Copied',
    copyCode: 'Copy code',
    code: (language: string) => `Code, ${language}`,
    saved: 'Saved',
    save: 'Save',
    saveCode: 'Save code',
    copyTable: 'Copy table',
    copyCsv: 'Copy as CSV',
    copyMarkdown: 'Copy as Markdown',
    saveTable: 'Save table',
    table: 'Table',
    formula: 'Formula',
    note: (label: string) => label,
    noteBack: 'Back',
  };
  let layout: (() => void)[] = [];

  beforeEach(() => {
    layout = [];
    vi.stubGlobal(
      'ResizeObserver',
      class {
        constructor(callback: () => void) {
          layout.push(callback);
        }
        observe() {}
      },
    );
  });

  it.each([
    [
      'div.code > pre',
      '<div class="code" data-lang="rust"><pre><code>x</code></pre></div>',
      'Code, rust',
    ],
    ['div.table', '<div class="table"><table><tbody></tbody></table></div>', 'Table'],
  ])('can be scrolled by keys, while it is: %s', (selector, html, name) => {
    const root = document.createElement('div');
    root.innerHTML = html;
    const nothing = async () => false;
    const takes = { copy: nothing, saveCode: nothing, copyTable: nothing, saveTable: nothing };
    dress(root, words, takes);
    const part = root.querySelector(selector)!;
    let width = 400;
    Object.defineProperty(part, 'clientWidth', { get: () => 300 });
    Object.defineProperty(part, 'scrollWidth', { get: () => width });
    const attributes = () =>
      ['tabindex', 'role', 'aria-label'].map((one) => part.getAttribute(one));
    layout.forEach((laid) => laid());
    expect(attributes()).toEqual(['0', 'group', name]);
    width = 300;
    layout.forEach((laid) => laid());
    expect(attributes()).toEqual([null, null, null]);
  });
});
