import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';

/** A person who drags a slider or types writes once, when they pause. */
const PAUSE_MS = 400;
/** One who does not pause loses no more than this, whatever ends the app. */
const LONGEST_MS = 2000;

/**
 * Keeps what changes fast in the app: of each key the last value, once there is a
 * pause. What could not be kept waits for the next chance.
 */
export class PausedWrites<K, V> {
  /** Why the last ones could not be kept. */
  error = $state.raw<IpcError | null>(null);
  /** What the app does not know yet. */
  private readonly waiting = new Map<K, { value: V }>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when the oldest waits; `null` where none does. */
  private since: number | null = null;
  private flushing: Promise<void> | null = null;

  constructor(private readonly write: (key: K, value: V) => Promise<unknown>) {}

  /** Takes a change. */
  set(key: K, value: V): void {
    this.waiting.set(key, { value });
    this.since ??= Date.now();
    clearTimeout(this.timer);
    const left = Math.max(0, this.since + LONGEST_MS - Date.now());
    this.timer = setTimeout(() => void this.flush(), Math.min(PAUSE_MS, left));
  }

  /** Forgets what is gone. */
  drop(key: K): void {
    this.waiting.delete(key);
  }

  /** Keeps what waits, now; one call at a time, so that the last change is the last kept. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.since = null;
    this.flushing ??= this.keep().finally(() => (this.flushing = null));
    return this.flushing;
  }

  private async keep(): Promise<void> {
    let next;
    while ((next = this.waiting.entries().next().value)) {
      const [key, change] = next;
      try {
        await this.write(key, change.value);
        this.error = null;
      } catch (error) {
        // It stays for the next change, or the next conversation that is opened.
        this.error = toIpcError(error);
        return;
      }
      if (this.waiting.get(key) === change) this.waiting.delete(key);
    }
  }
}
