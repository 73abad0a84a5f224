import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ConversationSummary } from '$lib/ipc/contract/ConversationSummary';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { Thread } from './thread.svelte';

/** The conversations of the sidebar, and the one on the screen. */
export class Conversations {
  /** Newest first. */
  list = $state.raw<ConversationSummary[]>([]);
  /** Why the list could not be read. */
  listError = $state.raw<IpcError | null>(null);
  /** The one on the screen. */
  current: Thread = $state.raw()!;
  /** The one being opened. */
  opening = $state<string | null>(null);
  /** Why a conversation could not be opened. */
  openError = $state.raw<IpcError | null>(null);
  /** Conversations left while their answer is written; they go on. */
  private background = new Map<string, Thread>();
  private listing = 0;

  constructor(private readonly backend: Backend) {
    this.current = new Thread(backend);
  }

  /** Reads the list; of several calls at once the last one counts. */
  async refresh(): Promise<void> {
    const mine = ++this.listing;
    try {
      const { conversations } = await this.backend.call('plugin:history|list', null);
      if (mine !== this.listing) return;
      this.list = conversations;
      this.listError = null;
    } catch (error) {
      if (mine === this.listing) this.listError = toIpcError(error);
    }
  }

  /** Begins a new conversation. */
  begin(): void {
    this.opening = null;
    this.openError = null;
    if (this.current.id === null && this.current.entries.length === 0) return;
    this.leave();
    this.current = new Thread(this.backend);
  }

  /** Shows a conversation. */
  async open(id: string): Promise<void> {
    this.openError = null;
    if (this.current.id === id) {
      this.opening = null;
      return;
    }
    const running = this.background.get(id);
    if (running?.live) {
      this.opening = null;
      this.leave();
      this.current = running;
      return;
    }
    this.background.delete(id);
    this.opening = id;
    try {
      const conversation = await this.backend.call('plugin:history|open', { id });
      if (this.opening !== id) return;
      this.leave();
      this.current = new Thread(this.backend, conversation);
    } catch (error) {
      if (this.opening === id) this.openError = toIpcError(error);
    } finally {
      if (this.opening === id) this.opening = null;
    }
  }

  /** Gives a conversation another title; empty takes the first question's again. */
  async rename(id: string, title: string): Promise<void> {
    await this.backend.call('plugin:history|rename', { id, title });
    await this.refresh();
  }

  /** Removes a conversation for good. */
  async remove(id: string): Promise<void> {
    await this.backend.call('plugin:history|remove', { id });
    this.background.delete(id);
    if (this.current.id === id) this.current = new Thread(this.backend);
    await this.refresh();
  }

  private leave(): void {
    const { id, live } = this.current;
    if (id !== null && live) this.background.set(id, this.current);
  }
}
