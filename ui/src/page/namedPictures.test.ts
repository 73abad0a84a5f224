import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { picture } from '$lib/ipc/fake/scenes';
import { called, choose, loadParts, openPage, talk, watchSight, worldOf } from './test-page';

const url = 'https://cdn.example.com/a.png?x=1&y=2';
const card = (description: string) =>
  `<span class="remote-image" data-url="${url.replace('&', '&amp;')}" data-host="cdn.example.com">${description}</span>`;

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(cleanup);

/** A page on an answer of these blocks; its address leads to as many pictures. */
async function opened(blocks: string[], pictures = 1) {
  const made = worldOf(1);
  const told = talk('t0', Date.now());
  told.messages[1]!.blocks = blocks.map((html, at) => ({ id: `b${at}`, html, parts: [] }));
  made.conversations = [told];
  made.named = Array.from({ length: pictures }, () => picture('sea', { name: 'a.png' }));
  const page = await openPage(made);
  await choose(page.user, 't0');
  await screen.findAllByTestId('named-picture');
  return page;
}

const load = () => screen.findByRole('button', { name: 'Load from cdn.example.com' });
const loads = (fake: Awaited<ReturnType<typeof opened>>['fake']) =>
  called(fake, 'plugin:chat|load_picture').map(({ params }) => params);

describe('a picture that an answer names', () => {
  it('is loaded by a press alone, once, and stands where it is named', async () => {
    const { fake, user } = await opened([`<p>Look: ${card('a cat')}.</p>`]);
    expect(screen.getByTestId('named-picture').textContent).toContain('a cat');
    expect(screen.queryByRole('img')).toBeNull();
    expect(loads(fake)).toEqual([]);
    await user.click(await load());
    const shown = await screen.findByTestId('message-picture');
    await waitFor(() => expect(shown.contains(document.activeElement)).toBe(true));
    expect(shown.closest('p')!.textContent).toMatch(/^Look:.*\.$/s);
    expect(within(shown).getByRole('button', { name: /a cat/ })).toBeTruthy();
    expect(screen.getAllByTestId('message-picture')).toHaveLength(1);
    expect(loads(fake)).toEqual([{ message: 't0-1', url }]);
    await user.click(within(shown).getByRole('button', { name: /a cat/ }));
    expect(await screen.findByRole('dialog')).toBeTruthy();
  });

  it('says why it cannot be loaded, and is tried again', async () => {
    const { fake, user } = await opened([`<p>${card('a cat')}</p>`], 0);
    await user.click(await load());
    expect((await screen.findByRole('alert')).textContent).toContain('404');
    await user.click(screen.getByRole('button', { name: 'Open in the browser' }));
    expect(called(fake, 'plugin:desktop|open')[0]!.params).toEqual({ url });
    fake.world.named = [picture('sea', {})];
    await user.click(screen.getByRole('button', { name: 'Load from cdn.example.com again' }));
    await screen.findByTestId('message-picture');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is shown wherever it is named, also in a link, whose address a press on it does not open', async () => {
    const { fake, user } = await opened([
      `<p>${card('a cat')}</p>`,
      `<p><a href="https://b.example/">${card('the same')}</a></p>`,
    ]);
    expect(screen.getByRole('link').querySelector('button')).toBeNull();
    await user.click(screen.getAllByRole('button', { name: /^Load from/ })[1]!);
    await waitFor(() => expect(screen.getAllByTestId('message-picture')).toHaveLength(2));
    expect(loads(fake)).toHaveLength(1);
    expect(called(fake, 'plugin:desktop|open')).toHaveLength(0);
  });
});
