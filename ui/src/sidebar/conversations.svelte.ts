import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { Conversation } from '$lib/ipc/contract/Conversation';
import type { ConversationExportParams } from '$lib/ipc/contract/ConversationExportParams';
import type { ConversationsEvent } from '$lib/ipc/contract/ConversationsEvent';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { ConversationList } from './conversationList.svelte';
import { PutAway, type Undoable } from './putAway.svelte';
import { Selection } from './selection.svelte';
import { onceMore } from '$lib/onceMore';
import { Thread } from '../transcript/thread.svelte';

/** The conversations of the sidebar, and the one on the screen. */
export class Conversations {
  /** Those of the sidebar. */
  readonly list: ConversationList;
  /** Those that are archived or in the bin. */
  readonly putAway: PutAway;
  /** Those that are selected in the list on the screen. */
  readonly selection = new Selection(() => (this.putAway.list ?? this.list).rows);
  /** The one on the screen. */
  current: Thread = $state.raw()!;
  /** The one being opened. */
  opening = $state<string | null>(null);
  /** Why a conversation could not be opened. */
  openError = $state.raw<IpcError | null>(null);
  /** The title of one that was on the screen and is gone: removed elsewhere. */
  gone = $state<string | null>(null);
  /** Conversations left while they held what is nowhere else; they go on. */
  private background = new Map<string, Thread>();

  /**
   * `read` is told what was read of one, before it is shown; `lost`, which one is gone from
   * the screen without being removed here.
   */
  constructor(
    private readonly backend: Backend,
    private readonly read: (conversation: Conversation) => void,
    private readonly lost: (id: string) => void,
  ) {
    this.list = new ConversationList(backend);
    this.putAway = new PutAway(backend);
    this.current = new Thread(backend);
  }

  /** The title of the one on the screen; empty while it has none. */
  get title(): string {
    const row = this.list.rows.find(({ id }) => id === this.current.id);
    return row?.title ?? this.current.title;
  }

  /** Begins a new conversation. */
  begin(): void {
    this.opening = null;
    this.openError = null;
    if (this.current.id !== null || this.current.entries.length > 0)
      this.show(new Thread(this.backend));
    this.tell();
  }

  /** Shows a conversation; `anew`, as it is now, also where it is on the screen. */
  async open(id: string, anew = false): Promise<void> {
    this.openError = null;
    if (this.current.id === id && !anew) {
      if (this.opening !== null) this.tell();
      this.opening = null;
      return;
    }
    const running = this.background.get(id);
    if (running?.held && !anew) {
      this.opening = null;
      this.show(running);
      this.tell();
      return;
    }
    this.opening = id;
    try {
      const conversation = await this.backend.call('plugin:history|open', { id });
      if (this.opening !== id) {
        // Another is on the screen by now.
        this.tell();
        return;
      }
      this.read(conversation);
      this.show(new Thread(this.backend, conversation));
    } catch (error) {
      if (this.opening === id) this.openError = toIpcError(error);
    } finally {
      if (this.opening === id) this.opening = null;
    }
  }

  /** A conversation, which need not be on the screen. */
  async behind(id: string): Promise<Thread> {
    const known = this.current.id === id ? this.current : this.background.get(id);
    if (known) return known;
    const conversation = await this.backend.call('plugin:history|open', { id });
    this.tell();
    this.read(conversation);
    const thread = new Thread(this.backend, conversation);
    this.background.set(id, thread);
    return thread;
  }

  /** Gives a conversation another title; empty takes the first question's again. */
  async rename(id: string, title: string): Promise<void> {
    await this.backend.call('plugin:history|rename', { id, title });
  }

  /** Writes a conversation to a file that the person names; false where none was named. */
  export(params: ConversationExportParams): Promise<boolean> {
    return this.backend.call('plugin:history|export', params);
  }

  /** Removes conversations into the bin; the first of them gives what is said its title. */
  async remove(ids: string[]): Promise<void> {
    const undoable = this.undoable('removed', ids);
    await this.backend.call('plugin:history|remove', { ids });
    this.putAway.undoable = undoable;
    this.apply({ upserted: [], removed: ids, elsewhere: false });
  }

  /** Brings conversations back from the bin. */
  async restore(ids: string[]): Promise<void> {
    await this.backend.call('plugin:history|restore', { ids });
    this.notUndoable(ids);
  }

  /** Removes conversations of the bin for good; all of it where none are named. */
  async erase(ids: string[] | null): Promise<void> {
    if (ids) await this.backend.call('plugin:history|erase', { ids });
    else await this.backend.call('plugin:history|empty_bin', null);
    const { undoable } = this.putAway;
    if (undoable?.what === 'removed') this.notUndoable(ids ?? undoable.ids);
    // Nothing is told of what was out of the list already.
    this.putAway.changed();
  }

  /** Lets conversations stand before the others, or among them. */
  async pin(ids: string[], pinned: boolean): Promise<void> {
    await this.backend.call('plugin:history|pin', { ids, pinned });
  }

  /** Takes conversations out of the list, or back into it. */
  async archive(ids: string[], archived: boolean): Promise<void> {
    const undoable = this.undoable('archived', ids);
    await this.backend.call('plugin:history|archive', { ids, archived });
    if (!archived) return this.notUndoable(ids);
    this.putAway.undoable = undoable;
    this.list.apply({ upserted: [], removed: ids });
  }

  private undoable(what: Undoable['what'], ids: string[]): Undoable {
    const rows = [...this.list.rows, ...(this.putAway.list?.rows ?? [])];
    const title = rows.find(({ id }) => id === ids[0])?.title ?? '';
    return { what, ids, title, shown: ids.find((id) => id === this.current.id) ?? null };
  }

  private notUndoable(ids: string[]): void {
    const { undoable } = this.putAway;
    if (undoable?.ids.some((id) => ids.includes(id))) this.putAway.undoable = null;
  }

  /** Applies what the app says of a change. */
  apply(event: ConversationsEvent): void {
    this.list.apply(event);
    this.putAway.changed();
    for (const row of event.upserted) {
      for (const thread of [this.current, this.background.get(row.id)]) {
        if (thread?.id !== row.id) continue;
        thread.title = row.title;
        if (!row.answering) thread.quiet();
      }
    }
    for (const id of event.removed) {
      this.background.delete(id);
      if (this.opening === id) this.opening = null;
      if (this.current.id !== id) continue;
      this.current = new Thread(this.backend);
      this.tell();
    }
    if (!event.elsewhere) return;
    void this.list.readAnew();
    void this.readCurrent();
  }

  /** Another process changed the history: reads the one on the screen anew. */
  private readonly readCurrent = onceMore(async () => {
    const { current } = this;
    const { title } = this;
    try {
      await current.readAnew();
    } catch (error) {
      if (current !== this.current) return;
      const told = toIpcError(error);
      if (told.code !== 'not_found' || current.id === null) {
        this.openError = told;
        return;
      }
      this.gone = title;
      this.current = new Thread(this.backend);
      this.tell();
      this.lost(current.id);
    }
  });

  /**
   * Tells the app what is on the screen: it is there after the next start, and what ends in
   * another conversation is unread.
   */
  private tell(): void {
    const { id } = this.current;
    // One that is being opened is told by that.
    if (this.opening !== null && this.opening !== id) return;
    const told =
      id === null
        ? this.backend.call('plugin:history|leave', null)
        : this.backend.call('plugin:history|open', { id });
    // Where it cannot be kept, the next start shows another one: nothing else is lost.
    told.catch(() => {});
  }

  private show(thread: Thread): void {
    const { current } = this;
    if (current.id !== null) this.background.set(current.id, current);
    this.gone = null;
    this.current = thread;
    for (const [id, other] of this.background)
      if (!other.held || other === thread) this.background.delete(id);
  }
}
