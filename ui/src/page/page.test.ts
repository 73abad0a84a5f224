import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { Settings } from '$lib/ipc/contract/Settings';
import { emptyAnswer, errorOf } from '$lib/ipc/fake/messages';
import { scene, world } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import { called, loadParts, openPage as open } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');
const answers = () =>
  screen.queryAllByTestId('message').filter(({ dataset }) => dataset.role === 'assistant');

const picture = scene('chat', 'en').picks[0]![0]!;

describe('start', () => {
  it('asks who is there first, then opens on Demo with the caret in the question', async () => {
    const { fake } = await open();
    expect(fake.calls[0]?.command).toBe('plugin:desktop|hello');
    expect(screen.getByTestId('model-picker').dataset.provider).toBe('demo');
    expect(document.activeElement).toBe(input());
    expect(screen.getByText('What are we looking at?')).toBeTruthy();
  });

  it('shows itself from what came with the window, before any answer', () => {
    const { hello, settings, providers } = world('zh-CN');
    const fake = new Fake(world('en'), { manual: true });
    fake.boot = { hello, settings, providers };
    render(App, { backend: fake });
    expect(screen.getByText('看点什么？')).toBeTruthy();
    expect(screen.getByTestId('model-picker').dataset.provider).toBe('demo');
    expect(input()).toBeTruthy();
  });

  it('speaks the system’s language, and the chosen one', async () => {
    const { user } = await open(world('zh-CN'));
    expect(screen.getByText('看点什么？')).toBeTruthy();
    expect(document.documentElement.lang).toBe('zh-CN');
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('tab-general'));
    await user.click(screen.getByLabelText('English'));
    expect(screen.getByText('Appearance')).toBeTruthy();
    expect(document.documentElement.lang).toBe('en');
  });

  it('starts whatever fails, and says what did', async () => {
    const made = world();
    const fake = new Fake(made, { manual: true });
    fake.failNext.set('plugin:settings|get', errorOf('storage_newer', 'x', { path: '/data/x' }));
    render(App, { backend: fake });
    await waitFor(() => expect(screen.getByTestId('notice').textContent).toContain('/data/x'));
    expect(input()).toBeTruthy();
  });

  it('shows notices until they are dismissed', async () => {
    const made = world();
    made.hello.notices = [
      { type: 'historySetAside', setAside: '/data/old.db', reason: 'not a database' },
    ];
    const { user } = await open(made);
    expect(screen.getByTestId('notice').textContent).toContain('/data/old.db');
    await user.click(screen.getByLabelText('Dismiss'));
    expect(screen.queryByTestId('notice')).toBeNull();
  });
});

describe('the size of the page', () => {
  it('follows Ctrl with a key or the wheel, and is kept with the settings', async () => {
    const { fake, user } = await open();
    const sizes = () =>
      called(fake, 'plugin:settings|set').map(
        ({ params }) => (params as { settings: Settings }).settings.zoom,
      );
    await user.keyboard('{Control>}+{/Control}');
    expect(sizes()).toEqual([110]);
    await user.keyboard('{Control>}-{/Control}{Control>}-{/Control}');
    expect(sizes()).toEqual([110, 100, 90]);
    const turned = (ctrlKey: boolean) =>
      Object.assign(new Event('wheel', { cancelable: true }), { deltaY: -60, ctrlKey });
    const turn = turned(true);
    window.dispatchEvent(turn);
    // The page does not scroll as well.
    expect(turn.defaultPrevented).toBe(true);
    await user.keyboard('{Control>}0{/Control}');
    // It was there already, so nothing was set once more.
    expect(sizes()).toEqual([110, 100, 90, 100]);
    window.dispatchEvent(turned(false));
    expect(sizes()).toHaveLength(4);
  });
});

describe('the question', () => {
  it('is sent by Enter, and the answer is drawn as it comes', async () => {
    const { fake, user } = await open();
    await user.type(input(), 'What is it?{Enter}');
    await waitFor(() => expect(answers()).toHaveLength(1));
    const [sent] = called(fake, 'plugin:chat|send');
    expect(sent?.params).toMatchObject({
      conversation: null,
      text: 'What is it?',
      provider: 'demo',
      attachments: [],
    });
    expect(input().value).toBe('');
    const id = fake.world.conversations[0]!.messages[1]!.id;
    fake.push(id, {
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [{ id: 'a', html: '<p>A sea.</p>', parts: [] }] },
      reasoning: null,
    });
    await waitFor(() =>
      expect(within(answers()[0]!).getByTestId('message-text').textContent).toBe('A sea.'),
    );
    expect(answers()[0]!.dataset.state).toBe('streaming');
    expect(screen.getByTestId('stop')).toBeTruthy();
    const usage = { promptTokens: 9, completionTokens: 3, totalTokens: 12, reasoningTokens: null };
    fake.push(id, {
      type: 'finished',
      state: 'cut',
      answer: { ...emptyAnswer('demo', 'Demo', 'demo-measure'), finishReason: 'length', usage },
    });
    await waitFor(() => expect(answers()[0]!.dataset.state).toBe('cut'));
    expect(screen.getByTestId('message-usage').textContent).toContain('9 → 3 tokens');
    expect(answers()[0]!.textContent).toContain('length limit');
    expect(screen.getByTestId('send')).toBeTruthy();
  });

  it('is answered with a picture, which can be saved and asked about', async () => {
    const { fake, user } = await open();
    await user.type(input(), 'Draw it{Enter}');
    await waitFor(() => expect(answers()).toHaveLength(1));
    const id = fake.world.conversations[0]!.messages[1]!.id;
    const drawn = { ...picture.picture!, name: 'picture-1', hash: 'fitted', master: 'whole' };
    fake.push(id, { type: 'picture', picture: drawn });
    const shown = await within(answers()[0]!).findByTestId('message-picture');
    expect(within(shown).getByRole('img').getAttribute('src')).toContain('fitted');
    await user.click(within(shown).getByTestId('picture-save'));
    expect(called(fake, 'plugin:images|save')[0]?.params).toEqual({
      hash: 'whole',
      name: 'picture-1',
    });
    fake.push(id, {
      type: 'finished',
      state: 'complete',
      answer: { ...emptyAnswer('demo', 'Demo', 'demo-measure'), finishReason: 'STOP' },
    });
    await waitFor(() => expect(answers()[0]!.dataset.state).toBe('complete'));
    expect(answers()[0]!.textContent).not.toMatch(/empty|STOP/);
  });

  it('is broken, not sent, by Shift+Enter', async () => {
    const { fake, user } = await open();
    await user.type(input(), 'one{Shift>}{Enter}{/Shift}two');
    expect(input().value).toBe('one\ntwo');
    expect(called(fake, 'plugin:chat|send')).toHaveLength(0);
  });

  it('is not sent by an Enter that ends a composition', async () => {
    const { fake, user } = await open();
    await user.type(input(), '你好');
    input().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    input().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await Promise.resolve();
    expect(called(fake, 'plugin:chat|send')).toHaveLength(0);
    expect(input().value).toBe('你好');
  });

  it('stays, with its pictures, when it cannot be sent', async () => {
    const { fake, user } = await open();
    fake.emit('attachment', { draft: 'main', attachment: picture });
    await user.type(input(), 'Keep me');
    fake.failNext.set('plugin:chat|send', errorOf('key_missing', 'x', { provider: 'Chenyu' }));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('composer-error')).toBeTruthy());
    expect(screen.getByTestId('composer-error').textContent).toContain('Chenyu needs a key');
    expect(input().value).toBe('Keep me');
    expect(screen.getAllByTestId('attachment')).toHaveLength(1);
    expect(answers()).toHaveLength(0);
  });

  it('is kept for each conversation', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.type(input(), 'half a question');
    await user.click(screen.getByText('Where was this taken?'));
    await waitFor(() => expect(answersOrQuestions()).toBeGreaterThan(0));
    expect(input().value).toBe('');
    await user.click(screen.getByTestId('new-conversation'));
    expect(input().value).toBe('half a question');
  });

  it('is stopped on request', async () => {
    const { fake, user } = await open();
    await user.type(input(), 'Go{Enter}');
    await user.click(await screen.findByTestId('stop'));
    const id = fake.world.conversations[0]!.messages[1]!.id;
    expect(called(fake, 'plugin:chat|stop')[0]?.params).toEqual({ message: id });
  });
});

function answersOrQuestions() {
  return screen.queryAllByTestId('message').length;
}

describe('pictures', () => {
  const preparing: Attachment = { ...picture, state: 'preparing', picture: null };
  const failed: Attachment = {
    ...preparing,
    state: 'failed',
    error: errorOf('not_a_picture', 'x', { name: 'notes.txt' }),
  };

  it('show where they stand, and hold the question back while they are read', async () => {
    const { fake, user } = await open();
    fake.emit('attachment', { draft: 'main', attachment: preparing });
    await user.type(input(), 'What?');
    const card = screen.getByTestId('attachment');
    expect(card.dataset.state).toBe('preparing');
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
    fake.emit('attachment', { draft: 'main', attachment: picture });
    await waitFor(() => expect(screen.getByTestId('attachment').dataset.state).toBe('ready'));
    expect(screen.getByTestId('attachment').textContent).toContain('2880 × 4032 → 1463 × 2048');
    expect(screen.getByTestId('attachment').textContent).toContain('412 KB');
    expect(screen.getByTestId('attachment').textContent).toContain('location removed');
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(false);
  });

  it('can be sent without a word', async () => {
    const { fake, user } = await open();
    fake.emit('attachment', { draft: 'main', attachment: picture });
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(false));
    await user.click(screen.getByTestId('send'));
    expect(called(fake, 'plugin:chat|send')[0]?.params).toMatchObject({ attachments: ['a1'] });
    await waitFor(() => expect(screen.queryByTestId('attachment')).toBeNull());
  });

  it('say why they cannot be sent, and go when they are removed', async () => {
    const { fake, user } = await open();
    fake.emit('attachment', { draft: 'main', attachment: failed });
    await waitFor(() => expect(screen.getByTestId('attachment').dataset.state).toBe('failed'));
    expect(screen.getByTestId('attachment').textContent).toContain('notes.txt is not a picture');
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
    await user.click(screen.getByTestId('attachment-remove'));
    expect(screen.queryByTestId('attachment')).toBeNull();
    expect(called(fake, 'plugin:images|remove')[0]?.params).toEqual({ id: 'a1' });
    // A late word about it does not bring it back.
    fake.emit('attachment', { draft: 'main', attachment: picture });
    await Promise.resolve();
    expect(screen.queryByTestId('attachment')).toBeNull();
  });

  it('are shown where to drop', async () => {
    const { fake } = await open();
    fake.emit('drag', { type: 'enter', count: 3 });
    expect((await screen.findByTestId('drop-overlay')).textContent).toContain('Add 3 pictures');
    fake.emit('drag', { type: 'leave' });
    await waitFor(() => expect(screen.queryByTestId('drop-overlay')).toBeNull());
  });
});

describe('answers', () => {
  it('are followed when a conversation opens while one is written', async () => {
    const { fake, user } = await open(scene('streaming', 'en').world);
    await user.click(screen.getByText('Receipt to a table'));
    await waitFor(() => expect(answers()).toHaveLength(1));
    expect(called(fake, 'plugin:chat|attach')[0]?.params).toEqual({ message: 'a1' });
    fake.push('a1', {
      type: 'chunk',
      text: { keep: 3, grow: null, blocks: [{ id: 'n', html: '<p>More.</p>', parts: [] }] },
      reasoning: null,
    });
    await waitFor(() => expect(answers()[0]!.textContent).toContain('More.'));
  });

  it('say what failed in our words and the provider’s, and are asked for again', async () => {
    const { fake, user } = await open(scene('error', 'en').world);
    await user.click(screen.getByText('Which of the two is sharper?'));
    const box = await screen.findByTestId('message-error');
    expect(box.textContent).toContain('balance or quota');
    expect(box.textContent).toContain('user quota is not enough');
    expect(box.textContent).toContain('HTTP 429');
    expect(box.textContent).toContain('20261121-88f1');
    await user.click(within(box).getByText('Copy details'));
    expect(called(fake, 'plugin:desktop|copy')[0]?.params).toMatchObject({
      text: expect.stringContaining('request 20261121-88f1'),
    });
    await user.click(within(box).getByTestId('retry'));
    await waitFor(() => expect(answers()[0]!.dataset.state).toBe('streaming'));
    expect(answers()).toHaveLength(1);
    expect(called(fake, 'plugin:chat|retry')[0]?.params).toMatchObject({ message: 'a1' });
  });

  it('fold their reasoning, and unfold it', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByText('Receipt to a table'));
    const reasoning = await screen.findByTestId('message-reasoning');
    expect(reasoning.textContent).toContain('Thought for 6 s');
    expect(reasoning.textContent).not.toContain('slightly rotated');
    await user.click(within(reasoning).getByRole('button'));
    expect(reasoning.textContent).toContain('slightly rotated');
  });

  it('open links in the browser, not in the page', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByText('Receipt to a table'));
    await user.click(await screen.findByText('the till roll'));
    expect(called(fake, 'plugin:desktop|open')[0]?.params).toEqual({ url: 'https://example.com/' });
  });
});

describe('the end of a conversation', () => {
  it('is followed while the reader is there, left when they scroll up, and found again', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByText('Receipt to a table'));
    const log = await screen.findByRole('region', { name: 'Conversation' });
    Object.defineProperties(log, {
      scrollHeight: { value: 1000 },
      clientHeight: { value: 300 },
    });
    const scrollTo = (top: number) => {
      log.scrollTop = top;
      log.dispatchEvent(new Event('scroll'));
    };
    scrollTo(700);
    expect(screen.queryByText('Jump to the end')).toBeNull();
    scrollTo(200);
    await user.click(await screen.findByText('Jump to the end'));
    expect(log.scrollTop).toBe(1000);
    await waitFor(() => expect(screen.queryByText('Jump to the end')).toBeNull());
  });
});

describe('models', () => {
  it('are searched, chosen and kept', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('model-picker'));
    await user.type(await screen.findByTestId('model-search'), 'qwen{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:settings|set')).toHaveLength(1));
    expect(fake.world.settings).toMatchObject({
      provider: 'chenyu',
      model: 'qwen3-vl-235b-a22b',
    });
    expect(screen.getByTestId('model-picker').dataset.model).toBe('qwen3-vl-235b-a22b');
  });

  it('lead to the settings where a key is missing', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('model-picker'));
    await user.click(await screen.findByText('needs a key'));
    await waitFor(() => expect(screen.getAllByTestId('provider').length).toBeGreaterThan(1));
  });
});

describe('conversations', () => {
  it('are renamed and deleted by their menu', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    const rows = () => screen.getAllByTestId('conversation');
    const before = rows().length;
    await user.click(within(rows()[0]!).getByLabelText(/^More options for/));
    await user.click(await screen.findByText('Rename'));
    await user.clear(screen.getByLabelText('Title'));
    await user.type(screen.getByLabelText('Title'), 'Groceries{Enter}');
    await waitFor(() => expect(rows()[0]!.textContent).toContain('Groceries'));
    await user.click(within(rows()[0]!).getByLabelText(/^More options for/));
    await user.click(await screen.findByText('Delete'));
    await waitFor(() => expect(rows()).toHaveLength(before - 1));
    expect(called(fake, 'plugin:history|remove')[0]?.params).toEqual({ ids: ['c1'] });
  });

  it('carry on when another one is opened', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.type(input(), 'Long one{Enter}');
    await waitFor(() => expect(answers()).toHaveLength(1));
    const talk = fake.world.conversations.find(({ title }) => title === 'Long one')!;
    const id = talk.messages[1]!.id;
    await user.click(screen.getByText('Where was this taken?'));
    await waitFor(() => expect(answers()).toHaveLength(0));
    fake.push(id, {
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [{ id: 'a', html: '<p>Still here.</p>', parts: [] }] },
      reasoning: null,
    });
    await user.click(screen.getByText('Long one'));
    await waitFor(() => expect(answers()[0]?.textContent).toContain('Still here.'));
    expect(called(fake, 'plugin:chat|attach')).toHaveLength(0);
  });
});
