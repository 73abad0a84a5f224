import type { Backend } from '$lib/ipc/backend';
import type { ListOf } from '$lib/ipc/contract/ListOf';
import type { PutAway as Counts } from '$lib/ipc/contract/PutAway';
import { onceMore } from '$lib/onceMore';
import { ConversationList } from './conversationList.svelte';

/** A list beside that of the sidebar. */
export type Other = Exclude<ListOf, 'listed'>;

/** What was done with conversations last, and can be undone. */
export interface Undoable {
  what: 'removed' | 'archived';
  ids: string[];
  title: string;
  /** The one of them that was on the screen. */
  shown: string | null;
}

/** The conversations that are archived or in the bin. */
export class PutAway {
  counts = $state.raw<Counts>({ archived: 0, bin: 0 });
  /** Which of them the sidebar shows in place of its list. */
  of = $state<Other | null>(null);
  list = $state.raw<ConversationList | null>(null);
  undoable = $state.raw<Undoable | null>(null);

  constructor(private readonly backend: Backend) {}

  /** Reads how many there are. */
  readonly count = onceMore(async () => {
    try {
      this.counts = await this.backend.call('plugin:history|put_away', null);
    } catch {
      // What was known stands until something changes again.
    }
  });

  /** Shows one of the lists in the sidebar; `null` for its own. */
  show(of: Other | null): void {
    this.of = of;
    this.list = of && new ConversationList(this.backend, of);
    void this.list?.readAnew();
  }

  /** Something changed: reads anew what is shown. */
  changed(): void {
    void this.count();
    void this.list?.readAnew();
  }
}
