import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { expect, vi } from 'vitest';
import { Fake, type World } from '$lib/ipc/fake';
import type { Commands } from '$lib/ipc/contract/Commands';
import type { ConversationSummary } from '$lib/ipc/contract/ConversationSummary';
import type { ConversationsEvent } from '$lib/ipc/contract/ConversationsEvent';
import type { Talk } from '$lib/ipc/fake/world';
import { message } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import App from './App.svelte';

/** Fetches the parts that the page fetches when they are wanted: no test then waits for a compiler. */
export async function loadParts(): Promise<void> {
  await Promise.all([
    import('../settings/Settings.svelte'),
    import('../parameters/ParametersPanel.svelte'),
    import('../models/PickerPanel.svelte'),
    import('../presets/PresetMenu.svelte'),
    import('../sidebar/ConversationMenu.svelte'),
    import('../sidebar/ExportDialog.svelte'),
    import('../sidebar/OtherList.svelte'),
    import('../parts/ConfirmDialog.svelte'),
    import('../preview/PreviewDialog.svelte'),
  ]);
}

/** Opens the page on a world, prepared as asked, and waits until it can be used. */
export async function openPage(made: World = world(), prepare: (fake: Fake) => void = () => {}) {
  const fake = new Fake(made, { manual: true });
  prepare(fake);
  render(App, { backend: fake });
  await waitFor(() => expect(called(fake, 'plugin:desktop|ready')).toHaveLength(1));
  return { fake, user: userEvent.setup() };
}

/** A page that is open, and who uses it. */
export type Opened = Awaited<ReturnType<typeof openPage>>;

/** The calls of a command so far. */
export function called(fake: Fake, command: keyof Commands) {
  return fake.calls.filter((call) => call.command === command);
}

/** The titles in the sidebar, from above. */
export const titles = () =>
  screen.queryAllByTestId('conversation').map((row) => row.querySelector('.name')!.textContent);

/** The texts of the messages on the screen, from above. */
export const texts = () =>
  screen
    .queryAllByTestId('message')
    .map((one) => one.querySelector('[data-testid="message-text"]')?.textContent ?? '');

/** A conversation of so many messages, named by their number: `q0`, `a1`, `q2`… */
export function talk(id: string, updatedAt: number, count = 2, title = id): Talk {
  const messages = Array.from({ length: count }, (_, at) => {
    const role = at % 2 === 0 ? ('user' as const) : ('assistant' as const);
    const name = `${role === 'user' ? 'q' : 'a'}${at}`;
    const blocks = [{ id: name, html: `<p>${id} ${name}</p>`, parts: [] }];
    return message({
      id: `${id}-${at}`,
      parent: at > 0 ? `${id}-${at - 1}` : null,
      role,
      text: `${id} ${name}`,
      blocks: role === 'assistant' ? blocks : [],
    });
  });
  const params = noParams();
  return { id, title, messages, params, provider: null, model: null, updatedAt, answering: false };
}

/** A world that holds so many conversations, `t0` the newest. */
export function worldOf(count: number, now = Date.now()): World {
  const made = world();
  made.conversations = Array.from({ length: count }, (_, at) => talk(`t${at}`, now - at * 1000));
  return made;
}

/** What the app says of a change. */
export const change = (given: Partial<ConversationsEvent>): ConversationsEvent => ({
  upserted: [],
  removed: [],
  elsewhere: false,
  ...given,
});

/** A row, as the app tells of it. */
export const row = (id: string, updatedAt: number, title = id): ConversationSummary => ({
  id,
  title,
  updatedAt,
  thumbnail: null,
  answering: false,
  unread: false,
  pinned: false,
  archived: false,
});

/** Something that a test lets go on. */
export function gate() {
  let open = () => {};
  const passed = new Promise<void>((done) => (open = done));
  return { passed, open };
}

/** Who waits for an element to come into sight. */
const observers = new Set<{ callback: IntersectionObserverCallback; element: Element }>();

/** Stands in for the engine's: a test says what is in sight. */
export function watchSight(): void {
  observers.clear();
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      private readonly mine = new Set<{
        callback: IntersectionObserverCallback;
        element: Element;
      }>();
      constructor(private readonly callback: IntersectionObserverCallback) {}
      observe(element: Element) {
        const one = { callback: this.callback, element };
        this.mine.add(one);
        observers.add(one);
      }
      unobserve(element: Element) {
        for (const one of this.mine) if (one.element === element) observers.delete(one);
      }
      disconnect() {
        for (const one of this.mine) observers.delete(one);
      }
    },
  );
}

/** One scrolls near to an element. Says whether anybody waited for that. */
export function comeNear(testid: string): boolean {
  const element = screen.getByTestId(testid);
  const waiting = [...observers].filter((one) => one.element === element);
  for (const { callback } of waiting)
    callback([{ isIntersecting: true } as IntersectionObserverEntry], null as never);
  return waiting.length > 0;
}

/** Elements come into sight, or go far from it. */
export function see(elements: Element[], isIntersecting: boolean): void {
  for (const { callback, element } of [...observers])
    if (elements.includes(element))
      callback([{ isIntersecting, target: element } as IntersectionObserverEntry], null as never);
}

/** Opens a conversation of the sidebar. */
export async function choose(user: UserEvent, id: string): Promise<void> {
  const found = await waitFor(() =>
    screen.getAllByTestId('conversation').find((one) => one.dataset.id === id)!,
  );
  await user.click(within(found).getAllByRole('button')[0]!);
}
