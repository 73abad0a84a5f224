import { render, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect } from 'vitest';
import type { Commands } from '$lib/ipc/contract/Commands';
import { Fake, type World } from '$lib/ipc/fake';
import { world } from '$lib/ipc/fake/scenes';
import App from './App.svelte';

/** Fetches the parts that the page fetches when they are wanted: no test then waits for a compiler. */
export async function loadParts(): Promise<void> {
  await Promise.all([
    import('../settings/Settings.svelte'),
    import('../parameters/ParametersPanel.svelte'),
    import('../models/PickerPanel.svelte'),
    import('../sidebar/ConversationMenu.svelte'),
    import('../parts/ConfirmDialog.svelte'),
    import('../preview/PreviewDialog.svelte'),
  ]);
}

/** Opens the page on a world, and waits until it says that it can be used. */
export async function open(made: World = world()) {
  const fake = new Fake(made, { manual: true });
  render(App, { backend: fake });
  await waitFor(() => expect(called(fake, 'plugin:desktop|ready')).toHaveLength(1));
  return { fake, user: userEvent.setup() };
}

/** What was asked of the backend by this command. */
export function called(fake: Fake, command: keyof Commands) {
  return fake.calls.filter((call) => call.command === command);
}
