import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fake, World } from '$lib/ipc/fake';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import { emptyAnswer } from '$lib/ipc/fake/messages';
import { scene } from '$lib/ipc/fake/scenes';
import { failure } from '$lib/ipc/fake/states';
import { called, loadParts, open as openPage } from './test-parts';

afterEach(cleanup);

beforeAll(loadParts, 120_000);

/** Opens the page on a world, perhaps at its first conversation. */
async function open(made: World, at?: string) {
  const { fake, user } = await openPage(made);
  if (at) {
    await user.click(screen.getByText(at));
    await waitFor(() => expect(screen.queryAllByTestId('message').length).toBeGreaterThan(0));
  }
  return { fake, user };
}

/** The params of the last call of a command. */
function lastParams(fake: Fake, command: 'plugin:chat|send' | 'plugin:chat|retry'): ChatParams {
  return (called(fake, command).at(-1)!.params as { params: ChatParams }).params;
}

const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');
const field = (name: string) => screen.getByTestId<HTMLInputElement>(`param-${name}`);

/** Ends the answer that is being written. */
function finish(fake: Fake) {
  const { messages } = fake.world.conversations.find(({ answering }) => answering)!;
  const last = messages.at(-1)!;
  last.state = 'complete';
  const answer = last.answer ?? emptyAnswer('chenyu', 'Chenyu', 'm');
  fake.push(last.id, { type: 'finished', state: 'complete', answer });
}

describe('parameters', () => {
  it('are of one conversation: kept there, sent there, and nowhere else', async () => {
    const { fake, user } = await open(scene('chat', 'en').world, 'Receipt to a table');
    await user.click(screen.getByTestId('parameters'));
    await user.type(await screen.findByTestId('param-temperature'), '0.4');
    await waitFor(() =>
      expect(called(fake, 'plugin:history|set_params').length).toBeGreaterThan(0),
    );
    await user.keyboard('{Escape}');
    expect(screen.getByTestId('parameters').dataset.count).toBe('1');
    const kept = fake.world.conversations.find(({ id }) => id === 'c1')!.params;
    expect(kept.temperature).toBe(0.4);

    await user.click(screen.getByText('Where was this taken?'));
    await waitFor(() => expect(screen.getByTestId('parameters').dataset.count).toBe('0'));
    await user.type(input(), 'And this?{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(lastParams(fake, 'plugin:chat|send').temperature).toBeNull();

    await user.click(screen.getByText('Receipt to a table'));
    await waitFor(() => expect(screen.getByTestId('parameters').dataset.count).toBe('1'));
    await user.type(input(), 'And this?{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(2));
    expect(lastParams(fake, 'plugin:chat|send').temperature).toBe(0.4);
  });

  it('are read with the conversation, and cleared one by one', async () => {
    const { fake, user } = await open(scene('params', 'en').world, 'A state');
    await waitFor(() => expect(screen.getByTestId('parameters').dataset.count).toBe('5'));
    await user.click(screen.getByTestId('parameters'));
    expect((await screen.findByTestId<HTMLInputElement>('param-temperature')).value).toBe('0.2');
    await user.click(screen.getByLabelText('Clear Temperature'));
    await user.click(screen.getByLabelText('Allow “top_p” again'));
    expect(screen.getByTestId('parameters').dataset.count).toBe('3');
    await user.click(screen.getByTestId('params-reset'));
    expect(screen.getByTestId('parameters').dataset.count).toBe('0');
    await waitFor(() =>
      expect(fake.world.conversations.find(({ id }) => id === 'c1')!.params.effort).toBeNull(),
    );
  });

  it('out of range are not set, and keep what was typed', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('parameters'));
    await user.type(await screen.findByTestId('param-temperature'), '3');
    expect(field('temperature').value).toBe('3');
    expect(screen.getByText('Must be 0 to 2.')).toBeTruthy();
    expect(screen.getByTestId('parameters').dataset.count).toBe('0');
    await user.type(field('maxTokens'), '1.5');
    expect(screen.getByText(/whole number/)).toBeTruthy();
  });

  it('as JSON are sent only once they are an object', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('parameters'));
    await user.type(await screen.findByTestId('param-extra'), '{{"seed": 7');
    expect(screen.getByText(/line 1, column 11/)).toBeTruthy();
    expect(screen.getByTestId('parameters').dataset.count).toBe('0');
    await user.type(field('extra'), '}');
    expect(screen.queryByText(/Not JSON/)).toBeNull();
    await user.keyboard('{Escape}');
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(lastParams(fake, 'plugin:chat|send').extra).toBe('{"seed": 7}');
  });

  it('begin a new conversation with the model’s defaults', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('parameters'));
    await user.type(await screen.findByTestId('param-topP'), '0.5');
    await user.click(screen.getByTestId('params-default'));
    await waitFor(() => expect(called(fake, 'plugin:providers|set_model')).toHaveLength(1));
    expect(called(fake, 'plugin:providers|set_model')[0]!.params).toMatchObject({
      provider: 'chenyu',
      model: 'doubao-seed-1-6-vision',
      defaults: { topP: 0.5, temperature: null },
    });
    await user.keyboard('{Escape}');
    await user.type(input(), 'One{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    await user.click(screen.getByTestId('new-conversation'));
    await waitFor(() => expect(screen.getByTestId('parameters').dataset.count).toBe('1'));
    await user.type(input(), 'Two{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(2));
    expect(lastParams(fake, 'plugin:chat|send').topP).toBe(0.5);
  });

  it('that are not the provider’s are not offered; thinking only where it can be asked', async () => {
    const made = scene('params', 'en').world;
    const range = { min: 0, max: 1, maxItems: null, values: null };
    made.providers[1]!.parameters = { temperature: range };
    made.providers[1]!.models[0]!.thinking = ['on', 'off'];
    const { user } = await open(made);
    await user.click(screen.getByTestId('parameters'));
    expect((await screen.findByTestId('param-temperature')).parentElement).toBeTruthy();
    expect(screen.getByText('0 to 1')).toBeTruthy();
    expect(screen.queryByTestId('param-topP')).toBeNull();
    expect(screen.queryByTestId('param-fps')).toBeNull();
    const thinking = within(screen.getByTestId('param-thinking'));
    expect(thinking.getAllByRole('radio')).toHaveLength(3);
  });
});

describe('a parameter that is refused', () => {
  it('is shown where it is set, and left out on request', async () => {
    const made = scene('error:parameter_refused', 'en').world;
    const { fake, user } = await open(made, 'A state');
    await user.click(screen.getByTestId('step-parameters'));
    const refusal = await screen.findByTestId('param-refusal');
    expect(refusal.textContent).toContain('does not support 0.2');
    expect(refusal.closest('.param')?.contains(field('temperature'))).toBe(true);
    await user.click(screen.getByTestId('param-send-without'));
    await waitFor(() => expect(called(fake, 'plugin:chat|retry')).toHaveLength(1));
    expect(lastParams(fake, 'plugin:chat|retry')).toMatchObject({
      temperature: null,
      topP: 0.9,
      without: ['temperature'],
    });
    await waitFor(() =>
      expect(fake.world.conversations.find(({ id }) => id === 'c1')!.params.without).toEqual([
        'temperature',
      ]),
    );
  });

  it('opens the parameters as it comes', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(screen.getAllByTestId('message')).toHaveLength(2));
    const { messages } = fake.world.conversations.find(({ answering }) => answering)!;
    const answer = emptyAnswer('chenyu', 'Chenyu', 'm');
    const error = failure('parameter_refused');
    fake.push(messages.at(-1)!.id, { type: 'failed', error, answer });
    expect((await screen.findByTestId('param-refusal')).textContent).toContain('Chenyu');
  });
});

describe('an error', () => {
  it('has one way to retry', async () => {
    await open(scene('error:provider_down', 'en').world, 'A state');
    expect(screen.getAllByTestId('retry')).toHaveLength(1);
  });

  it('leads to the key, the network, another model, fewer pictures', async () => {
    const { user } = await open(scene('error:too_many_pictures', 'en').world, 'A state');
    expect(screen.getByTestId('step-fewer').textContent).toContain('last picture');
    await user.click(screen.getByTestId('step-model'));
    expect(await screen.findByTestId('model-search')).toBeTruthy();
  });

  it('of size sends fewer pictures and asks again', async () => {
    const { fake, user } = await open(scene('error:too_large', 'en').world, 'A state');
    await user.click(screen.getByTestId('step-fewer'));
    await waitFor(() => expect(called(fake, 'plugin:chat|retry')).toHaveLength(1));
    expect(lastParams(fake, 'plugin:chat|retry').keepPictures).toBe(1);
  });

  it('of the key opens the settings at its provider', async () => {
    const { user } = await open(scene('error:key_refused', 'en').world, 'A state');
    await user.click(screen.getByTestId('step-key'));
    expect((await screen.findAllByTestId('provider')).length).toBeGreaterThan(1);
  });
});

describe('an address that is pasted', () => {
  const url = 'https://example.com/cats/one.jpg';

  it('becomes a link, and text again on request', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.type(input(), 'Look: ');
    await user.paste(url);
    const card = await screen.findByTestId('attachment');
    expect(called(fake, 'plugin:images|add_link')[0]!.params).toEqual({ url });
    expect(card.dataset.kind).toBe('link');
    expect(card.textContent).toContain('example.com');
    expect(input().value).toBe('Look: ');
    await user.click(screen.getByTestId('keep-as-text'));
    expect(input().value).toBe(`Look: ${url}`);
    expect(screen.queryByTestId('attachment')).toBeNull();
    expect(called(fake, 'plugin:images|remove')).toHaveLength(1);
  });

  it('is text again by undo, right after', async () => {
    const { user } = await open(scene('chat', 'en').world);
    await user.click(input());
    await user.paste(url);
    await screen.findByTestId('pasted-link');
    await user.keyboard('{Control>}z{/Control}');
    expect(input().value).toBe(url);
    expect(screen.queryByTestId('attachment')).toBeNull();
  });

  it.each(['https://example.com/page.html', `see ${url}`])('stays text: %s', async (text) => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(input());
    await user.paste(text);
    expect(called(fake, 'plugin:images|add_link')).toHaveLength(0);
    expect(input().value).toBe(text);
  });
});

describe('what only the app can read', () => {
  it('is text where it is text, and is said where there is nothing', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.type(input(), 'Look: ');
    fake.world.clipboard = '1\t2';
    await user.paste('');
    await waitFor(() => expect(input().value).toBe('Look: 1\t2'));
    expect(screen.queryByTestId('attachment')).toBeNull();
    delete fake.world.clipboard;
    await user.paste('');
    await waitFor(() => expect(called(fake, 'plugin:images|paste')).toHaveLength(2));
    expect(await screen.findByText(/The clipboard holds no picture/)).toBeTruthy();
    expect(input().value).toBe('Look: 1\t2');
  });
});

describe('attachments', () => {
  it('of a video say its size, and which model takes it', async () => {
    const { fake, user } = await open(scene('media', 'en').world);
    const cards = await screen.findAllByTestId('attachment');
    expect(cards.map(({ dataset }) => dataset.kind)).toEqual(['picture', 'video', 'link', 'link']);
    expect(cards[1]!.textContent).toContain('4.1 MB in the request');
    await user.click(screen.getByTestId('switch-model'));
    await waitFor(() => expect(fake.world.settings.model).toBe('doubao-seed-2.0-pro'));
    await waitFor(() => expect(screen.queryByTestId('switch-model')).toBeNull());
  });

  it('are put back by undo, where they stood', async () => {
    const { fake, user } = await open(scene('media', 'en').world);
    const ids = () => screen.getAllByTestId('attachment').map(({ dataset }) => dataset.id);
    await waitFor(() => expect(ids()).toEqual(['m1', 'm2', 'm3', 'm4']));
    await user.click(screen.getAllByTestId('attachment-remove')[1]!);
    expect(ids()).toEqual(['m1', 'm3', 'm4']);
    await user.click(screen.getByTestId('attachment-undo'));
    expect(ids()).toEqual(['m1', 'm2', 'm3', 'm4']);
    // Taken out of the app at once, and brought back from there.
    await waitFor(() => expect(fake.world.attachments.map(({ id }) => id)).toEqual(ids()));
    expect(called(fake, 'plugin:images|remove')[0]!.params).toEqual({ id: 'm2' });
    expect(called(fake, 'plugin:images|restore')[0]!.params).toEqual({ id: 'm2' });
  });

  it('that cannot be brought back say so, and stay out', async () => {
    const { fake, user } = await open(scene('media', 'en').world);
    const ids = () => screen.getAllByTestId('attachment').map(({ dataset }) => dataset.id);
    await waitFor(() => expect(ids()).toHaveLength(4));
    await user.click(screen.getAllByTestId('attachment-remove')[1]!);
    fake.failNext.set('plugin:images|restore', failure('not_found'));
    await user.click(screen.getByTestId('attachment-undo'));
    await screen.findByText('This no longer exists.');
    expect(ids()).toEqual(['m1', 'm3', 'm4']);
  });

  it('are moved by keys, and sent in that order', async () => {
    const { fake, user } = await open(scene('media', 'en').world);
    const ids = () => screen.getAllByTestId('attachment').map(({ dataset }) => dataset.id);
    await waitFor(() => expect(ids()).toHaveLength(4));
    screen.getAllByTestId('attachment')[0]!.querySelector<HTMLElement>('.thumb')!.focus();
    await user.keyboard('{Alt>}{ArrowRight}{ArrowRight}{/Alt}');
    expect(ids()).toEqual(['m2', 'm3', 'm1', 'm4']);
    expect(called(fake, 'plugin:images|order').at(-1)!.params).toEqual({
      ids: ['m2', 'm3', 'm1', 'm4'],
    });
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(called(fake, 'plugin:chat|send')[0]!.params).toMatchObject({
      attachments: ['m2', 'm3', 'm1', 'm4'],
    });
  });
});

describe('pictures', () => {
  it('say what is sent of them, what it costs, and in how many pieces', async () => {
    await open(scene('tall', 'en').world);
    const [long, photo, coming, waiting] = await screen.findAllByTestId('attachment');
    expect(photo!.textContent).toContain(
      '4032 × 2688 → 2048 × 1365, 188 KB, turned upright, location removed',
    );
    expect(photo!.textContent).toContain('≈ 1,312 tokens');
    expect(long!.textContent).toContain('≈ 4,218 tokens · 3 pieces');
    expect(coming!.querySelector('img')).toBeTruthy();
    expect(waiting!.querySelector('img')).toBeNull();
  });

  it('by the hundred are summed up, and the rest can be cancelled', async () => {
    const { fake, user } = await open(scene('hundred', 'en').world);
    const sum = await screen.findByTestId('attachments-summary');
    expect(sum.textContent).toContain('37 of 100 ready · 1 failed');
    await user.click(screen.getByTestId('cancel-all'));
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(38));
    expect(called(fake, 'plugin:images|cancel')).toHaveLength(1);
    expect(screen.queryByTestId('cancel-all')).toBeNull();
    expect(sum.textContent).toContain('37 ready · 1 failed');
    // What is still said of one that was given up is not shown.
    const late = scene('hundred', 'en').world.attachments[50]!;
    fake.emit('attachment', { draft: 'main', attachment: { ...late, state: 'ready' } });
    expect(screen.getAllByTestId('attachment')).toHaveLength(38);
  });

  it('that are pages stand together, whatever was dropped with them', async () => {
    const { fake } = await open(scene('chat', 'en').world);
    const [receipt] = scene('chat', 'en').picks[0]!;
    const say = (name: string, more = {}) =>
      fake.emit('attachment', {
        draft: 'main',
        attachment: { ...receipt!, id: name, name, ...more },
      });
    say('a.pdf · 1');
    say('sea.png');
    for (const page of [2, 3]) say(`a.pdf · ${page}`);
    say('a.pdf', { state: 'failed', error: failure('pdf_pages') });
    const cards = await screen.findAllByTestId('attachment');
    const names = cards.map((card) => /a\.pdf( · \d)?|sea\.png/.exec(card.textContent)?.[0]);
    expect(names).toEqual(['a.pdf · 1', 'a.pdf · 2', 'a.pdf · 3', 'a.pdf', 'sea.png']);
  });

  it('of a folder come only when asked for', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    const [receipt, sea] = scene('chat', 'en').picks[0]!;
    fake.folders.set('f1', [receipt!, sea!]);
    fake.emit('folder', { id: 'f1', name: 'holiday', files: 2, more: false });
    fake.emit('folder', { id: 'f2', name: 'work', files: 500, more: true });
    const question = await screen.findByTestId('folder-question');
    expect(question.textContent).toContain('Attach the 2 pictures in “holiday”?');
    expect(screen.queryByTestId('attachment')).toBeNull();
    await user.click(screen.getByTestId('folder-take'));
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(2));
    expect(screen.getByTestId('folder-question').textContent).toContain('first 500 pictures');
    await user.click(screen.getByTestId('folder-leave'));
    expect(screen.queryByTestId('folder-question')).toBeNull();
    expect(called(fake, 'plugin:images|take_folder').map(({ params }) => params)).toEqual([
      { id: 'f1', take: true },
      { id: 'f2', take: false },
    ]);
  });

  it('of the conversation are asked about again, by a button or by a drag', async () => {
    const { fake, user } = await open(scene('chat', 'en').world, 'Receipt to a table');
    await user.click(screen.getByTestId('picture-again'));
    await waitFor(() => expect(screen.getAllByTestId('attachment')).toHaveLength(1));
    const asked = { message: 'q1', hash: 'receipt' };
    expect(called(fake, 'plugin:images|again')[0]!.params).toEqual(asked);

    const picture = screen.getByLabelText('View IMG_2041.jpg', { selector: '.open' });
    let under: Element = document.body;
    document.elementFromPoint = () => under;
    const drag = (onto: Element) => {
      const at = (type: string, x: number, target: EventTarget = window) =>
        target.dispatchEvent(
          new PointerEvent(type, { clientX: x, clientY: x, button: 0, bubbles: true }),
        );
      at('pointerdown', 0, picture);
      under = onto;
      at('pointermove', 100);
      at('pointerup', 100);
      picture.click();
    };
    drag(document.body);
    expect(called(fake, 'plugin:images|again')).toHaveLength(1);
    drag(input());
    await waitFor(() => expect(called(fake, 'plugin:images|again')).toHaveLength(2));
    expect(called(fake, 'plugin:images|again')[1]!.params).toEqual(asked);
    expect(screen.queryByTestId('picture-preview')).toBeNull();
  });

  it('are fitted to the chosen model, told before they come', async () => {
    const { fake } = await open(scene('chat', 'en').world);
    await waitFor(() => expect(called(fake, 'plugin:images|target')).toHaveLength(1));
    expect(called(fake, 'plugin:images|target')[0]!.params).toEqual({
      provider: 'chenyu',
      model: 'doubao-seed-1-6-vision',
      detail: null,
    });
  });
});

describe('the next request', () => {
  it('says its size where there are pictures, and what to do near the limit', async () => {
    const { fake, user } = await open(scene('full', 'en').world, 'A state');
    const line = await screen.findByTestId('next-size');
    expect(line.dataset.near).toBe('near');
    expect(line.textContent).toContain('18.1 MB of 20 MB · 4 pictures');
    await user.click(screen.getByTestId('keep-fewer'));
    await waitFor(() =>
      expect(screen.getByTestId('next-size').textContent).toContain('2 pictures (2 left out)'),
    );
    expect(screen.getByTestId('next-size').dataset.near).toBe('fine');
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:chat|send')).toHaveLength(1));
    expect(lastParams(fake, 'plugin:chat|send').keepPictures).toBe(2);
    finish(fake);
  });
});
