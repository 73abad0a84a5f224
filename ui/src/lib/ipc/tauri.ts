import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { toIpcError } from './backend';
import type { Answer, Backend, Command, Params, StreamCommand, Undo } from './backend';
import type { Boot } from './contract/Boot';
import type { ChatEvent } from './contract/ChatEvent';
import type { Events } from './contract/Events';

/** Calls into the shell; a failure becomes an error of the contract. */
async function ask<T>(command: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (error) {
    throw toIpcError(error);
  }
}

/** Params as the shell takes them: named `params`, absent where there are none. */
function wrap(params: unknown): Record<string, unknown> {
  return params === null ? {} : { params };
}

/** An address below `attachment`. Put behind it, not into it: the slash would be escaped. */
function below(what: 'small' | 'thumbnail', name: string): string {
  return `${convertFileSrc('', 'attachment')}${what}/${encodeURIComponent(name)}`;
}

/** The app itself. */
export const tauri: Backend = {
  boot: (window as { __DRAGOMAN__?: Boot }).__DRAGOMAN__ ?? null,

  session: {
    get: (name) => {
      try {
        return sessionStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set: (name, text) => {
      try {
        sessionStorage.setItem(name, text);
      } catch {
        // Full or forbidden: a reload then loses what it would lose without.
      }
    },
  },

  call<C extends Command>(command: C, params: Params<C>): Promise<Answer<C>> {
    return ask(command, wrap(params));
  },

  stream<C extends StreamCommand>(
    command: C,
    params: Params<C>,
    onEvent: (event: ChatEvent) => void,
  ): Promise<Answer<C>> {
    return ask(command, { ...wrap(params), channel: new Channel<ChatEvent>(onEvent) });
  },

  listen<E extends keyof Events>(event: E, callback: (payload: Events[E]) => void): Promise<Undo> {
    return listen<Events[E]>(event, ({ payload }) => callback(payload));
  },

  pictureUrl(hash: string): string {
    return convertFileSrc(hash, 'attachment');
  },

  smallUrl(hash: string): string {
    return below('small', hash);
  },

  thumbnailUrl(id: string): string {
    return below('thumbnail', id);
  },
};
