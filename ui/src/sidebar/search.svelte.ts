import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { SearchAnswer } from '$lib/ipc/contract/SearchAnswer';
import type { SearchGroup } from '$lib/ipc/contract/SearchGroup';
import type { SearchHit } from '$lib/ipc/contract/SearchHit';
import type { SearchNote } from '$lib/ipc/contract/SearchNote';
import type { SearchPlace } from '$lib/ipc/contract/SearchPlace';

/** What can be opened of what was found: a title, or a message. */
export type Row = { key: string; group: SearchGroup; hit: SearchHit | null };

/** While the index is being made, it is asked again after so long. */
const AGAIN_MS = 1000;

/** A search over all conversations: what is typed, and what was found. */
export class Search {
  /** What is typed. */
  query = $state('');
  /** By conversation, that of the newest hit first. */
  groups = $state.raw<SearchGroup[]>([]);
  /** What was not understood. */
  notes = $state.raw<SearchNote[]>([]);
  /** Messages that are not in the index yet. */
  waiting = $state(0);
  /** Is there more to be read? */
  more = $state(false);
  /** Is that being read? */
  readingMore = $state(false);
  /** Why nothing could be found out. */
  error = $state.raw<IpcError | null>(null);
  /** Why the next page could not be read. */
  moreError = $state.raw<IpcError | null>(null);
  /** What the groups are the answer to; `null` before the first. */
  answered = $state<string | null>(null);
  private next: SearchPlace | null = null;
  private pages = 0;
  /** Counts what was asked: an answer that is overtaken is not taken. */
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  /** Is something searched for? */
  get active(): boolean {
    return this.query.trim() !== '';
  }

  /** What can be walked through, from above. */
  readonly rows: Row[] = $derived(
    this.groups.flatMap((group) => [
      ...(group.titled ? [{ key: group.conversation, group, hit: null }] : []),
      ...group.hits.map((hit) => ({ key: hit.message, group, hit })),
    ]),
  );

  /** Asks for what is typed now. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    const mine = ++this.turn;
    if (!this.active) {
      this.take({ groups: [], next: null, notes: [], waiting: 0, overtaken: false });
      this.answered = null;
      return;
    }
    const { query } = this;
    try {
      const answer = await this.call(null);
      if (mine !== this.turn || answer.overtaken) return;
      this.take(answer);
      this.answered = query;
      if (answer.waiting > 0) this.timer = setTimeout(() => void this.again(), AGAIN_MS);
    } catch (error) {
      if (mine !== this.turn) return;
      this.error = toIpcError(error);
      this.answered = query;
    }
  }

  /** Something changed: asks again, unless the reader went on to older pages. */
  async again(): Promise<void> {
    if (this.active && this.pages < 2) await this.ask();
  }

  /** Reads the next page, if there is one and nothing else is being read. */
  async readMore(): Promise<void> {
    if (!this.next || this.readingMore) return;
    const mine = ++this.turn;
    this.readingMore = true;
    this.moreError = null;
    try {
      const answer = await this.call(this.next);
      if (mine !== this.turn || answer.overtaken) return;
      this.groups = merged(this.groups, answer.groups);
      this.next = answer.next;
      this.more = answer.next !== null;
      this.pages += 1;
    } catch (error) {
      if (mine === this.turn) this.moreError = toIpcError(error);
    } finally {
      this.readingMore = false;
    }
  }

  private call(after: SearchPlace | null): Promise<SearchAnswer> {
    const utcOffset = -new Date().getTimezoneOffset();
    return this.backend.call('plugin:history|search', { query: this.query, after, utcOffset });
  }

  private take({ groups, next, notes, waiting }: SearchAnswer): void {
    this.groups = groups;
    this.next = next;
    this.more = next !== null;
    this.notes = notes;
    this.waiting = waiting;
    this.error = null;
    this.moreError = null;
    this.pages = 1;
  }
}

/** Pages joined: a conversation that is there already takes its further hits. */
function merged(before: SearchGroup[], page: SearchGroup[]): SearchGroup[] {
  const all = new Map(before.map((group) => [group.conversation, group]));
  for (const group of page) {
    const known = all.get(group.conversation);
    const joined = known && {
      ...known,
      titled: known.titled || group.titled,
      hits: [...known.hits, ...group.hits],
    };
    all.set(group.conversation, joined ?? group);
  }
  return [...all.values()];
}
