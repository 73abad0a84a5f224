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

  /** Puts an attachment at another place among the others. */
  move(id: string, to: number): void {
    const from = this.attachments.findIndex((attachment) => attachment.id === id);
    const moved = this.attachments[from];
    if (!moved || from === to) return;
    const others = this.attachments.toSpliced(from, 1);
    this.attachments = others.toSpliced(to, 0, moved);
  }

  /** Is there anything to send, and nothing to wait for? */
  get sendable(): boolean {
    if (this.sending || this.preparing) return false;
    return this.text.trim() !== '' || this.ready.length > 0;
  }
}

/** An attachment that was taken out, and can be put back for a while. */
export interface Removed {
  draft: Draft;
  attachment: Attachment;
  /** Where it stood. */
  at: number;
}

/** An address that was pasted, and became a link. */
export interface PastedLink {
  draft: Draft;
  url: string;
  /** What the question was, right after the paste. */
  text: string;
}

/** For so long can a removal be undone. */
const UNDO_MS = 10_000;

/** The composer: drafts, their pictures, and sending them. */
export class Composer {
  /** How many things are dragged over the window; `null` when none is. */
  dragging = $state<number | null>(null);
  /** Why the last picture could not be added. */
  error = $state.raw<IpcError | null>(null);
  /** The last attachment that was taken out, while that can be undone. */
  undoable = $state.raw<Removed | null>(null);
  /** The last address that became a link, while it can become text again. */
  pasted = $state.raw<PastedLink | null>(null);
  /** By conversation; the one without an id yet is `null`. Drafts themselves are reactive. */
  private readonly drafts = new Map<string | null, Draft>();
  private active: string | null = null;
  /** Taken out while they were read: what is still said of them is not shown. */
  private readonly removed = new Set<string>();
  private forgetting: ReturnType<typeof setTimeout> | undefined;

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
    if (this.removed.has(attachment.id)) {
      // While its removal can be undone, it is put back as it is now.
      if (this.undoable?.attachment.id === attachment.id)
        this.undoable = { ...this.undoable, attachment };
      return;
    }
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

  /** Takes an attachment out; for a while it can be put back, but for one that failed. */
  remove(draft: Draft, id: string): void {
    const at = draft.attachments.findIndex((attachment) => attachment.id === id);
    const attachment = draft.attachments[at];
    if (!attachment) return;
    this.forgetRemoved();
    this.removed.add(id);
    draft.attachments = draft.attachments.toSpliced(at, 1);
    if (this.pasted && attachment.link?.url === this.pasted.url) this.pasted = null;
    if (attachment.state === 'failed') {
      void this.drop(id);
      return;
    }
    this.undoable = { draft, attachment, at };
    this.forgetting = setTimeout(() => this.forgetRemoved(), UNDO_MS);
  }

  /** Puts the last attachment that was taken out back where it stood. */
  undo(): void {
    const { undoable } = this;
    if (!undoable) return;
    clearTimeout(this.forgetting);
    this.undoable = null;
    const { draft, attachment, at } = undoable;
    this.removed.delete(attachment.id);
    draft.attachments = draft.attachments.toSpliced(at, 0, attachment);
  }

  /** A removal that can no longer be undone is one in the app, too. */
  forgetRemoved(): void {
    clearTimeout(this.forgetting);
    const id = this.undoable?.attachment.id;
    this.undoable = null;
    if (id !== undefined) void this.drop(id);
  }

  private async drop(id: string): Promise<void> {
    try {
      await this.backend.call('plugin:images|remove', { id });
    } catch (error) {
      this.error = toIpcError(error);
    }
  }

  /** Makes a link of an address that was pasted. Says whether it became one. */
  async link(draft: Draft, url: string): Promise<boolean> {
    this.error = null;
    this.active = this.keyOf(draft);
    try {
      await this.backend.call('plugin:images|add_link', { url });
    } catch (error) {
      this.error = toIpcError(error);
      return false;
    }
    this.pasted = { draft, url, text: draft.text };
    return true;
  }

  /** Takes the link of a pasted address out again: its text is wanted. */
  unlink({ draft, url }: PastedLink): void {
    this.pasted = null;
    const same = (other: string) => URL.canParse(other) && new URL(other).href === url;
    const made = draft.attachments.findLast(({ link }) => link && same(link.url));
    if (!made) return;
    this.removed.add(made.id);
    draft.attachments = draft.attachments.filter(({ id }) => id !== made.id);
    void this.drop(made.id);
  }

  /** Fetches what a link names, to show it; from then on it is a picture. */
  async fetch(id: string): Promise<void> {
    await this.backend.call('plugin:images|fetch', { id });
  }

  private keyOf(draft: Draft): string | null {
    for (const [id, other] of this.drafts) if (other === draft) return id;
    return this.active;
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
    this.pasted = null;
    this.forgetRemoved();
    const failed = draft.attachments.filter(({ state }) => state === 'failed');
    for (const { id } of failed) this.remove(draft, id);
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
