import { cleanup, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatSendParams } from '$lib/ipc/contract/ChatSendParams';
import type { Fake } from '$lib/ipc/fake';
import { scene, world } from '$lib/ipc/fake/scenes';
import { failure } from '$lib/ipc/fake/states';
import { attachment, emptyAnswer, errorOf } from '$lib/ipc/fake/messages';
import { called, choose, openPage, talk, watchSight, worldOf, loadParts } from './test-page';

beforeAll(loadParts, 120_000);
beforeEach(watchSight);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type User = Awaited<ReturnType<typeof openPage>>['user'];
const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');
const show = async (user: User, id: string) => {
  await choose(user, id);
  await waitFor(() => expect(screen.queryAllByTestId('message').length).toBeGreaterThan(0));
};
const picked = () => screen.getByTestId('model-picker').dataset.model;
const params = (fake: Fake, command: 'plugin:chat|retry' | 'plugin:chat|send') =>
  called(fake, command).at(-1)?.params as { provider: string; model: string } | undefined;

/** A conversation asked of one model, and failed as given; another model is chosen for new ones. */
function failed(code: Parameters<typeof failure>[0]) {
  const made = scene('chat', 'en').world;
  const one = talk('bad', Date.now());
  one.messages[1] = {
    ...one.messages[1]!,
    state: 'failed',
    error: failure(code),
    answer: emptyAnswer('anyfast', 'AnyFast', 'gpt-5-mini'),
  };
  made.conversations = [one];
  return made;
}

describe('a model that is not activated', () => {
  it('is activated where the provider does that: its own button goes there', async () => {
    const made = failed('model_not_found');
    const url = 'https://console.example.com/models';
    made.conversations[0]!.messages[1]!.error!.args = { about: 'not_activated', url };
    const { fake, user } = await openPage(made);
    await show(user, 'bad');
    expect(screen.getByText(/not activated for your account/)).toBeTruthy();
    await user.click(screen.getByTestId('step-activate'));
    expect(called(fake, 'plugin:desktop|open').at(-1)?.params).toEqual({ url });
  });

  it('is not one that there is not', async () => {
    const { user } = await openPage(failed('model_not_found'));
    await show(user, 'bad');
    expect(screen.queryByTestId('step-activate')).toBeNull();
    expect(screen.getByTestId('step-model')).toBeTruthy();
  });
});

describe('an answer that failed', () => {
  it('is asked again of whom it was asked, and beside that of who is chosen', async () => {
    const { fake, user } = await openPage(failed('provider_down'));
    await show(user, 'bad');
    expect(screen.getByTestId('ask-other').textContent).toContain('doubao-seed-1-6-vision');
    await user.click(screen.getByTestId('retry'));
    await waitFor(() =>
      expect(params(fake, 'plugin:chat|retry')).toMatchObject({
        provider: 'anyfast',
        model: 'gpt-5-mini',
      }),
    );
  });

  it('is asked of the other model by its own button', async () => {
    const { fake, user } = await openPage(failed('provider_down'));
    await show(user, 'bad');
    await user.click(screen.getByTestId('ask-other'));
    await waitFor(() =>
      expect(params(fake, 'plugin:chat|retry')).toMatchObject({
        provider: 'chenyu',
        model: 'doubao-seed-1-6-vision',
      }),
    );
  });

  it('is offered to whom is chosen then', async () => {
    const made = failed('provider_down');
    Object.assign(made.conversations[0]!, { provider: 'anyfast', model: 'gpt-5-mini' });
    const { user } = await openPage(made);
    await show(user, 'bad');
    expect(screen.queryByTestId('ask-other')).toBeNull();
    await user.click(screen.getByTestId('model-picker'));
    await user.type(await screen.findByTestId('model-search'), 'glm-4-7-251222{Enter}');
    await waitFor(() =>
      expect(screen.getByTestId('ask-other').textContent).toContain('glm-4-7-251222'),
    );
  });

  it('can only be asked of another where its provider is gone', async () => {
    const made = failed('provider_down');
    made.providers = made.providers.filter(({ id }) => id !== 'anyfast');
    const { user } = await openPage(made);
    await show(user, 'bad');
    expect(screen.queryByTestId('retry')).toBeNull();
    expect(screen.getByTestId('ask-other')).toBeTruthy();
  });

  it('by the network leads to the settings of the network', async () => {
    const { user } = await openPage(failed('network'));
    await show(user, 'bad');
    await user.click(screen.getByTestId('step-network'));
    const tab = () => screen.getByTestId('tab-network').dataset.state;
    await waitFor(() => expect(tab()).toBe('active'));
    // Asked for on their own, they begin with the providers again.
    await user.click(screen.getByTestId('settings'));
    await user.click(screen.getByTestId('settings'));
    await waitFor(() => expect(tab()).toBe('inactive'));
  });
});

describe('a conversation', () => {
  it('opens with the model that was asked in it, and a new one with the one chosen last', async () => {
    const made = scene('chat', 'en').world;
    made.conversations = [
      { ...talk('a', 3), provider: 'anyfast', model: 'gpt-5-mini' },
      { ...talk('b', 2), provider: 'chenyu', model: 'qwen3-vl-235b-a22b' },
      { ...talk('gone', 1), provider: 'chenyu', model: 'no-longer-there' },
    ];
    const { fake, user } = await openPage(made);
    await show(user, 'a');
    await waitFor(() => expect(picked()).toBe('gpt-5-mini'));
    await show(user, 'b');
    await waitFor(() => expect(picked()).toBe('qwen3-vl-235b-a22b'));
    await show(user, 'gone');
    await waitFor(() => expect(picked()).toBe('doubao-seed-1-6-vision'));
    // What is chosen here is for here, and for new ones.
    await show(user, 'a');
    await user.click(screen.getByTestId('model-picker'));
    await user.type(await screen.findByTestId('model-search'), 'glm-4-7-251222{Enter}');
    await waitFor(() => expect(picked()).toBe('glm-4-7-251222'));
    await show(user, 'b');
    await waitFor(() => expect(picked()).toBe('qwen3-vl-235b-a22b'));
    await show(user, 'a');
    await waitFor(() => expect(picked()).toBe('glm-4-7-251222'));
    await user.type(input(), 'And?{Enter}');
    await waitFor(() =>
      expect(params(fake, 'plugin:chat|send')).toMatchObject({
        provider: 'anyfast',
        model: 'glm-4-7-251222',
      }),
    );
    await user.click(screen.getByTestId('new-conversation'));
    await waitFor(() => expect(picked()).toBe('glm-4-7-251222'));
  });
});

describe('while an answer is written', () => {
  async function asked() {
    const opened = await openPage(worldOf(1));
    await opened.user.type(input(), 'First{Enter}');
    await screen.findByTestId('stop');
    return opened;
  }

  it('Enter says so, and keeps the text', async () => {
    const { fake, user } = await asked();
    await user.type(input(), 'Second{Enter}');
    expect(screen.getByTestId('composer-hint').textContent).toContain('An answer is being written');
    expect(input().value).toBe('Second');
    expect(called(fake, 'plugin:chat|send')).toHaveLength(1);
    const answer = fake.world.conversations.flatMap(({ messages }) => messages).at(-1)!;
    fake.push(answer.id, { type: 'finished', state: 'complete', answer: answer.answer! });
    await waitFor(() => expect(screen.queryByTestId('composer-hint')).toBeNull());
  });

  it('Escape stops it, but closes first what is open above', async () => {
    const { fake, user } = await asked();
    expect(screen.getByTestId('stop').title).toContain('Esc');
    await user.click(screen.getByTestId('model-picker'));
    await user.type(await screen.findByTestId('model-search'), '{Escape}');
    await waitFor(() => expect(screen.queryByTestId('model-search')).toBeNull());
    expect(called(fake, 'plugin:chat|stop')).toHaveLength(0);
    await user.type(input(), '{Escape}');
    expect(called(fake, 'plugin:chat|stop')).toHaveLength(1);
  });
});

describe('the first run', () => {
  it('has a door to the keys, and says nothing of keys that are not there', async () => {
    const { user } = await openPage(world());
    await waitFor(() => expect(screen.getByTestId('add-key')).toBeTruthy());
    expect(screen.queryByText('Keys protected')).toBeNull();
    expect(screen.getByTestId('model-picker').textContent?.match(/Demo/g)).toHaveLength(1);
    await user.click(screen.getByTestId('add-key'));
    expect(await screen.findByTestId('provider-add')).toBeTruthy();
  });

  it('says Demo once in Chinese, too', async () => {
    await openPage(world('zh-CN'));
    await waitFor(() => expect(screen.getByTestId('model-picker').textContent).toContain('演示'));
    expect(screen.getByTestId('model-picker').textContent).not.toContain('Demo');
  });

  it('is over with the first key', async () => {
    await openPage(scene('chat', 'en').world);
    await waitFor(() => expect(screen.getByText('Keys protected')).toBeTruthy());
    expect(screen.queryByTestId('add-key')).toBeNull();
  });
});

describe('thinking beside the model', () => {
  it('is switched off and on for what is sent, where the model lets that be chosen', async () => {
    const made = scene('chat', 'en').world;
    const chosen = made.providers
      .find(({ id }) => id === made.settings.provider)!
      .models.find(({ id }) => id === made.settings.model)!;
    chosen.thinking = ['on', 'off'];
    const { fake, user } = await openPage(made);
    const toggle = () => screen.getByTestId('thinking');
    const sent = async (text: string) => {
      await user.type(input(), `${text}{Enter}`);
      await waitFor(() => expect(params(fake, 'plugin:chat|send')).toMatchObject({ text }));
      return (called(fake, 'plugin:chat|send').at(-1)?.params as unknown as ChatSendParams).params
        .thinking;
    };
    await user.click(toggle());
    expect(toggle().getAttribute('aria-pressed')).toBe('false');
    expect(await sent('without')).toBe('off');
    await user.click(toggle());
    expect(toggle().getAttribute('aria-pressed')).toBe('true');
    expect(toggle().textContent).toContain('On');
  });

  it('is not there where it cannot be chosen', async () => {
    await openPage(scene('empty', 'en').world);
    expect(screen.queryByTestId('thinking')).toBeNull();
  });
});

describe('many attachments', () => {
  it('stand without holes: those that failed come last', async () => {
    const { fake } = await openPage(worldOf(1));
    for (let at = 0; at < 12; at += 1) {
      const bad = at % 4 === 1;
      fake.emit('attachment', {
        draft: 'main',
        attachment: attachment({
          id: `p${at}`,
          name: `p${at}.png`,
          state: bad ? 'failed' : 'ready',
          error: bad ? errorOf('empty_file', 'x') : null,
        }),
      });
    }
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(12));
    const states = screen.getAllByTestId('attachment').map(({ dataset }) => dataset.state);
    expect(states.slice(9)).toEqual(['failed', 'failed', 'failed']);
    expect(states.slice(0, 9)).not.toContain('failed');
  });
});

describe('the parameters of a wide window', () => {
  it('stand beside the conversation, which makes room for them', async () => {
    vi.stubGlobal('matchMedia', (query: string) =>
      Object.assign(new EventTarget(), { matches: query.includes('min-width'), media: query }),
    );
    const { user } = await openPage(failed('provider_down'));
    await show(user, 'bad');
    await user.click(screen.getByTestId('parameters'));
    const field = await screen.findByTestId('param-system');
    expect(field.closest('[role="dialog"]')).toBeNull();
    const panel = screen.getByRole('complementary', { name: 'Parameters' });
    expect(document.querySelector('.app')?.classList.contains('beside')).toBe(true);
    // The conversation is not closed off, and goes on beside them.
    await user.click(input());
    expect(panel.isConnected).toBe(true);
    await user.click(field);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(panel.isConnected).toBe(false));
    expect(document.activeElement).toBe(screen.getByTestId('parameters'));
    await user.click(screen.getByTestId('parameters'));
    await user.click(await screen.findByTestId('params-close'));
    await waitFor(() => expect(screen.queryByTestId('param-system')).toBeNull());
  });
});
