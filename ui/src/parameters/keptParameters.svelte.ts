import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { IpcError } from '$lib/ipc/contract/IpcError';

/** A person who drags a slider or types writes once, when they pause. */
const PAUSE_MS = 400;

/**
 * Keeps the parameters of conversations in the app: the last change of each,
 * once there is a pause. What could not be kept waits for the next chance.
 */
export class KeptParameters {
  /** Why the last ones could not be kept. */
  error = $state.raw<IpcError | null>(null);
  /** By conversation: what the app does not know yet. */
  private readonly waiting = new Map<string, ChatParams>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flushing: Promise<void> | null = null;

  constructor(private readonly backend: Backend) {}

  /** Takes a change. */
  set(conversation: string, params: ChatParams): void {
    this.waiting.set(conversation, params);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Forgets a conversation that is removed. */
  drop(conversation: string): void {
    this.waiting.delete(conversation);
  }

  /** Keeps what waits, now; one call at a time, so that the last change is the last kept. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.flushing ??= this.keep().finally(() => (this.flushing = null));
    return this.flushing;
  }

  private async keep(): Promise<void> {
    let next;
    while ((next = this.waiting.entries().next().value)) {
      const [id, params] = next;
      try {
        await this.backend.call('plugin:history|set_params', { id, params });
        this.error = null;
      } catch (error) {
        // It stays for the next change, or the next conversation that is opened.
        this.error = toIpcError(error);
        return;
      }
      if (this.waiting.get(id) === params) this.waiting.delete(id);
    }
  }
}
