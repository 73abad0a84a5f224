import type { Answer } from '$lib/ipc/contract/Answer';
import type { ChatEvent } from '$lib/ipc/contract/ChatEvent';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Message } from '$lib/ipc/contract/Message';
import type { MessageState } from '$lib/ipc/contract/MessageState';
import type { AnswerNote } from '$lib/ipc/contract/AnswerNote';
import type { Picture } from '$lib/ipc/contract/Picture';
import { BlockList } from './blockList.svelte';
import { clock } from '$lib/clock.svelte';

/** Calls back soon, once for all that came meanwhile. */
export type Schedule = (callback: () => void) => void;

/**
 * At once: the app gathers the text for the length of a frame already, and to
 * wait for the next one here would show every word a frame late.
 */
const soon: Schedule = (callback) => queueMicrotask(callback);

/** After so long without a word it is said that the answer is still awaited. */
const QUIET_MS = 8000;

/** A word that is this fresh needs no newer date. */
const FRESH_MS = 250;

/** A try that failed, and the next one. */
export type Retrying = Extract<AnswerNote, { type: 'retrying' }>;

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
  /** When it failed, as near as is known: what is to be waited counts from here. */
  failedAt = $state(0);
  /** What should be known of how it came to be, in order. */
  notes = $state.raw<AnswerNote[]>([]);
  /** The try that is waited for; `null` once something came. */
  retrying = $state.raw<Retrying | null>(null);
  /** When something last came. */
  private heardAt = $state(0);
  /** It ended and could not be kept: until it is, it is here alone. */
  unkept = $state(false);
  /** The answer's blocks. */
  readonly text = new BlockList();
  /** The reasoning's blocks. */
  readonly reasoning = new BlockList();
  /** The pictures that the answer came with. */
  pictures = $state.raw<Picture[]>([]);
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

  /** Seconds without a word, once they are worth a line; read in an effect, it ticks. */
  get quiet(): number | null {
    if (!this.live) return null;
    const ms = clock.now - Math.max(this.heardAt, this.retrying?.at ?? 0);
    return ms > QUIET_MS ? Math.floor(ms / 1000) : null;
  }

  /** Has it neither text nor a picture? */
  get empty(): boolean {
    return this.text.empty && this.pictures.length === 0;
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
    this.end('failed');
  }

  /** Ends here: nobody writes it any more, and what came is all there is. */
  interrupt(): void {
    this.flush();
    if (this.live) this.end('interrupted');
  }

  /** Takes it as it is kept, if it has ended there. */
  settle(message: Message): void {
    this.flush();
    if (this.live && message.state !== 'streaming') this.take(message);
  }

  /** Has one more picture; one that was loaded from an address, once. */
  addPicture(picture: Picture): void {
    const { link } = picture;
    if (link !== null && this.pictures.some((one) => one.link === link)) return;
    this.pictures = [...this.pictures, picture];
  }

  /** Is it as this message says already? */
  shows(message: Message): boolean {
    return this.state === message.state && this.source === message.text;
  }

  /** After the end nothing changes an answer: one terminal event counts. */
  private apply(event: ChatEvent): void {
    if (!this.live) return;
    this.heard();
    switch (event.type) {
      case 'snapshot':
        this.take(event.message);
        break;
      case 'note':
        this.notes = [...this.notes, event.note];
        this.retrying = event.note.type === 'retrying' ? event.note : null;
        break;
      case 'started':
        this.retrying = null;
        this.know(event.answer);
        break;
      case 'chunk':
        this.retrying = null;
        if (event.reasoning) this.reasoning.apply(event.reasoning);
        if (event.text) this.text.apply(event.text);
        break;
      case 'picture':
        this.retrying = null;
        this.addPicture(event.picture);
        break;
      case 'usage':
        if (this.answer) this.answer = { ...this.answer, usage: event.usage };
        break;
      case 'finished':
        this.know(event.answer);
        this.end(event.state);
        break;
      case 'failed':
        this.know(event.answer);
        this.error = event.error;
        this.unkept = event.error.code === 'storage' && !(this.text.empty && this.reasoning.empty);
        this.end('failed');
        break;
    }
  }

  private heard(): void {
    const now = Date.now();
    if (now - this.heardAt > FRESH_MS) this.heardAt = now;
  }

  /** The answer knows its notes; what came before it was said is kept until then. */
  private know(answer: Answer): void {
    this.answer = answer;
    if (answer.notes.length >= this.notes.length) this.notes = answer.notes;
  }

  private end(state: MessageState): void {
    this.retrying = null;
    if (state === 'failed') this.failedAt = Date.now();
    this.state = state;
  }

  private take(message: Message): void {
    this.state = message.state;
    this.answer = message.answer;
    this.notes = message.answer?.notes ?? [];
    this.error = message.error;
    this.failedAt = message.createdAt + (message.answer?.totalMs ?? 0);
    // One that is joined while it waits has been silent since it was asked.
    const waiting =
      message.blocks.length + message.reasoning.length + message.pictures.length === 0;
    this.heardAt = waiting ? Math.min(message.createdAt, Date.now()) : Date.now();
    const last = this.notes.at(-1);
    this.retrying = this.live && waiting && last?.type === 'retrying' ? last : null;
    this.pictures = message.pictures;
    this.text.reset(message.blocks);
    this.reasoning.reset(message.reasoning);
    this.source = message.state === 'streaming' ? null : message.text;
  }
}
