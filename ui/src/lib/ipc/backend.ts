import type { Boot } from './contract/Boot';
import type { ChatEvent } from './contract/ChatEvent';
import type { Commands } from './contract/Commands';
import type { Events } from './contract/Events';
import type { IpcError } from './contract/IpcError';

/** The name of a command, as the shell knows it. */
export type Command = keyof Commands;
/** What a command takes; `null` when it takes nothing. */
export type Params<C extends Command> = Commands[C][0];
/** What a command answers. */
export type Answer<C extends Command> = Commands[C][1];

/** The commands that answer over a channel, too. */
export type StreamCommand =
  | 'plugin:chat|send'
  | 'plugin:chat|edit'
  | 'plugin:chat|retry'
  | 'plugin:chat|go_on'
  | 'plugin:chat|attach';

/** Texts kept by name while the window is there. */
export interface Session {
  get(name: string): string | null;
  set(name: string, text: string): void;
}

/** Takes back what was asked for: a subscription, a listener. */
export type Undo = () => void;

/**
 * The one door between the page and the app.
 *
 * Every failed call rejects with an [`IpcError`].
 */
export interface Backend {
  /** What was known when the window opened, if the app said so: for the first frame only. */
  readonly boot: Boot | null;

  /** What outlives a reload of the page, and nothing else: drafts, what was open. Never a key. */
  readonly session: Session;

  /** Calls a command. */
  call<C extends Command>(command: C, params: Params<C>): Promise<Answer<C>>;

  /**
   * Calls a command that goes on to send events, in order. Events may come
   * before the promise is settled.
   */
  stream<C extends StreamCommand>(
    command: C,
    params: Params<C>,
    onEvent: (event: ChatEvent) => void,
  ): Promise<Answer<C>>;

  /** Listens to an event of the app. */
  listen<E extends keyof Events>(event: E, callback: (payload: Events[E]) => void): Promise<Undo>;

  /** The address of a kept picture, for `<img src>`. */
  pictureUrl(hash: string): string;

  /** The address of a kept picture made small, for a list. */
  smallUrl(hash: string): string;

  /** The address of an attachment's small picture. */
  thumbnailUrl(id: string): string;
}

/** Is this an error of the contract, and not some thrown thing? */
export function isIpcError(error: unknown): error is IpcError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as IpcError).code === 'string' &&
    typeof (error as IpcError).message === 'string'
  );
}

/** Makes an error of the contract out of anything that was thrown. */
export function toIpcError(error: unknown): IpcError {
  if (isIpcError(error)) return { ...error, args: error.args ?? {} };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, args: {}, retryAfterMs: null, detail: null };
}
