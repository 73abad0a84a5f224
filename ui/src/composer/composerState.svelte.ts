import type { Backend, Command, Params } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { Area } from '$lib/ipc/contract/Area';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { Conversation } from '$lib/ipc/contract/Conversation';
import type { FolderEvent } from '$lib/ipc/contract/FolderEvent';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Message } from '$lib/ipc/contract/Message';
import type { Picture } from '$lib/ipc/contract/Picture';
import type { PictureOptions } from '$lib/ipc/contract/PictureOptions';
import { sameLink } from '$lib/links';
import { PausedWrites } from '$lib/pausedWrites.svelte';
import type { Carried } from '../transcript/carry';
import type { Thread } from '../transcript/thread.svelte';
import { Draft } from './draft.svelte';
import { keepDrafts, keptDrafts } from './keptDrafts';
import { pageBefore } from './pages';
import type { PastedLink, Removed } from './undoable';

/** Where the draft stands in which a question is changed. */
const EDIT = 'edit:';

/** Who is asked, and how. */
export interface To {
  provider: string;
  model: string;
  params: ChatParams;
  /** Name of the preset that a new conversation begins with. */
  preset: string | null;
  /** Is it asked without what was said before it? */
  alone: boolean;
  /** An answer: what its instructions took from the clipboard is taken again. */
  copiedOf: string | null;
}

/** For so long can a removal be undone. */
const UNDO_MS = 10_000;

/** The composer: drafts, their pictures, and sending them. */
export class ComposerState {
  /** How many things are dragged over the window; `null` when none is. */
  dragging = $state<number | null>(null);
  /** Why the last picture could not be added. */
  error = $state.raw<IpcError | null>(null);
  /** The last attachment that was taken out, while that can be undone. */
  undoable = $state.raw<Removed | null>(null);
  /** The last address that became a link, while it can become text again. */
  pasted = $state.raw<PastedLink | null>(null);
  /** Folders that were dropped, not answered yet, the oldest first. */
  folders = $state.raw<FolderEvent[]>([]);
  /** The picture of the conversation that is being dragged. */
  carried = $state.raw<Carried | null>(null);
  /** Where the question is written, to be dropped upon. */
  card = $state.raw<HTMLElement>();
  /** By conversation; the one without an id yet is `null`. Drafts themselves are reactive. */
  private readonly drafts = new Map<string | null, Draft>();
  private active: string | null = null;
  /** Questions that are being changed, by their ids. */
  private editing = $state.raw<string[]>([]);
  /** The draft that is being filled with what a question held. */
  private filling: Draft | null = null;
  /** Taken out: what is still said of them is not shown. */
  private readonly removed = new Set<string>();
  /** Whose an attachment was before the page was loaded anew. */
  private readonly owners = new Map<string, Draft>();
  /** The attachment of which a part is being attached. */
  private after: string | null = null;
  private forgetting: ReturnType<typeof setTimeout> | undefined;
  /** What the app knows to be typed, or is being told, by conversation. */
  private readonly told = new Map<string | null, string>();
  private readonly writes: PausedWrites<string | null, string>;

  constructor(private readonly backend: Backend) {
    this.writes = new PausedWrites((of, text) => {
      const message = of?.startsWith(EDIT) ? of.slice(EDIT.length) : null;
      const params = { conversation: message === null ? of : null, message, text };
      return backend.call('plugin:history|keep_draft', params);
    });
    for (const { conversation, text, attachments } of keptDrafts(backend.session)) {
      const draft = this.draft(conversation);
      draft.text = text;
      if (conversation?.startsWith(EDIT))
        this.editing = [...this.editing, conversation.slice(EDIT.length)];
      for (const id of attachments) this.owners.set(id, draft);
    }
  }

  /**
   * Keeps what is typed: with what belongs to it over a reload, at once; the text over a
   * restart, after a pause. Read in an effect, it follows.
   */
  keep(): void {
    keepDrafts(this.backend.session, this.drafts);
    for (const [conversation, { text }] of this.drafts) {
      if (text === (this.told.get(conversation) ?? '')) continue;
      this.told.set(conversation, text);
      this.writes.set(conversation, text);
    }
  }

  /** Keeps what is typed over a restart, now. */
  flush(): Promise<void> {
    return this.writes.flush();
  }

  /** Takes what was typed before a restart; what was typed since is newer. */
  fill(conversation: string | null, text: string): void {
    if (this.told.has(conversation)) return;
    this.told.set(conversation, text);
    const draft = this.draft(conversation);
    if (draft.text === '') draft.text = text;
  }

  /** Takes the questions that were being changed before a restart, with what they held. */
  fillEdits({ id, messages, edits }: Conversation): void {
    const { active } = this;
    for (const { message, text } of edits) {
      const found = messages.find((one) => one.id === message);
      if (!found || this.editing.includes(message)) continue;
      this.told.set(EDIT + message, text);
      void this.edit(found, id);
      this.draft(EDIT + message).text = text;
    }
    this.active = active;
  }

  /** The draft of a conversation; the first look at it makes it. */
  draft(conversation: string | null): Draft {
    const known = this.drafts.get(conversation);
    if (known) return known;
    // Made apart: who looks first would not follow what it made by itself.
    $effect.root(() => void this.drafts.set(conversation, new Draft()));
    return this.draft(conversation);
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
    const owner = this.owners.get(attachment.id);
    if (owner) {
      owner.attachments = [...owner.attachments, attachment];
      return;
    }
    // A part stands after its whole, wherever that is.
    for (const draft of this.after === null ? [] : this.drafts.values()) {
      const whole = draft.attachments.findIndex(({ id }) => id === this.after);
      if (whole < 0 || attachment.options.crop === null) continue;
      draft.attachments = draft.attachments.toSpliced(whole + 1, 0, attachment);
      this.after = null;
      return;
    }
    // A page stands after the one before it, whatever was dropped with them.
    for (const draft of this.drafts.values()) {
      const before = pageBefore(draft.attachments, attachment);
      if (before < 0) continue;
      draft.attachments = draft.attachments.toSpliced(before + 1, 0, attachment);
      return;
    }
    const draft = this.filling ?? this.draft(this.active);
    draft.attachments = [...draft.attachments, attachment];
  }

  /** The draft in which a question is being changed; `null` where it is not. */
  editOf(message: string): Draft | null {
    return this.editing.includes(message) ? this.draft(EDIT + message) : null;
  }

  /** New pictures go to the question that is being changed. */
  turnToEdit(message: string): void {
    this.active = EDIT + message;
  }

  /** Begins to change a question: what it held is in a draft of its own. */
  async edit(
    { id, text, pictures, videos, links }: Message,
    conversation: string | null,
  ): Promise<void> {
    if (this.editing.includes(id)) return;
    const draft = this.draft(EDIT + id);
    draft.text = text;
    draft.of = conversation;
    this.editing = [...this.editing, id];
    this.turnToEdit(id);
    const before = this.filling;
    this.filling = draft;
    for (const { hash } of [...pictures, ...videos]) await this.again(id, hash);
    for (const { url } of links) await this.try('plugin:images|add_link', { url });
    if (this.filling === draft) this.filling = before;
  }

  /** Ends the change of a question; what was attached to it goes. */
  endEdit(message: string): void {
    const draft = this.drafts.get(EDIT + message);
    this.editing = this.editing.filter((id) => id !== message);
    this.drafts.delete(EDIT + message);
    if (this.told.delete(EDIT + message)) this.writes.set(EDIT + message, '');
    if (!draft) return;
    if (this.filling === draft) this.filling = null;
    if (this.undoable?.draft === draft) this.forgetRemoved();
    if (this.pasted?.draft === draft) this.pasted = null;
    for (const { id } of draft.attachments) {
      this.removed.add(id);
      void this.drop(id);
    }
  }

  /** Sends a changed question in place of the old one. Says whether it was sent. */
  async sendEdit(
    message: string,
    thread: Thread,
    to: Omit<To, 'preset' | 'alone' | 'copiedOf'>,
  ): Promise<boolean> {
    const draft = this.editOf(message);
    if (!draft?.sendable || !thread.idle) return false;
    const attachments = draft.ready.map(({ id }) => id);
    draft.sending = true;
    draft.error = null;
    try {
      await thread.edit({ message, text: draft.text.trim(), attachments, ...to });
    } catch (error) {
      draft.error = toIpcError(error);
      return false;
    } finally {
      draft.sending = false;
    }
    draft.attachments = draft.attachments.filter(({ id }) => !attachments.includes(id));
    this.endEdit(message);
    return true;
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
    const { link } = attachment;
    if (this.pasted && link && sameLink(link.url, this.pasted.url)) this.pasted = null;
    void this.drop(id);
    if (attachment.state === 'failed') return;
    this.undoable = { draft, attachment, at };
    this.forgetting = setTimeout(() => this.forgetRemoved(), UNDO_MS);
  }

  /** Puts the last attachment that was taken out back where it stood. */
  async undo(): Promise<void> {
    const { undoable } = this;
    if (!undoable) return;
    this.forgetRemoved();
    const { draft, attachment, at } = undoable;
    this.removed.delete(attachment.id);
    draft.attachments = draft.attachments.toSpliced(at, 0, attachment);
    try {
      await this.backend.call('plugin:images|restore', { id: attachment.id });
      await this.tellOrder();
    } catch (error) {
      this.error = toIpcError(error);
      this.removed.add(attachment.id);
      draft.attachments = draft.attachments.filter(({ id }) => id !== attachment.id);
    }
  }

  /** Drops the draft of a conversation that is removed, and what is attached to it. */
  discard(conversation: string): void {
    const edits = this.editing.filter((id) => this.draft(EDIT + id).of === conversation);
    for (const id of edits) this.endEdit(id);
    const draft = this.drafts.get(conversation);
    if (!draft) return;
    this.drafts.delete(conversation);
    this.writes.drop(conversation);
    if (this.undoable?.draft === draft) this.forgetRemoved();
    if (this.pasted?.draft === draft) this.pasted = null;
    for (const { id } of draft.attachments) {
      this.removed.add(id);
      void this.drop(id);
    }
  }

  /** A conversation is gone, and not by the person's own hand: its draft becomes a new one's. */
  carryOver(conversation: string): void {
    const old = this.drafts.get(conversation);
    this.drafts.delete(conversation);
    this.turnTo(null);
    if (!old) return;
    const draft = this.draft(null);
    draft.text = [draft.text, old.text].filter((text) => text !== '').join('\n');
    draft.attachments = [...draft.attachments, ...old.attachments];
    if (this.undoable?.draft === old) this.forgetRemoved();
    if (this.pasted?.draft === old) this.pasted = null;
  }

  /** A removal that can no longer be undone. */
  forgetRemoved(): void {
    clearTimeout(this.forgetting);
    this.undoable = null;
  }

  /** Tells the app the order in which attachments are sent. */
  async tellOrder(): Promise<void> {
    const ids = [...this.drafts.values()].flatMap(({ attachments }) =>
      attachments.map(({ id }) => id),
    );
    await this.try('plugin:images|order', { ids });
  }

  /** Gives up all that is still being prepared. */
  async cancel(): Promise<void> {
    if (!(await this.try('plugin:images|cancel', null))) return;
    try {
      const { attachments } = await this.backend.call('plugin:images|list', null);
      const left = new Set(attachments.map(({ id }) => id));
      for (const draft of this.drafts.values()) {
        const gone = draft.attachments.filter(
          ({ id, state }) => state === 'preparing' && !left.has(id),
        );
        for (const { id } of gone) this.removed.add(id);
        if (gone.length > 0)
          draft.attachments = draft.attachments.filter((one) => !gone.includes(one));
      }
      this.restore(attachments);
    } catch (error) {
      this.error = toIpcError(error);
    }
  }

  /** Sets what the person chose for a picture. Says why not, where it was refused. */
  async choose(id: string, options: PictureOptions): Promise<void> {
    await this.backend.call('plugin:images|options', { id, options });
  }

  /** Attaches a part of a picture, after the whole. */
  async crop(id: string, area: Area): Promise<void> {
    this.after = id;
    try {
      await this.backend.call('plugin:images|crop', { id, area });
    } catch (error) {
      this.after = null;
      throw error;
    }
  }

  /** Is this place of the window over the question? */
  isOver(x: number, y: number): boolean {
    return this.card?.contains(document.elementFromPoint(x, y)) ?? false;
  }

  /** Attaches a picture of the conversation once more. */
  async again(message: string, hash: string): Promise<void> {
    await this.try('plugin:images|again', { message, hash });
  }

  /** Attaches all pictures of a question once more, to this draft. */
  async allAgain({ id, pictures }: Message, draft: Draft): Promise<void> {
    const before = this.filling;
    this.filling = draft;
    for (const { hash } of pictures) await this.again(id, hash);
    if (this.filling === draft) this.filling = before;
  }

  /** Writes a picture of the conversation to a file that the person names: its master. */
  async save({ hash, master, name }: Picture): Promise<void> {
    await this.try('plugin:images|save', {
      hash: master || hash,
      name: name.replace(/\.\w{1,5}$/, ''),
    });
  }

  /** Answers whether a dropped folder's pictures are attached. */
  async takeFolder(id: string, take: boolean): Promise<void> {
    this.folders = this.folders.filter((folder) => folder.id !== id);
    await this.try('plugin:images|take_folder', { id, take });
  }

  /** Calls a command; where it fails, that is said above the question. */
  private async try<C extends Command>(command: C, params: Params<C>): Promise<boolean> {
    this.error = null;
    try {
      await this.backend.call(command, params);
      return true;
    } catch (error) {
      this.error = toIpcError(error);
      return false;
    }
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
    const made = draft.attachments.findLast(({ link }) => link && sameLink(link.url, url));
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
    await this.try('plugin:images|pick', null);
  }

  /**
   * Takes what the clipboard holds, read by the app: pictures come as attachments,
   * text is answered. `seen` is the text that the page was given, if any.
   */
  async paste(seen: string): Promise<string | null> {
    this.error = null;
    try {
      const { text } = await this.backend.call('plugin:images|paste', null);
      return text;
    } catch (error) {
      const told = toIpcError(error);
      if (told.code === 'clipboard_empty' && seen !== '') return seen;
      this.error = told;
      return null;
    }
  }

  /**
   * Sends a draft. It is cleared when the app has saved it, and not before;
   * what was typed meanwhile stays, too. Where only one of its pictures is sent, with a
   * text of its own, all else stays.
   */
  async send(
    draft: Draft,
    thread: Thread,
    to: To,
    one: { id: string; text: string } | null = null,
  ): Promise<boolean> {
    if (!(one ? !draft.sending : draft.sendable) || thread.live) return false;
    const text = one?.text ?? draft.text;
    const attachments = one ? [one.id] : draft.ready.map(({ id }) => id);
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
    const failed = draft.attachments.filter(({ state }) => state === 'failed' && !one);
    for (const { id } of failed) this.remove(draft, id);
    const after = isNew ? this.draft(thread.id) : draft;
    const isOver = !one && draft.text.startsWith(text);
    const left = isOver ? draft.text.slice(text.length) : draft.text;
    // The app has forgotten it: what stays is told again.
    if (one) this.told.delete(this.keyOf(draft));
    const waiting = draft.attachments.filter(({ id }) => !attachments.includes(id));
    draft.text = '';
    draft.attachments = [];
    after.text = left;
    after.attachments = waiting;
    if (after !== draft) {
      // It goes on with what it began with, changed or not meanwhile.
      after.own = draft.own ?? to.params;
      draft.own = null;
      after.typed = draft.typed;
      after.faults = draft.faults;
      draft.typed = {};
      draft.faults = {};
      // The next one begins as ever.
      draft.asks = null;
      draft.preset = undefined;
    }
    return true;
  }
}
