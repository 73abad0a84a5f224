import { tick } from 'svelte';
import type { Backend } from '$lib/ipc/backend';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import { m } from '$lib/paraglide/messages';
import type { Asked } from '$lib/models';
import type { ComposerState } from '../composer/composerState.svelte';
import type { Conversations } from '../sidebar/conversations.svelte';
import type { Entry } from '../transcript/thread.svelte';
import type { Turn } from '../transcript/turn.svelte';

/** What the tree needs of the page. */
interface Page {
  readonly backend: Backend;
  readonly conversations: Conversations;
  readonly composer: ComposerState;
  readonly params: ChatParams;
  /** Who is asked from now on; `null` where nobody can be. */
  readonly chosenNow: Asked | null;
  /** Who gave an answer, where they are there still. */
  askedNow(turn: Turn): Asked | null;
  open(id: string): Promise<void>;
  say(words: string): Promise<void>;
  attempt(what: () => Promise<unknown>): Promise<boolean>;
}

/** The tree of the conversation on the screen, walked by hand. */
export class Tree {
  constructor(private readonly page: Page) {}

  private get thread() {
    return this.page.conversations.current;
  }

  /** Shows another version of a message; what was pressed keeps the focus. */
  async step(id: string, version: string, by: -1 | 1): Promise<void> {
    const { thread } = this;
    const button = by < 0 ? 'version-before' : 'version-after';
    const held = document.activeElement?.closest('[data-testid="versions"]') != null;
    if (!(await this.page.attempt(() => thread.show(id, version)))) return;
    await tick();
    const shown = document.querySelector(`[data-message="${CSS.escape(version)}"]`);
    const group = shown?.querySelector('[data-testid="versions"]');
    if (held) group?.querySelector<HTMLElement>(`[data-testid="${button}"]`)?.focus();
    const words = group?.getAttribute('aria-label');
    if (words) await this.page.say(words);
  }

  /** Removes a message with all that follows it. */
  async remove(entry: Entry): Promise<void> {
    await this.page.attempt(() => this.thread.remove(entry));
  }

  /** Brings back what was removed last. */
  async undoRemove(): Promise<void> {
    const { thread } = this;
    const id = thread.removed?.id;
    if (!(await this.page.attempt(() => thread.undoRemove())) || id === undefined) return;
    await this.page.say(m.removed_back());
    await tick();
    const back = document.querySelector(`[data-message="${CSS.escape(id)}"]`);
    back?.querySelector<HTMLElement>('[data-testid="message-delete"]')?.focus();
  }

  /** Begins a conversation with all that led to a message, and shows it. */
  async branch(id: string): Promise<void> {
    await this.page.attempt(async () => {
      const { conversation } = await this.page.backend.call('plugin:history|fork', { message: id });
      await this.page.open(conversation);
      await this.page.say(m.branched());
    });
  }

  /** Goes on from an answer that ended early. */
  async goOn(turn: Turn): Promise<void> {
    const { thread, page } = this;
    const asked = page.askedNow(turn) ?? page.chosenNow;
    if (!asked || !thread.idle) return;
    await page.attempt(() => thread.goOn({ message: turn.id, ...asked, params: page.params }));
  }

  /** Asks for an answer to a question that has none. */
  async answer(message: string): Promise<void> {
    const { thread, page } = this;
    const asked = page.chosenNow;
    if (!asked || !thread.idle) return;
    await page.attempt(() => thread.retry({ message, ...asked, params: page.params }));
  }

  /** Sends a changed question. Says whether it was sent. */
  async sendEdit(message: string): Promise<boolean> {
    const { thread, page } = this;
    const asked = page.chosenNow;
    if (!asked) return false;
    return page.composer.sendEdit(message, thread, { ...asked, params: page.params });
  }
}
