import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import type { ChatRetryParams } from '$lib/ipc/contract/ChatRetryParams';
import type { ChatSendParams } from '$lib/ipc/contract/ChatSendParams';
import type { ChatSent } from '$lib/ipc/contract/ChatSent';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Message } from '$lib/ipc/contract/Message';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import { Turn } from './turn.svelte';

/** A message on the screen: the person's words, or an answer. */
export type Entry = { role: 'user'; message: Message } | { role: 'assistant'; turn: Turn };

/** The id of the message an entry shows. */
export function entryId(entry: Entry): string {
  return entry.role === 'user' ? entry.message.id : entry.turn.id;
}

/** One conversation on the screen. */
export class Thread {
  /** Its id; `null` until the first question is sent. */
  id = $state<string | null>(null);
  /** Oldest first. */
  entries = $state.raw<Entry[]>([]);
  /** Between a question and the app's word that it is asked. */
  asking = $state(false);
  /** Parameters of its next request, as they were when it was opened. */
  readonly params: ChatParams | null;

  constructor(
    private readonly backend: Backend,
    conversation: { id: string; messages: Message[]; params: ChatParams } | null = null,
  ) {
    this.params = conversation?.params ?? null;
    if (!conversation) return;
    this.id = conversation.id;
    this.entries = conversation.messages.flatMap((message): Entry[] => {
      if (message.role === 'user') return [{ role: 'user', message }];
      if (message.role === 'assistant') return [{ role: 'assistant', turn: this.follow(message) }];
      return [];
    });
  }

  /** The answer being written, if any. */
  get live(): Turn | null {
    const last = this.entries.findLast((entry) => entry.role === 'assistant');
    return last?.role === 'assistant' && last.turn.live ? last.turn : null;
  }

  /** Sends a question. Rejects when nothing was sent; then nothing changed here. */
  async send(params: Omit<ChatSendParams, 'conversation'>): Promise<void> {
    const { sent, turn } = await this.begin('plugin:chat|send', {
      ...params,
      conversation: this.id,
    });
    this.id = sent.conversation;
    this.entries = [
      ...this.entries,
      { role: 'user', message: sent.user },
      { role: 'assistant', turn },
    ];
  }

  /** Asks again, in place of an answer. Rejects when nothing was sent. */
  async retry(params: ChatRetryParams): Promise<void> {
    const { turn } = await this.begin('plugin:chat|retry', params);
    const at = this.entries.findIndex((entry) => entryId(entry) === params.message);
    const kept = at < 0 ? this.entries : this.entries.slice(0, at);
    this.entries = [...kept, { role: 'assistant', turn }];
  }

  /** Stops the answer being written. */
  async stop(): Promise<void> {
    const live = this.live;
    if (live) await this.backend.call('plugin:chat|stop', { message: live.id });
  }

  /** The markdown of an answer, asked for where it was only seen in blocks. */
  async source(turn: Turn): Promise<string> {
    if (turn.source !== null || this.id === null) return turn.source ?? '';
    const { messages } = await this.backend.call('plugin:history|open', { id: this.id });
    const text = messages.find((message) => message.id === turn.id)?.text ?? '';
    if (!turn.live) turn.source = text;
    return text;
  }

  /** Events may come before the command answers: they wait for its message. */
  private async begin<C extends 'plugin:chat|send' | 'plugin:chat|retry'>(
    command: C,
    params: C extends 'plugin:chat|send' ? ChatSendParams : ChatRetryParams,
  ): Promise<{ sent: ChatSent; turn: Turn }> {
    const early: ChatEvent[] = [];
    let take = (event: ChatEvent): void => void early.push(event);
    const onEvent = (event: ChatEvent) => take(event);
    this.asking = true;
    let sent: ChatSent;
    try {
      sent =
        command === 'plugin:chat|send'
          ? await this.backend.stream('plugin:chat|send', params as ChatSendParams, onEvent)
          : await this.backend.stream('plugin:chat|retry', params as ChatRetryParams, onEvent);
    } finally {
      this.asking = false;
    }
    const turn = new Turn(sent.assistant);
    take = (event) => turn.push(event);
    early.forEach(take);
    return { sent, turn };
  }

  /** An answer of the history; one that is being written is followed on. */
  private follow(message: Message): Turn {
    const turn = new Turn(message);
    if (turn.live) {
      this.backend
        .stream('plugin:chat|attach', { message: message.id }, (event) => turn.push(event))
        .catch((error) => this.settle(turn, toIpcError(error)));
    }
    return turn;
  }

  /** An answer that cannot be followed may have ended meanwhile: look again. */
  private async settle(turn: Turn, error: IpcError): Promise<void> {
    try {
      const { messages } = await this.backend.call('plugin:history|open', { id: this.id ?? '' });
      const message = messages.find(({ id }) => id === turn.id);
      if (message && message.state !== 'streaming') turn.push({ type: 'snapshot', message });
      else turn.fail(error);
    } catch {
      turn.fail(error);
    }
  }
}
