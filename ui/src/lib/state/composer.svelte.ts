import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Thread } from './thread.svelte';

/** What is typed and attached, not sent yet: one for each conversation. */
export class Draft {
  /** The question so far. */
  text = $state('');
  /** In the order they came. */
  attachments = $state.raw<Attachment[]>([]);
  /** Parameters of this conversation's requests; `null` where none were chosen yet. */
  own = $state.raw<ChatParams | null>(null);
  /** Why the last try to send failed. */
  error = $state.raw<IpcError | null>(null);
  /** Between Send and the app's word that all is saved. */
  sending = $state(false);

  /** Those that can be sent. */
  get ready(): Attachment[] {
    return this.attachments.filter(({ state }) => state === 'ready');
  }

  /** Is one still being read? */
  get preparing(): boolean {
    return this.attachments.some(({ state }) => state === 'preparing');
  }

  /** Is there anything to send, and nothing to wait for? */
  get sendable(): boolean {
    if (this.sending || this.preparing) return false;
    return this.text.trim() !== '' || this.ready.length > 0;
  }
}

/** The composer: drafts, their pictures, and sending them. */
export class Composer {
  /** How many things are dragged over the window; `null` when none is. */
  dragging = $state<number | null>(null);
  /** Why the last picture could not be added. */
  error = $state.raw<IpcError | null>(null);
  /** By conversation; the one without an id yet is `null`. Drafts themselves are reactive. */
  private readonly drafts = new Map<string | null, Draft>();
  private active: string | null = null;
  /** Taken out while they were read: what is still said of them is not shown. */
  private readonly removed = new Set<string>();

  constructor(private readonly backend: Backend) {}

  /** The draft of a conversation; the first look at it makes it. */
  draft(conversation: string | null): Draft {
    const draft = this.drafts.get(conversation) ?? new Draft();
    this.drafts.set(conversation, draft);
    return draft;
  }

  /** Turns to a conversation: new pictures go to its draft. */
  turnTo(conversation: string | null): void {
    this.active = conversation;
  }

  /** An attachment came or changed. */
  upsert(attachment: Attachment): void {
    if (this.removed.has(attachment.id)) return;
    for (const draft of this.drafts.values()) {
      const at = draft.attachments.findIndex(({ id }) => id === attachment.id);
      if (at < 0) continue;
      draft.attachments = draft.attachments.with(at, attachment);
      return;
    }
    const draft = this.draft(this.active);
    draft.attachments = [...draft.attachments, attachment];
  }

  /** Attachments that waited in the app, after a reload. */
  restore(attachments: Attachment[]): void {
    for (const attachment of attachments) this.upsert(attachment);
  }

  /** Takes an attachment out. */
  async remove(draft: Draft, id: string): Promise<void> {
    this.removed.add(id);
    draft.attachments = draft.attachments.filter((attachment) => attachment.id !== id);
    try {
      await this.backend.call('plugin:images|remove', { id });
    } catch (error) {
      this.error = toIpcError(error);
    }
  }

  /** Opens the system's file dialog. */
  async pick(): Promise<void> {
    await this.adding('plugin:images|pick');
  }

  /**
   * Takes what the clipboard holds, read by the app. Says whether a picture
   * came; `quiet` when there is something else to fall back to.
   */
  async paste(quiet: boolean): Promise<boolean> {
    return this.adding('plugin:images|paste', quiet);
  }

  /**
   * Sends a draft. It is cleared when the app has saved it, and not before;
   * what was typed meanwhile stays, too.
   */
  async send(
    draft: Draft,
    thread: Thread,
    to: { provider: string; model: string; params: ChatParams },
  ): Promise<boolean> {
    if (!draft.sendable || thread.live) return false;
    const text = draft.text;
    const attachments = draft.ready.map(({ id }) => id);
    draft.sending = true;
    draft.error = null;
    const isNew = thread.id === null;
    try {
      await thread.send({ text: text.trim(), attachments, ...to });
    } catch (error) {
      draft.error = toIpcError(error);
      return false;
    } finally {
      draft.sending = false;
    }
    this.error = null;
    const failed = draft.attachments.filter(({ state }) => state === 'failed');
    for (const { id } of failed) void this.remove(draft, id);
    const after = isNew ? this.draft(thread.id) : draft;
    const left = draft.text.startsWith(text) ? draft.text.slice(text.length) : draft.text;
    const waiting = draft.attachments.filter(({ id }) => !attachments.includes(id));
    draft.text = '';
    draft.attachments = [];
    after.text = left;
    after.attachments = waiting;
    if (after !== draft) {
      // It goes on with what it began with, changed or not meanwhile.
      after.own = draft.own ?? to.params;
      draft.own = null;
    }
    return true;
  }

  private async adding(
    command: 'plugin:images|pick' | 'plugin:images|paste',
    quiet = false,
  ): Promise<boolean> {
    this.error = null;
    try {
      await this.backend.call(command, null);
      return true;
    } catch (error) {
      const told = toIpcError(error);
      if (!quiet || told.code !== 'clipboard_empty') this.error = told;
      return false;
    }
  }
}
