import type { ConversationSummary } from '$lib/ipc/contract/ConversationSummary';

/** Which conversations of the list on the screen are selected, to do something with all. */
export class Selection {
  private ids = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  private anchor: string | null = null;
  /** What the last range added: the next one from there stands in its place. */
  private range: string[] = [];

  /** Of these rows; one that is no more among them is not selected any more. */
  constructor(private readonly rows: () => ConversationSummary[]) {}

  /** Those that are selected, as they stand in the list. */
  readonly chosen = $derived.by(() => this.rows().filter(({ id }) => this.ids.has(id)));
  readonly active = $derived(this.chosen.length > 0);

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Selects one, or lets go of it. */
  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.set(ids, id);
  }

  /** Selects what stands between where the range begins and this one; `from` where none did. */
  extend(id: string, from: string): void {
    const rows = this.rows();
    const placeOf = (of: string | null) => rows.findIndex((row) => row.id === of);
    const begun = this.active ? this.anchor : null;
    const anchor = [begun, from].find((one) => placeOf(one) >= 0) ?? id;
    const ends = [placeOf(anchor), placeOf(id)];
    if (ends.includes(-1)) return;
    const range = rows.slice(Math.min(...ends), Math.max(...ends) + 1).map((row) => row.id);
    const kept = [...this.ids].filter((one) => !this.range.includes(one));
    this.set(new Set([...kept, ...range]), anchor, range);
  }

  /** Selects all that are loaded. */
  all(): void {
    const ids = this.rows().map(({ id }) => id);
    this.set(new Set(ids), ids[0] ?? null, ids);
  }

  clear(): void {
    this.set(new Set(), null);
  }

  private set(ids: ReadonlySet<string>, anchor: string | null, range: string[] = []): void {
    this.ids = ids;
    this.anchor = anchor;
    this.range = range;
  }
}
