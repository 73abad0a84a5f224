import type { Backend, Params } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import type { ChatEditParams } from '$lib/ipc/contract/ChatEditParams';
import type { ChatRetryParams } from '$lib/ipc/contract/ChatRetryParams';
import type { ChatSendParams } from '$lib/ipc/contract/ChatSendParams';
import type { ChatSent } from '$lib/ipc/contract/ChatSent';
import type { Conversation } from '$lib/ipc/contract/Conversation';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Message } from '$lib/ipc/contract/Message';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { Asked } from '$lib/models';
import { Turn } from './turn.svelte';

/** A message on the screen: the person's words, or an answer. */
export type Entry = { role: 'user'; message: Message } | { role: 'assistant'; turn: Turn };

/** The id of the message an entry shows. */
export function entryId(entry: Entry): string {
  return entry.role === 'user' ? entry.message.id : entry.turn.id;
}

/** The id of the message that an entry follows. */
function parentOf(entry: Entry): string | null {
  return entry.role === 'user' ? entry.message.parent : entry.turn.parent;
}

/** A message that was removed with what followed it, and can be brought back. */
export interface RemovedMessage {
  id: string;
  parent: string | null;
  role: 'user' | 'assistant';
}

/** The commands that begin an answer. */
type Begins = 'plugin:chat|send' | 'plugin:chat|edit' | 'plugin:chat|retry' | 'plugin:chat|go_on';

/** For so long is that offered. */
const UNDO_MS = 10_000;

/** The end of an answer comes a moment after the word that nobody answers any more. */
const END_MS = 2000;

/** So long may an answer that is stopped take to end. */
const STOP_MS = 5000;

/** One conversation on the screen: its last messages, and as many before them as were asked for. */
export class Thread {
  /** Its id; `null` until the first question is sent. */
  id = $state<string | null>(null);
  /** Its title, as it was last said. */
  title = $state('');
  /** Oldest first. */
  entries = $state.raw<Entry[]>([]);
  /** Between a question and the app's word that it is asked. */
  asking = $state(false);
  /** Is more asked in it as soon as it is idle? */
  goesOn = $state(false);
  /** Counts the answers begun here: each is a reason to look at the end. */
  begun = $state(0);
  /** Are there messages before the first one? */
  earlier = $state(false);
  /** Are those being read? */
  readingEarlier = $state(false);
  /** Why they could not be. */
  earlierError = $state.raw<IpcError | null>(null);
  /** Other versions of a message are being asked for: one at a time. */
  turning = $state(false);
  /** What was removed last, while it can be brought back. */
  removed = $state.raw<RemovedMessage | null>(null);
  /** Who was asked last in it; `null` where nobody was. */
  asked = $state.raw<Asked | null>(null);
  /** A message to go to, and words to show in it; `null` once that is done. */
  sought = $state.raw<{ message: string; words: string[] } | null>(null);
  /** The name of the preset that it began with. */
  preset = $state<string | null>(null);
  /** Parameters of its next request, as they were when it was opened. */
  readonly params: ChatParams | null;
  /** The first message that is loaded, shown or not. */
  private first: string | null = null;
  private reading: Promise<void> | null = null;
  /** The last answer that was begun here: its events come by themselves. */
  private own: Turn | null = null;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly backend: Backend,
    conversation: Conversation | null = null,
  ) {
    this.params = conversation?.params ?? null;
    if (!conversation) return;
    const { provider, model } = conversation;
    if (provider !== null && model !== null) this.asked = { provider, model };
    this.id = conversation.id;
    this.title = conversation.title;
    this.preset = conversation.preset;
    this.entries = this.entriesOf(conversation.messages);
    this.begins(conversation);
  }

  /** The answer being written, if any. */
  get live(): Turn | null {
    const last = this.entries.findLast((entry) => entry.role === 'assistant');
    return last?.role === 'assistant' && last.turn.live ? last.turn : null;
  }

  /** Does it hold what is nowhere else yet: an answer being written, or one that could not be kept? */
  get held(): boolean {
    if (this.goesOn) return true;
    return this.entries.some(
      (entry) => entry.role === 'assistant' && (entry.turn.live || entry.turn.unkept),
    );
  }

  /** Sends a question. Rejects when nothing was sent; then nothing changed here. */
  async send(params: Omit<ChatSendParams, 'conversation'>): Promise<void> {
    const { sent, turn } = await this.begin('plugin:chat|send', {
      ...params,
      conversation: this.id,
    });
    if (this.id === null) this.preset = params.preset;
    this.id = sent.conversation;
    this.first ??= sent.user.id;
    this.entries = [
      ...this.entries,
      { role: 'user', message: sent.user },
      { role: 'assistant', turn },
    ];
    this.begun += 1;
  }

  /** Sends a question in place of another. Rejects when nothing was sent. */
  async edit(params: ChatEditParams): Promise<void> {
    const { sent, turn } = await this.begin('plugin:chat|edit', params);
    const kept = this.before(params.message);
    if (kept.length === 0) this.first = sent.user.id;
    this.entries = [...kept, { role: 'user', message: sent.user }, { role: 'assistant', turn }];
    this.begun += 1;
  }

  /** Asks again, in place of an answer. Rejects when nothing was sent. */
  async retry(params: ChatRetryParams): Promise<void> {
    await this.answer('plugin:chat|retry', params);
  }

  /** Goes on from an answer that ended early. Rejects when nothing was sent. */
  async goOn(params: ChatRetryParams): Promise<void> {
    await this.answer('plugin:chat|go_on', params);
  }

  private async answer(
    command: 'plugin:chat|retry' | 'plugin:chat|go_on',
    params: ChatRetryParams,
  ): Promise<void> {
    const { sent, turn } = await this.begin(command, params);
    // A question is asked again by its own id where it has no answer.
    const at = this.entries.findIndex((entry) => entryId(entry) === sent.user.id);
    const kept = at < 0 ? this.before(params.message) : this.entries.slice(0, at + 1);
    this.entries = [...kept, { role: 'assistant', turn }];
    this.begun += 1;
  }

  /** What stands before a message; all where it is not here. */
  private before(id: string): Entry[] {
    const at = this.entries.findIndex((entry) => entryId(entry) === id);
    return at < 0 ? this.entries : this.entries.slice(0, at);
  }

  /** Is nothing written here, and nothing asked for? */
  get idle(): boolean {
    return this.live === null && !this.asking && !this.turning;
  }

  /** Shows another version of a message, with what was shown under it. */
  async show(id: string, version: string): Promise<void> {
    await this.turn('plugin:history|show', version, () => this.before(id));
  }

  /** Removes a message with all that follows it; for a while it can be brought back. */
  async remove(entry: Entry): Promise<void> {
    const id = entryId(entry);
    if (!(await this.turn('plugin:history|remove_message', id, () => this.before(id)))) return;
    clearTimeout(this.forgetting);
    this.removed = { id, parent: parentOf(entry), role: entry.role };
    this.forgetting = setTimeout(() => (this.removed = null), UNDO_MS);
  }

  /** Brings back what was removed last. */
  async undoRemove(): Promise<void> {
    const { removed } = this;
    if (!removed) return;
    const place = () => {
      const { entries } = this;
      const instead = entries.findIndex((entry) => parentOf(entry) === removed.parent);
      if (instead >= 0) return entries.slice(0, instead);
      const parent = entries.findIndex((entry) => entryId(entry) === removed.parent);
      return entries.slice(0, parent + 1);
    };
    if (await this.turn('plugin:history|restore_message', removed.id, place)) this.removed = null;
  }

  /** Has the app change what is shown from a place on. Says whether it did. */
  private async turn(
    command:
      'plugin:history|show' | 'plugin:history|remove_message' | 'plugin:history|restore_message',
    message: string,
    kept: () => Entry[],
  ): Promise<boolean> {
    if (!this.idle) return false;
    this.turning = true;
    try {
      const { messages } = await this.backend.call(command, { message });
      const before = kept();
      this.entries = [...before, ...this.entriesOf(messages, this.entries)];
      if (before.length === 0 && messages.length > 0)
        this.begins({ messages, earlier: this.earlier });
      return true;
    } finally {
      this.turning = false;
    }
  }

  /**
   * Stops the answer being written. Rejects when it could not be stopped and is
   * still written. One whose end does not come is ended here.
   */
  async stop(): Promise<void> {
    const { live } = this;
    if (!live) return;
    try {
      await this.backend.call('plugin:chat|stop', { message: live.id });
    } catch (error) {
      await this.settle(live, () => {
        throw error;
      });
      return;
    }
    setTimeout(() => void this.settle(live, () => live.interrupt()), STOP_MS);
  }

  /** Nobody answers here, says the app: an answer whose end does not come is looked for. */
  quiet(): void {
    const { live } = this;
    const end = (written: boolean) => {
      if (!written) live?.interrupt();
    };
    if (live) setTimeout(() => void this.settle(live, end), END_MS);
  }

  /** Reads back until a message is there; false where it is not in this branch, or cannot be read. */
  async readUntil(message: string): Promise<boolean> {
    const isThere = () => this.entries.some((entry) => entryId(entry) === message);
    while (!isThere()) {
      const { first } = this;
      await this.readEarlier();
      if (this.first === first) return isThere();
    }
    return true;
  }

  /** Reads the messages before the first one, once at a time. */
  readEarlier(): Promise<void> {
    return (this.reading ??= this.readPage().finally(() => (this.reading = null)));
  }

  private async readPage(): Promise<void> {
    const { first } = this;
    if (!this.earlier || first === null) return;
    this.readingEarlier = true;
    this.earlierError = null;
    try {
      const page = await this.backend.call('plugin:history|earlier', { message: first });
      // Read anew meanwhile, it begins elsewhere.
      if (this.first !== first) return;
      const known = new Set(this.entries.map(entryId));
      const fresh = page.messages.filter(({ id }) => !known.has(id));
      this.entries = [...this.entriesOf(fresh), ...this.entries];
      this.begins(page);
    } catch (error) {
      if (this.first === first) this.earlierError = toIpcError(error);
    } finally {
      this.readingEarlier = false;
    }
  }

  /** Reads its last messages anew: another process may have changed them. Rejects when it cannot. */
  async readAnew(): Promise<void> {
    const { id, live, begun } = this;
    // What is written here is known here.
    if (id === null || this.asking || (live && live === this.own)) return;
    const conversation = await this.backend.call('plugin:history|open', { id });
    const written = conversation.messages.find((one) => one.id === live?.id);
    if (live && written) live.settle(written);
    // What was asked since then it does not know; what is still written is followed.
    if (this.asking || this.begun !== begun || (written && live?.live)) return;
    this.take(conversation);
  }

  /** Takes its last messages; those that lead to the first of them stay. */
  private take({ title, messages, earlier }: Conversation): void {
    this.title = title;
    const at = this.entries.findIndex((entry) => entryId(entry) === messages[0]?.id);
    const before = this.entries.slice(0, Math.max(0, at));
    this.entries = [...before, ...this.entriesOf(messages, this.entries)];
    if (before.length === 0) this.begins({ messages, earlier });
  }

  /** It begins with this page now. */
  private begins({ messages, earlier }: { messages: Message[]; earlier: boolean }): void {
    this.first = messages[0]?.id ?? this.first;
    // Where nothing came there is nothing to go on from.
    this.earlier = earlier && messages.length > 0;
    this.earlierError = null;
  }

  /** Messages as entries; an answer that is known and has not changed stays the same. */
  private entriesOf(messages: Message[], known: Entry[] = []): Entry[] {
    const turns = new Map(
      known.flatMap((entry) => (entry.role === 'assistant' ? [[entry.turn.id, entry.turn]] : [])),
    );
    return messages.flatMap((message): Entry[] => {
      if (message.role === 'user') return [{ role: 'user', message }];
      if (message.role !== 'assistant') return [];
      const turn = turns.get(message.id);
      const same = turn && (turn.unkept || turn.shows(message));
      if (same) turn.versions = message.versions;
      return [{ role: 'assistant', turn: same ? turn : this.follow(message) }];
    });
  }

  /** Events may come before the command answers: they wait for its message. */
  private async begin<C extends Begins>(
    command: C,
    params: Params<C>,
  ): Promise<{ sent: ChatSent; turn: Turn }> {
    const early: ChatEvent[] = [];
    let take = (event: ChatEvent): void => void early.push(event);
    const onEvent = (event: ChatEvent) => take(event);
    this.asking = true;
    let sent: ChatSent;
    try {
      sent = (await this.backend.stream(command, params, onEvent)) as ChatSent;
    } finally {
      this.asking = false;
    }
    // The page asks one.
    const turn = new Turn(sent.answers[0]!);
    take = (event) => turn.push(event);
    early.forEach(take);
    this.own = turn;
    this.asked = { provider: params.provider, model: params.model };
    return { sent, turn };
  }

  /** An answer of the history; one that is being written is followed on. */
  private follow(message: Message): Turn {
    const turn = new Turn(message);
    if (turn.live) {
      this.backend
        .stream('plugin:chat|attach', { message: message.id }, (event) => turn.push(event))
        .catch((error) => this.settle(turn, () => turn.fail(toIpcError(error))));
    }
    return turn;
  }

  /**
   * Looks whether an answer has ended of which nothing is heard: it is the last
   * one, so it is on the last page. Where it has not, or that cannot be told,
   * `otherwise` is asked: does the app say that it is being written?
   */
  private async settle(turn: Turn, otherwise: (written: boolean) => void): Promise<void> {
    if (!turn.live || this.id === null) return;
    let message: Message | undefined;
    try {
      const { messages } = await this.backend.call('plugin:history|open', { id: this.id });
      message = messages.find(({ id }) => id === turn.id);
    } catch {
      // What cannot be told is not known.
    }
    if (message) turn.settle(message);
    if (turn.live) otherwise(message !== undefined);
  }
}
