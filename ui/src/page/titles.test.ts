import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scene } from '$lib/ipc/fake/scenes';
import { loadParts, openPage } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

describe('titles by a model', () => {
  it('are off until a model is chosen that can be asked, and then say what they cost', async () => {
    const made = scene('manykeys', 'en').world;
    const { user, fake } = await openPage(made);
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('tab-general'));
    const choice = await screen.findByTestId<HTMLSelectElement>('titles');
    expect(choice.value).toBe('');
    expect(choice.labels![0]!.textContent).toContain('Titles of conversations');
    const groups = within(choice).getAllByRole('group');
    expect(groups.map((group) => group.getAttribute('label'))).not.toContain('Demo');
    const option = groups[0]!.querySelector('option')!;
    await user.selectOptions(choice, option);
    await waitFor(() => expect(fake.world.settings.titles).not.toBeNull());
    const { titles } = fake.world.settings;
    expect(JSON.stringify([titles!.provider, titles!.model])).toBe(option.value);
    expect(choice.labels![0]!.textContent).toContain('never a picture');
    await user.selectOptions(choice, '');
    await waitFor(() => expect(fake.world.settings.titles).toBeNull());
  });
});
