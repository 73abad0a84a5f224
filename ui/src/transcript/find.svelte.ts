import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { FoundIn } from '$lib/ipc/contract/FoundIn';
import type { IpcError } from '$lib/ipc/contract/IpcError';

/** A text that is looked for in the conversation on the screen. */
export class Find {
  /** Is the bar there? */
  open = $state(false);
  /** What is looked for. */
  text = $state('');
  /** Messages that hold it, oldest first. */
  found = $state.raw<FoundIn[]>([]);
  /** Which of all is looked at; -1 where none is. */
  at = $state(-1);
  /** What `found` is the answer to. */
  answered = $state('');
  error = $state.raw<IpcError | null>(null);
  readonly total = $derived(this.found.reduce((sum, { count }) => sum + count, 0));
  /** Counts what was asked: an answer that is overtaken is not taken. */
  private turn = 0;

  constructor(private readonly backend: Backend) {}

  /** Asks where it stands. `true` where that is known now. */
  async ask(conversation: string | null): Promise<boolean> {
    const mine = ++this.turn;
    const { text } = this;
    let found: FoundIn[] = [];
    this.error = null;
    try {
      if (conversation !== null && text.trim() !== '')
        ({ found } = await this.backend.call('plugin:history|find', { conversation, text }));
    } catch (error) {
      if (mine === this.turn) this.error = toIpcError(error);
    }
    if (mine !== this.turn) return false;
    this.found = found;
    this.answered = text;
    this.at = Math.min(this.at, this.total - 1);
    return true;
  }

  /** The first place in this message or after it; else the last. */
  lookFrom(order: string[]): void {
    const places = new Map(order.map((id, at) => [id, at]));
    let before = 0;
    for (const { message, count } of this.found) {
      if (places.has(message)) {
        this.at = before;
        return;
      }
      before += count;
    }
    this.at = this.total - 1;
  }

  /** Goes on to the next, or back to the one before. */
  step(by: 1 | -1): void {
    if (this.total > 0) this.at = (Math.max(this.at, 0) + by + this.total) % this.total;
  }

  /** The message that is looked at, and which place in it. */
  get place(): { message: string; nth: number } | null {
    let before = 0;
    for (const { message, count } of this.found) {
      if (this.at >= 0 && this.at < before + count) return { message, nth: this.at - before };
      before += count;
    }
    return null;
  }

  close(): void {
    this.turn += 1;
    this.open = false;
    this.found = [];
    this.at = -1;
    this.answered = '';
  }
}
