import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Preset } from '$lib/ipc/contract/Preset';
import type { Fake } from '$lib/ipc/fake';
import { emptyAnswer } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import { called, loadParts, openPage, talk, choose, type Opened } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const preset = (name: string, given: Partial<Preset> = {}): Preset => ({
  id: name.toLowerCase(),
  name,
  params: { ...noParams(), system: `You are ${name}. {language}`, temperature: 0.2 },
  provider: null,
  model: null,
  pinned: false,
  ...given,
});

/** The page with two presets; `Shop` asks a model of its own. */
async function withPresets(prepare: (made: ReturnType<typeof world>) => void = () => {}) {
  const made = world();
  made.presets = [preset('Class'), preset('Shop', { provider: 'anyfast', model: 'gpt-5-mini' })];
  prepare(made);
  const opened = await openPage(made);
  await waitFor(() => expect(called(opened.fake, 'plugin:history|presets')).toHaveLength(1));
  return opened;
}

const picker = () => screen.getByTestId('preset-picker');

async function pick(user: Opened['user'], name: string) {
  await user.click(picker());
  const options = await screen.findAllByTestId('preset-option');
  await user.click(options.find((one) => one.textContent?.trim() === name)!);
  await waitFor(() => expect(screen.queryByTestId('preset-option')).toBeNull());
}

async function send(user: Opened['user'], text: string) {
  await user.type(screen.getByTestId('composer-input'), text);
  await user.click(screen.getByTestId('send'));
}

function sent(fake: Fake) {
  return called(fake, 'plugin:chat|send').at(-1)!.params as Record<string, unknown>;
}

describe('a new conversation', () => {
  it('shows no choice of presets where there are none', async () => {
    await openPage();
    expect(screen.queryByTestId('preset-picker')).toBeNull();
  });

  it('begins with the preset that is chosen, and the next one does not', async () => {
    const { fake, user } = await withPresets();
    await pick(user, 'Shop');
    expect(screen.getByTestId('model-picker').dataset.model).toBe('gpt-5-mini');
    expect(screen.getByTestId('parameters').dataset.count).toBe('2');
    await send(user, 'How much?');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(sent(fake)).toMatchObject({ preset: 'Shop', provider: 'anyfast', model: 'gpt-5-mini' });
    expect(sent(fake).params).toMatchObject({ system: 'You are Shop. {language}' });
    // It is of this conversation, and of no other.
    await waitFor(() => expect(screen.queryByTestId('preset-picker')).toBeNull());
    await user.keyboard('{Control>}n{/Control}');
    await waitFor(() => expect(picker().textContent?.trim()).toBe(''));
    expect(screen.getByTestId('model-picker').dataset.provider).toBe('demo');
    expect(screen.getByTestId('parameters').dataset.count).toBe('0');
    expect(called(fake, 'plugin:settings|set')).toEqual([]);
  });

  it('begins by the keyboard, too, and with none after all', async () => {
    const { user } = await withPresets();
    picker().focus();
    await user.keyboard('{ArrowDown}');
    await screen.findAllByTestId('preset-option');
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(picker().textContent?.trim()).toBe('Class'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('composer-input')));
    await pick(user, 'No preset');
    expect(picker().textContent?.trim()).toBe('');
    expect(screen.getByTestId('parameters').dataset.count).toBe('0');
  });

  it('asks another model than that of its preset where one is chosen, and only here', async () => {
    const { fake, user } = await withPresets();
    await pick(user, 'Shop');
    await user.click(screen.getByTestId('model-picker'));
    const options = await screen.findAllByTestId('model-option');
    await user.click(options.find(({ dataset }) => dataset.model === 'demo-measure')!);
    await waitFor(() =>
      expect(screen.getByTestId('model-picker').dataset.model).toBe('demo-measure'),
    );
    await send(user, '?');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(sent(fake)).toMatchObject({ preset: 'Shop', model: 'demo-measure' });
    expect(called(fake, 'plugin:settings|set')).toEqual([]);
  });

  it('begins with the pinned preset unless another is chosen', async () => {
    const { fake, user } = await withPresets(({ presets }) => (presets![0]!.pinned = true));
    await waitFor(() => expect(picker().textContent?.trim()).toBe('Class'));
    await send(user, '?');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(sent(fake)).toMatchObject({ preset: 'Class' });
    await user.keyboard('{Control>}n{/Control}');
    await pick(user, 'No preset');
    await send(user, '?');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(2));
    expect(sent(fake)).toMatchObject({ preset: null, params: noParams() });
  });
});

describe('an answer', () => {
  it('shows the instructions as they were sent', async () => {
    const { user } = await withPresets(({ conversations }) => {
      const made = talk('c1', Date.now());
      const prompt = 'In English: sea = 海';
      made.messages[1]!.answer = {
        ...emptyAnswer('demo', 'Demo', 'demo-measure'),
        notes: [{ type: 'prompt_filled', prompt, clipboard: 'sea = 海' }],
      };
      conversations.push(made);
    });
    await choose(user, 'c1');
    const sent = await screen.findByTestId('sent-prompt');
    expect(sent.textContent).not.toContain('sea');
    await user.click(within(sent).getByRole('button'));
    expect(sent.textContent).toContain('In English: sea = 海');
    expect(screen.queryByTestId('message-notes')).toBeNull();
  });
});

describe('the parameters', () => {
  it('are saved as a preset, with the model', async () => {
    const { fake, user } = await withPresets();
    await user.click(screen.getByTestId('parameters'));
    await user.type(await screen.findByTestId('param-system'), 'Translate.');
    await user.click(await screen.findByTestId('preset-save-as'));
    await user.type(screen.getByTestId('preset-name'), 'Glossary{Enter}');
    await waitFor(() => expect(screen.getByText('Saved as “Glossary”.')).toBeTruthy());
    expect(fake.world.presets!.at(-1)).toMatchObject({
      name: 'Glossary',
      params: { system: 'Translate.' },
      provider: 'demo',
      pinned: false,
    });
  });

  it('that were changed are saved into the preset that was chosen', async () => {
    const { fake, user } = await withPresets();
    await pick(user, 'Class');
    await user.click(screen.getByTestId('parameters'));
    expect(await screen.findByTestId('preset-save-as')).toBeTruthy();
    expect(screen.queryByTestId('preset-update')).toBeNull();
    await user.type(screen.getByTestId('param-maxTokens'), '90');
    await user.click(await screen.findByTestId('preset-update'));
    await waitFor(() => expect(fake.world.presets![0]!.params.maxTokens).toBe(90));
    await waitFor(() => expect(screen.queryByTestId('preset-update')).toBeNull());
  });

  it('say with which preset the conversation began', async () => {
    const { user } = await withPresets(({ conversations }) => {
      const params = { ...noParams(), system: 'Be brief.' };
      conversations.push({ ...talk('c1', Date.now()), params, preset: 'Old shop' });
    });
    await choose(user, 'c1');
    await user.click(screen.getByTestId('parameters'));
    expect(await screen.findByText('This conversation began with “Old shop”.')).toBeTruthy();
  });
});

describe('the settings', () => {
  const rows = () =>
    screen.queryAllByTestId('preset').map((row) => row.querySelector('.name span')!.textContent);

  async function settings(prepare?: Parameters<typeof withPresets>[0]) {
    const opened = await withPresets(prepare);
    await opened.user.click(screen.getByTestId('settings'));
    await opened.user.click(await screen.findByTestId('tab-presets'));
    return opened;
  }

  const inRow = (name: string, testid: string) => {
    const row = screen.getAllByTestId('preset').find((one) => one.textContent?.includes(name))!;
    return within(row).getByTestId(testid);
  };

  it('make a preset, and change it', async () => {
    const { fake, user } = await settings(({ presets }) => presets!.splice(0));
    await screen.findByText('No presets yet.');
    await user.click(screen.getByTestId('preset-new'));
    expect(screen.getByTestId<HTMLButtonElement>('preset-save').disabled).toBe(true);
    await user.type(screen.getByTestId('preset-name'), 'Class');
    await user.type(screen.getByTestId('preset-system'), 'Mark it: {{"a": 1} in {{language}');
    await user.click(screen.getByTestId('preset-save'));
    await waitFor(() => expect(rows()).toEqual(['Class']));
    expect(fake.world.presets![0]!.params.system).toBe('Mark it: {"a": 1} in {language}');
    await user.click(screen.getByTestId('preset-open'));
    await user.type(screen.getByTestId('preset-name'), ' 7b');
    await user.click(screen.getByTestId('preset-save'));
    await waitFor(() => expect(rows()).toEqual(['Class 7b']));
  });

  it('duplicate, order and pin presets', async () => {
    const { fake, user } = await settings();
    await user.click(inRow('Class', 'preset-duplicate'));
    expect(await screen.findByDisplayValue('Class 2')).toBeTruthy();
    await user.click(screen.getByTestId('preset-cancel'));
    await waitFor(() => expect(rows()).toEqual(['Class', 'Class 2', 'Shop']));
    await user.click(inRow('Shop', 'preset-up'));
    await waitFor(() => expect(rows()).toEqual(['Class', 'Shop', 'Class 2']));
    await user.click(inRow('Shop', 'preset-pin'));
    await waitFor(() => expect(inRow('Shop', 'preset-pin')).toBeTruthy());
    expect(fake.world.presets!.map(({ pinned }) => pinned)).toEqual([false, true, false]);
  });

  it('delete a preset, and put it back where it was', async () => {
    const { fake, user } = await settings(({ presets }) => (presets![0]!.pinned = true));
    const before = structuredClone(fake.world.presets!);
    await user.click(inRow('Class', 'preset-delete'));
    await waitFor(() => expect(rows()).toEqual(['Shop']));
    await user.click(screen.getByTestId('preset-undo'));
    await waitFor(() => expect(rows()).toEqual(['Class', 'Shop']));
    expect(fake.world.presets).toEqual(before);
    await waitFor(() => expect(screen.queryByTestId('preset-deleted')).toBeNull());
  });
});
