import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { called, choose, loadParts, openPage, texts, worldOf } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const params = (fake: Fake, command: Parameters<typeof called>[1]) =>
  called(fake, command).map(({ params }) => params);

async function opened() {
  const page = await openPage(worldOf(2));
  await choose(page.user, 't0');
  await waitFor(() => expect(texts()).toEqual(['t0 q0', 't0 a1']));
  return page;
}

describe('copying an answer', () => {
  it('is as it is written by its button, and as its menu says', async () => {
    const { fake, user } = await opened();
    await user.click(screen.getByTestId('copy-answer'));
    await screen.findByLabelText('Copied');
    for (const [name, form] of [
      ['Copy as plain text', 'plain'],
      ['Copy with formatting', 'rich'],
      ['Copy as Markdown', 'markdown'],
    ] as const) {
      await user.click(screen.getByTestId('copy-as'));
      await user.click(await screen.findByRole('menuitem', { name }));
      await waitFor(() =>
        expect(params(fake, 'plugin:out|copy_answer').at(-1)).toEqual({ message: 't0-1', form }),
      );
      await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('copy-as')));
    }
    expect(called(fake, 'plugin:desktop|copy')).toHaveLength(0);
  });

  it('is by keys, too, and says where it fails', async () => {
    const { fake, user } = await opened();
    await user.keyboard('{Control>}{Shift>}C{/Shift}{/Control}');
    await screen.findByLabelText('Copied');
    expect(params(fake, 'plugin:out|copy_answer')).toEqual([{ message: 't0-1', form: 'markdown' }]);
    fake.failNext.set('plugin:out|copy_answer', errorOf('internal', 'x'));
    await user.keyboard('{Control>}{Shift>}C{/Shift}{/Control}');
    await screen.findByTestId('notice');
  });
});

describe('a table and a code block', () => {
  const table = (id: string) => ({
    id,
    html: '<div class="table"><table><thead><tr><th>a</th></tr></thead><tbody data-slot></tbody></table></div>',
    parts: ['<tr><td>b</td></tr>'],
  });
  const code = (id: string) => ({
    id,
    html: '<div class="code" data-lang="rust"><pre><code data-slot></code></pre></div>',
    parts: ['<span class="line">x\n</span>'],
  });

  async function withBlocks() {
    const made = worldOf(1);
    const answer = made.conversations[0]!.messages[1]!;
    answer.blocks = [table('1'), code('2'), table('3'), code('4')];
    answer.reasoning = [table('5')];
    const page = await openPage(made);
    await choose(page.user, 't0');
    await screen.findAllByRole('button', { name: 'Save…' });
    return page;
  }
  const nth = (title: string, at: number) => screen.getAllByTitle(title)[at]!;
  const place = (before: number, thought = false) => ({ message: 't0-1', thought, before });

  it('are copied by their place in the answer', async () => {
    const { fake, user } = await withBlocks();
    await user.click(nth('Copy table for a spreadsheet', 1));
    await waitFor(() => expect(nth('Copy table for a spreadsheet', 1).textContent).toBe('Copied'));
    await user.click(nth('Copy table as CSV', 0));
    await user.click(screen.getByRole('button', { name: /Thought/ }));
    await waitFor(() => expect(screen.getAllByTitle('Copy as Markdown')).toHaveLength(3));
    await user.click(nth('Copy as Markdown', 0));
    await waitFor(() =>
      expect(params(fake, 'plugin:out|copy_table')).toEqual([
        { table: place(1), form: 'tsv' },
        { table: place(0), form: 'csv' },
        { table: place(0, true), form: 'markdown' },
      ]),
    );
    // Code is copied as it is shown.
    await user.click(nth('Copy code', 0));
    await waitFor(() => expect(params(fake, 'plugin:desktop|copy')).toEqual([{ text: 'x\n' }]));
  });

  it('are saved, which is said only where a file was named', async () => {
    const { fake, user } = await withBlocks();
    fake.world.leavesDialog = true;
    await user.click(nth('Save code as a file', 1));
    await waitFor(() => expect(params(fake, 'plugin:out|save_code')).toEqual([place(1)]));
    expect(screen.getByTestId('said').textContent).toBe('');
    fake.world.leavesDialog = false;
    await user.click(nth('Save table as a CSV file', 1));
    await waitFor(() => expect(nth('Save table as a CSV file', 1).textContent).toBe('Saved'));
    expect(params(fake, 'plugin:out|save_table')).toEqual([place(1)]);
    expect(screen.getByTestId('said').textContent).toBe('Saved');
  });
});

describe('the whole conversation', () => {
  const whole = () => screen.queryByTestId('whole');

  it('is selected outside fields only, and ends with what is pressed elsewhere', async () => {
    const { user } = await opened();
    await user.click(screen.getByTestId('composer-input'));
    await user.keyboard('x{Control>}a{/Control}');
    expect(whole()).toBeNull();
    screen.getByRole('region', { name: 'Conversation' }).focus();
    await user.keyboard('{Control>}a{/Control}');
    await waitFor(() => expect(whole()).not.toBeNull());
    await user.click(screen.getByTestId('whole-copy'));
    await waitFor(() => expect(whole()!.textContent).toContain('Copied'));
    await user.click(screen.getAllByTestId('message')[0]!);
    await waitFor(() => expect(whole()).toBeNull());
    await user.keyboard('{Control>}a{/Control}');
    await waitFor(() => expect(whole()).not.toBeNull());
    await choose(user, 't1');
    await waitFor(() => expect(whole()).toBeNull());
  });

  it('is exported and printed from where it is selected', async () => {
    const { fake, user } = await opened();
    screen.getByRole('region', { name: 'Conversation' }).focus();
    await user.keyboard('{Control>}a{/Control}');
    await user.click(await screen.findByTestId('whole-print'));
    expect(params(fake, 'plugin:out|print')).toEqual([{ id: 't0' }]);
    await user.click(screen.getByTestId('whole-export'));
    await screen.findByRole('dialog', { name: 'Export “t0”' });
  });

  it('is printed by keys and by the menu', async () => {
    const { fake, user } = await opened();
    await user.keyboard('{Control>}p{/Control}');
    await user.click(await screen.findByRole('button', { name: 'More options for “t1”' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Print…' }));
    await waitFor(() =>
      expect(params(fake, 'plugin:out|print')).toEqual([{ id: 't0' }, { id: 't1' }]),
    );
  });
});
