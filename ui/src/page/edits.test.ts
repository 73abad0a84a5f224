import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { called, loadParts, openPage, texts, watchSight, worldOf } from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('a question that is being changed', () => {
  it('comes back after a restart with what was typed, and is let go of where it ends', async () => {
    const made = worldOf(2, Date.now());
    const question = made.conversations[0]!.messages[0]!;
    made.edits = { [question.id]: 'half a thought' };
    const { user, fake } = await openPage(made);
    await user.click(await screen.findByText('t0'));
    const field = await screen.findByTestId<HTMLTextAreaElement>('edit-input');
    expect(field.value).toBe('half a thought');
    await user.type(field, '!');
    await waitFor(() => expect(made.edits).toEqual({ [question.id]: 'half a thought!' }));
    await user.click(screen.getByTestId('edit-cancel'));
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(texts()).toContain(question.text));
    await waitFor(() => expect(made.edits).toEqual({}));
    expect(called(fake, 'plugin:history|keep_draft').at(-1)!.params).toEqual({
      conversation: null,
      message: question.id,
      text: '',
    });
  });
});
