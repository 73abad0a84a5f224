import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ConversationList as Page } from '$lib/ipc/contract/ConversationList';
import type { ConversationPlace } from '$lib/ipc/contract/ConversationPlace';
import type { ConversationsEvent } from '$lib/ipc/contract/ConversationsEvent';
import type { ConversationSummary } from '$lib/ipc/contract/ConversationSummary';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { onceMore } from '$lib/onceMore';

/** How many a page holds. */
const PAGE = 50;

/** The most that the app gives at once. */
const MOST = 200;

/** Newest first; of the same moment by id, as the app does. */
function newestFirst(a: ConversationPlace, b: ConversationPlace): number {
  if (a.updatedAt !== b.updatedAt) return b.updatedAt - a.updatedAt;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * The conversations that are loaded: the newest ones down to where the last
 * page ended. What the app says of a change is applied in place.
 */
export class ConversationList {
  /** Newest first. */
  rows = $state.raw<ConversationSummary[]>([]);
  /** Are there older ones? */
  more = $state(false);
  /** What is being read: the next page, or all that is loaded, anew. */
  reading = $state<'page' | 'anew' | null>(null);
  /** What could not be read, and why. */
  failed = $state.raw<{ what: 'page' | 'anew'; error: IpcError } | null>(null);
  /** Where the last page ended; `null` until there was one. */
  private end: ConversationPlace | null = null;
  /** What was said while something is read: newer than what is read. `null` is gone. */
  private said = new Map<string, ConversationSummary | null>();
  /** Counts what was begun: an answer that is overtaken is not taken. */
  private turn = 0;

  constructor(private readonly backend: Backend) {}

  /** Reads all that is loaded anew; at first, the first page. */
  readonly readAnew = onceMore(async () => {
    const wanted = Math.max(PAGE, this.rows.length);
    await this.read('anew', async () => {
      const read: ConversationSummary[] = [];
      let page: Page;
      do {
        page = await this.ask(read.at(-1) ?? null, Math.min(MOST, wanted - read.length));
        read.push(...page.conversations);
      } while (page.more && page.conversations.length > 0 && read.length < wanted);
      return { read, more: page.more, before: [] };
    });
  });

  /** Reads the next page, if there is one and nothing else is being read. */
  async readMore(): Promise<void> {
    if (!this.more || this.reading !== null) return;
    await this.read('page', async () => {
      const page = await this.ask(this.end, PAGE);
      return { read: page.conversations, more: page.more, before: this.rows };
    });
  }

  /** Tries again what failed. */
  async tryAgain(): Promise<void> {
    await (this.failed?.what === 'page' ? this.readMore() : this.readAnew());
  }

  /** Applies what the app says of a change. */
  apply({ upserted, removed }: Pick<ConversationsEvent, 'upserted' | 'removed'>): void {
    const changes = new Map<string, ConversationSummary | null>([
      ...upserted.map((row) => [row.id, row] as const),
      ...removed.map((id) => [id, null] as const),
    ]);
    if (this.reading !== null) for (const [id, row] of changes) this.said.set(id, row);
    this.change(changes);
  }

  private async ask(after: ConversationSummary | ConversationPlace | null, limit: number) {
    const place = after && { updatedAt: after.updatedAt, id: after.id };
    return this.backend.call('plugin:history|list', { after: place, limit });
  }

  private async read(
    what: 'page' | 'anew',
    load: () => Promise<{
      read: ConversationSummary[];
      more: boolean;
      before: ConversationSummary[];
    }>,
  ): Promise<void> {
    const mine = ++this.turn;
    this.reading = what;
    this.said = new Map();
    try {
      const { read, more, before } = await load();
      if (mine !== this.turn) return;
      const last = read.at(-1);
      // Where nothing came there is nothing to go on from.
      this.more = more && last !== undefined;
      if (last || what === 'anew')
        this.end = last ? { updatedAt: last.updatedAt, id: last.id } : null;
      // One that stands twice is shown once, as it was read last.
      const rows = new Map([...before, ...read].map((row) => [row.id, row]));
      this.rows = [...rows.values()].sort(newestFirst);
      this.change(this.said);
      this.failed = null;
    } catch (error) {
      if (mine === this.turn) this.failed = { what, error: toIpcError(error) };
    } finally {
      if (mine === this.turn) this.reading = null;
    }
  }

  /** Takes each out and, unless it is gone or of a later page, puts it where it stands now. */
  private change(changes: Map<string, ConversationSummary | null>): void {
    if (changes.size === 0) return;
    const { end } = this;
    const fresh = [...changes.values()].filter(
      (row) => row !== null && (!this.more || end === null || newestFirst(row, end) <= 0),
    ) as ConversationSummary[];
    const others = this.rows.filter(({ id }) => !changes.has(id));
    this.rows = [...others, ...fresh].sort(newestFirst);
  }
}
