import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ConversationList as Page } from '$lib/ipc/contract/ConversationList';
import type { ConversationPlace } from '$lib/ipc/contract/ConversationPlace';
import type { ConversationsEvent } from '$lib/ipc/contract/ConversationsEvent';
import type { ConversationSummary } from '$lib/ipc/contract/ConversationSummary';
import type { ListOf } from '$lib/ipc/contract/ListOf';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { onceMore } from '$lib/onceMore';

/** How many a page holds. */
const PAGE = 50;

/** The most that the app gives at once. */
const MOST = 200;

/** Pinned ones first, then newest first; of the same moment by id, as the app does. */
function inOrder(a: ConversationPlace, b: ConversationPlace): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  if (a.updatedAt !== b.updatedAt) return b.updatedAt - a.updatedAt;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * The conversations of a list that are loaded: the newest ones down to where the last
 * page ended. What the app says of a change is applied in place to those of the sidebar.
 */
export class ConversationList {
  /** Pinned ones first, then newest first. */
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

  constructor(
    private readonly backend: Backend,
    private readonly of: ListOf = 'listed',
  ) {}

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
  async readMore(count = PAGE): Promise<void> {
    if (!this.more || this.reading !== null) return;
    await this.read('page', async () => {
      const page = await this.ask(this.end, count);
      return { read: page.conversations, more: page.more, before: this.rows };
    });
  }

  /** Reads all pages that are left. Says whether it could. */
  async readAll(): Promise<boolean> {
    while (this.more) {
      const { end } = this;
      await this.readMore(MOST);
      if (this.failed || (this.more && this.end === end)) return false;
    }
    return true;
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

  /** Where one stands; only in the sidebar's list it matters that it is pinned. */
  private placeOf({ pinned, updatedAt, id }: ConversationPlace): ConversationPlace {
    return { pinned: pinned && this.of === 'listed', updatedAt, id };
  }

  private sorted(rows: ConversationSummary[]): ConversationSummary[] {
    return rows.sort((a, b) => inOrder(this.placeOf(a), this.placeOf(b)));
  }

  private async ask(after: ConversationSummary | ConversationPlace | null, limit: number) {
    const place = after && this.placeOf(after);
    return this.backend.call('plugin:history|list', { of: this.of, after: place, limit });
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
      if (last || what === 'anew') this.end = last ? this.placeOf(last) : null;
      // One that stands twice is shown once, as it was read last.
      const rows = new Map([...before, ...read].map((row) => [row.id, row]));
      this.rows = this.sorted([...rows.values()]);
      this.change(this.said);
      this.failed = null;
    } catch (error) {
      if (mine === this.turn) this.failed = { what, error: toIpcError(error) };
    } finally {
      if (mine === this.turn) this.reading = null;
    }
  }

  /**
   * Takes each out and, unless it is gone, archived or of a later page, puts it where it
   * stands now.
   */
  private change(changes: Map<string, ConversationSummary | null>): void {
    if (changes.size === 0) return;
    const { end } = this;
    const fresh = [...changes.values()].filter(
      (row) =>
        row !== null && !row.archived && (!this.more || end === null || inOrder(row, end) <= 0),
    ) as ConversationSummary[];
    const others = this.rows.filter(({ id }) => !changes.has(id));
    this.rows = this.sorted([...others, ...fresh]);
  }
}
