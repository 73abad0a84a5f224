import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  called,
  choose,
  comeNear,
  loadParts,
  openPage,
  see,
  talk,
  texts,
  watchSight,
  worldOf,
  type Opened,
} from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  document.getSelection()!.removeAllRanges();
});

const articles = () => [...document.querySelectorAll('[role=feed] > article')];
const far = () => articles().map((one) => one.hasAttribute('data-far'));

async function opened(count = 6, messagesPage = 40): Promise<Opened> {
  const made = worldOf(2);
  made.conversations[0] = talk('t0', Date.now(), count);
  const page = await openPage(made, (fake) => (fake.messagesPage = messagesPage));
  await choose(page.user, 't0');
  await waitFor(() => expect(articles()).toHaveLength(Math.min(count, messagesPage)));
  return page;
}

const drawnOnes = () =>
  far().flatMap((isFar, at) => (isFar ? [] : [articles()[at]!.getAttribute('data-message')]));
const named = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `t0-${from + at}`);

describe('a conversation that opens', () => {
  it('draws its end, and places in place of the rest, which are drawn near to sight', async () => {
    await opened(30);
    expect(drawnOnes()).toEqual(named(22, 30));
    for (const place of articles().slice(0, 22))
      expect(parseFloat((place as HTMLElement).style.height)).toBeGreaterThan(40);
    see(articles().slice(20, 22), true);
    await waitFor(() => expect(drawnOnes()).toEqual(named(20, 30)));
    expect(texts()[0]).toBe('t0 q20');
  });

  it('draws of an earlier page what stands beside what is there', async () => {
    await opened(40, 20);
    expect(drawnOnes()).toEqual(named(32, 40));
    comeNear('earlier');
    await waitFor(() => expect(articles()).toHaveLength(40));
    expect(drawnOnes()).toEqual([...named(16, 20), ...named(32, 40)]);
  });

  it('gives a long message a higher place than a short one', async () => {
    const made = worldOf(2);
    const long = talk('t0', Date.now(), 20);
    const html = `<p>${'A long answer. '.repeat(200)}</p>`;
    long.messages[1]!.blocks = [{ id: 'a', html, parts: [] }];
    made.conversations[0] = long;
    const { user } = await openPage(made);
    await choose(user, 't0');
    await waitFor(() => expect(articles()).toHaveLength(20));
    const height = (at: number) => parseFloat((articles()[at] as HTMLElement).style.height);
    expect(height(1)).toBeGreaterThan(height(3) * 5);
  });

  it('draws what is gone to, wherever it is', async () => {
    const { fake, user } = await opened(30);
    expect(texts()).not.toContain('t0 a3');
    await user.type(screen.getByTestId('search'), 't0 a3');
    await user.click((await screen.findAllByTestId('search-hit'))[0]!);
    await waitFor(() => expect(texts()).toContain('t0 a3'));
    expect(called(fake, 'plugin:history|open')).toHaveLength(1);
  });
});

describe('a message that is far from sight', () => {
  it('is as high as it was and empty, and is drawn again near to it', async () => {
    await opened();
    const first = articles()[0]!;
    first.getBoundingClientRect = () => ({ height: 123 }) as DOMRect;
    see([first], false);
    await waitFor(() => expect(far()[0]).toBe(true));
    expect((articles()[0] as HTMLElement).style.height).toBe('123px');
    expect(texts()).toHaveLength(5);
    // Its place is watched now.
    await waitFor(() => {
      see([articles()[0]!], true);
      expect(far()[0]).toBe(false);
    });
    expect(texts()[0]).toBe('t0 q0');
  });

  it('stays where something in it is at work or selected', async () => {
    const { user } = await opened();
    await user.click(screen.getAllByTestId('edit')[0]!);
    await screen.findByTestId('edit-input');
    document.getSelection()!.selectAllChildren(articles()[2]!);
    see(articles(), false);
    await waitFor(() => expect(far()).toEqual([false, true, false, true, true, true]));
    expect(screen.getByTestId('edit-input')).toBeTruthy();
  });

  it('stays undrawn where all is selected, and all is copied all the same', async () => {
    const { fake, user } = await opened();
    see(articles(), false);
    await waitFor(() => expect(far()).not.toContain(false));
    screen.getByRole('region', { name: 'Conversation' }).focus();
    await user.keyboard('{Control>}a{/Control}');
    await screen.findByText('The whole conversation is selected', { selector: '.said' });
    expect(far()).not.toContain(false);
    expect(document.getSelection()!.isCollapsed).toBe(true);
    await user.keyboard('{Control>}c{/Control}');
    await waitFor(() =>
      expect(called(fake, 'plugin:out|copy_conversation').map(({ params }) => params)).toEqual([
        { id: 't0' },
      ]),
    );
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('whole')).toBeNull());
  });

  it('is nothing of the next conversation', async () => {
    const { user } = await opened();
    see(articles(), false);
    await waitFor(() => expect(far()).not.toContain(false));
    await choose(user, 't1');
    await waitFor(() => expect(texts()).toEqual(['t1 q0', 't1 a1']));
    await choose(user, 't0');
    await waitFor(() => expect(texts()).toHaveLength(6));
  });
});
