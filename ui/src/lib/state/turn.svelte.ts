import type { Answer } from '$lib/ipc/contract/Answer';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Message } from '$lib/ipc/contract/Message';
import type { MessageState } from '$lib/ipc/contract/MessageState';
import { BlockList } from './blocks.svelte';

/** Calls back soon, once for all that came meanwhile. */
export type Schedule = (callback: () => void) => void;

/**
 * At once: the app gathers the text for the length of a frame already, and to
 * wait for the next one here would show every word a frame late.
 */
const soon: Schedule = (callback) => queueMicrotask(callback);

/**
 * One answer: what is known of it, and the events that change it. Live, attached
 * and finished answers are the same thing.
 */
export class Turn {
  readonly id: string;
  /** How far it is. */
  state = $state<MessageState>('streaming');
  /** Who answers, and what it took. */
  answer = $state.raw<Answer | null>(null);
  /** Why it failed. */
  error = $state.raw<IpcError | null>(null);
  /** The answer's blocks. */
  readonly text = new BlockList();
  /** The reasoning's blocks. */
  readonly reasoning = new BlockList();
  /** The markdown, where it is known: not while it is written. */
  source: string | null = null;

  private queue: ChatEvent[] = [];
  private scheduled = false;

  constructor(
    message: Message,
    private readonly schedule: Schedule = soon,
  ) {
    this.id = message.id;
    this.take(message);
  }

  /** Is it being written? */
  get live(): boolean {
    return this.state === 'streaming';
  }

  /** Takes an event; it is applied in order, with those that came at the same time. */
  push(event: ChatEvent): void {
    this.queue.push(event);
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush());
  }

  /** Applies what has come. */
  flush(): void {
    this.scheduled = false;
    const events = this.queue;
    this.queue = [];
    for (const event of events) this.apply(event);
  }

  /** Fails here, without a word from the app: the call itself did not work. */
  fail(error: IpcError): void {
    this.flush();
    if (!this.live) return;
    this.error = error;
    this.state = 'failed';
  }

  /** After the end nothing changes an answer: one terminal event counts. */
  private apply(event: ChatEvent): void {
    if (!this.live) return;
    switch (event.type) {
      case 'snapshot':
        this.take(event.message);
        break;
      case 'started':
        this.answer = event.answer;
        break;
      case 'chunk':
        if (event.reasoning) this.reasoning.apply(event.reasoning);
        if (event.text) this.text.apply(event.text);
        break;
      case 'usage':
        if (this.answer) this.answer = { ...this.answer, usage: event.usage };
        break;
      case 'finished':
        this.answer = event.answer;
        this.state = event.state;
        break;
      case 'failed':
        this.answer = event.answer;
        this.error = event.error;
        this.state = 'failed';
        break;
    }
  }

  private take(message: Message): void {
    this.state = message.state;
    this.answer = message.answer;
    this.error = message.error;
    this.text.reset(message.blocks);
    this.reasoning.reset(message.reasoning);
    this.source = message.state === 'streaming' ? null : message.text;
  }
}
