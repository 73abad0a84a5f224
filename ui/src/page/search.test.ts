import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { World } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import {
  called,
  change,
  comeNear,
  gate,
  openPage,
  talk,
  texts,
  titles,
  watchSight,
} from './test-page';

beforeAll(() => import('../sidebar/ConversationMenu.svelte'), 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const now = Date.now();
const field = () => screen.getByTestId<HTMLInputElement>('search');
const hits = () => screen.queryAllByTestId('search-hit');
const marked = () => hits().findIndex((one) => one.getAttribute('aria-selected') === 'true');
const input = () => screen.getByTestId<HTMLInputElement>('find-input');
const count = () => screen.getByTestId('find-count').textContent;

async function open(conversations = [talk('cat', now), talk('dog', now - 1000)]) {
  const { world } = await import('$lib/ipc/fake/scenes');
  const made: World = { ...world(), conversations };
  return openPage(made);
}

describe('the search over all conversations', () => {
  it('takes the place of the list while something is typed', async () => {
    const { user } = await open();
    await waitFor(() => expect(titles()).toEqual(['cat', 'dog']));
    await user.keyboard('{Control>}{Shift>}f{/Shift}{/Control}');
    expect(document.activeElement).toBe(field());
    await user.keyboard('dog');
    await waitFor(() => expect(hits()).toHaveLength(3));
    expect(titles()).toEqual([]);
    expect(hits().map((hit) => hit.querySelector('mark')?.textContent)).toEqual([
      'dog',
      'dog',
      'dog',
    ]);
    expect(screen.getByTestId('search-said').textContent).toBe('Results: 3');
    await user.keyboard('{Escape}');
    expect(field().value).toBe('');
    await waitFor(() => expect(titles()).toEqual(['cat', 'dog']));
    expect(document.activeElement).toBe(field());
  });

  it('is walked by the arrows and opens a message where it stands', async () => {
    const { fake, user } = await open([talk('cat', now), talk('dog', now - 1000, 120)]);
    await user.click(field());
    await user.keyboard('dog q2');
    await waitFor(() => expect(hits().length).toBeGreaterThan(4));
    const last = hits().length - 1;
    expect(marked()).toBe(0);
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(marked()).toBe(2);
    expect(field().getAttribute('aria-activedescendant')).toBe(hits()[2]!.id);
    await user.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
    expect(marked()).toBe(last);
    // The oldest: two pages before the last messages.
    await user.keyboard('{Enter}');
    await waitFor(() => expect(texts()).toContain('dog q2'));
    expect(called(fake, 'plugin:history|show_message').map(({ params }) => params)).toEqual([
      { message: 'dog-2' },
    ]);
    const found = () => document.querySelector('[data-found]');
    await waitFor(() => expect(found()?.getAttribute('data-message')).toBe('dog-2'));
    expect(document.activeElement).toBe(field());
    expect(hits()).toHaveLength(last + 1);
  });

  it('shows the answer to what was typed last, whatever comes when', async () => {
    const { fake, user } = await open();
    await user.click(field());
    const slow = gate();
    fake.holdNext.set('plugin:history|search', slow.passed);
    await user.keyboard('c');
    await user.keyboard('{Backspace}dog');
    await waitFor(() => expect(hits()).toHaveLength(3));
    slow.open();
    await new Promise((done) => setTimeout(done));
    expect(hits()).toHaveLength(3);
  });

  it('says that nothing was found, what was not understood, and what is indexed still', async () => {
    const { fake, user } = await open();
    fake.world.waiting = 1234;
    fake.world.searchNotes = [{ type: 'bad_date', filter: 'before', value: 'x' }];
    await user.click(field());
    await user.keyboard('nowhere');
    const none = await screen.findByTestId('search-none');
    expect(none.textContent).toContain('Nothing found for “nowhere”.');
    expect(none.textContent).toContain('has:image');
    expect(screen.getByText('“x” is not a date.', { exact: false })).toBeTruthy();
    expect(screen.getByTestId('search-waiting').textContent).toContain('1,234');
    // It is asked again by itself, until all is there.
    fake.world.waiting = 0;
    await waitFor(() => expect(screen.queryByTestId('search-waiting')).toBeNull(), {
      timeout: 5000,
    });
  });

  it('reads on near its end, and says what fails', async () => {
    const many = Array.from({ length: 45 }, (_, at) => talk(`cat${at}`, now - at, 1));
    const { fake, user } = await open(many);
    await user.click(field());
    await user.keyboard('cat');
    await waitFor(() => expect(screen.getAllByTestId('search-group')).toHaveLength(20));
    fake.failNext.set('plugin:history|search', errorOf('storage', 'no'));
    expect(comeNear('search-more')).toBe(true);
    await screen.findByRole('button', { name: 'Retry' });
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(screen.getAllByTestId('search-group').length).toBeGreaterThan(20));
  });

  it('follows what is renamed and removed', async () => {
    const { fake, user } = await open();
    await user.click(field());
    await user.keyboard('dog');
    await waitFor(() => expect(hits()).toHaveLength(3));
    fake.world.conversations = fake.world.conversations.filter(({ id }) => id !== 'dog');
    fake.emit('conversations', change({ removed: ['dog'] }));
    await waitFor(() => expect(hits()).toHaveLength(0));
  });
});

describe('find in the conversation', () => {
  it('counts, goes round, and reads what is not loaded yet', async () => {
    const { fake, user } = await open([talk('cat', now, 120)]);
    await user.click(await screen.findByRole('button', { name: 'cat' }));
    await waitFor(() => expect(texts()).toContain('cat q118'));
    await user.keyboard('{Control>}f{/Control}');
    await waitFor(() => expect(document.activeElement).toBe(input()));
    await user.keyboard('q1');
    // q10, q12, … q18 and q100, … q118.
    await waitFor(() => expect(count()).toMatch(/^\d+ of 15$/));
    const before = called(fake, 'plugin:history|earlier').length;
    const place = () => Number(count()!.split(' ')[0]);
    const at = place();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(place()).toBe((at % 15) + 1));
    for (let step = at % 15; step >= 0; step -= 1) await user.keyboard('{Shift>}{Enter}{/Shift}');
    await waitFor(() => expect(place()).toBe(15));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(place()).toBe(1));
    await waitFor(() => expect(texts()).toContain('cat q10'));
    expect(called(fake, 'plugin:history|earlier').length).toBeGreaterThan(before);
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId('find')).toBeNull();
  });

  it('says that there is nothing, and does not stop an answer by its Escape', async () => {
    const { fake, user } = await open();
    await user.click(await screen.findByRole('button', { name: 'cat' }));
    await user.keyboard('{Control>}f{/Control}');
    await waitFor(() => expect(document.activeElement).toBe(input()));
    await user.keyboard('nowhere');
    await waitFor(() => expect(count()).toBe('No results'));
    await user.keyboard('{Enter}{Escape}');
    expect(called(fake, 'plugin:chat|stop')).toEqual([]);
    const bar = screen.queryByTestId('find');
    expect(bar && within(bar)).toBeNull();
  });
});
