import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  called,
  choose,
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

const articles = () => [...document.querySelectorAll('.col > article')];
const far = () => articles().map((one) => one.hasAttribute('data-far'));

async function opened(): Promise<Opened> {
  const made = worldOf(2);
  made.conversations[0] = talk('t0', Date.now(), 6);
  const page = await openPage(made);
  await choose(page.user, 't0');
  await waitFor(() => expect(articles()).toHaveLength(6));
  return page;
}

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
    screen.getByRole('log').focus();
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
