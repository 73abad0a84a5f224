import type { Backend } from '$lib/ipc/backend';
import type { Preset } from '$lib/ipc/contract/Preset';
import { noParams } from '$lib/parameters';

/** A preset that was deleted, and can be put back for a while. */
interface Deleted {
  preset: Preset;
  /** The order that it stood in. */
  ids: string[];
}

/** A preset that is not kept yet. */
export function newPreset(): Preset {
  return { id: '', name: '', params: noParams(), provider: null, model: null, pinned: false };
}

/** The presets: with what prompt, parameters and model conversations may begin. */
export class Presets {
  /** In the person's order. */
  list = $state.raw<Preset[]>([]);
  /** The last one that was deleted, while that can be undone. */
  deleted = $state.raw<Deleted | null>(null);

  constructor(private readonly backend: Backend) {}

  /** The one that new conversations begin with. */
  get pinned(): Preset | null {
    return this.list.find(({ pinned }) => pinned) ?? null;
  }

  find(id: string): Preset | undefined {
    return this.list.find((preset) => preset.id === id);
  }

  async load(): Promise<void> {
    const { presets } = await this.backend.call('plugin:history|presets', null);
    this.list = presets;
  }

  /** Keeps one, a new one last; answers it as it is kept. */
  async save(preset: Preset): Promise<Preset> {
    const saved = await this.backend.call('plugin:history|save_preset', preset);
    await this.load();
    return saved;
  }

  /** Keeps another one like it, right after it. */
  async duplicate(preset: Preset): Promise<Preset> {
    const copy = await this.save({ ...preset, id: '', pinned: false });
    const others = this.list.filter(({ id }) => id !== copy.id);
    const at = others.findIndex(({ id }) => id === preset.id);
    await this.order(others.toSpliced(at + 1, 0, copy));
    return copy;
  }

  /** Lets new conversations begin with it, or no longer. */
  async pin(preset: Preset, pinned: boolean): Promise<void> {
    await this.save({ ...preset, pinned });
  }

  /** Moves one by so many places. */
  async move(preset: Preset, by: number): Promise<void> {
    const from = this.list.findIndex(({ id }) => id === preset.id);
    await this.order(this.list.toSpliced(from, 1).toSpliced(from + by, 0, preset));
  }

  private async order(list: Preset[]): Promise<void> {
    await this.backend.call('plugin:history|order_presets', { ids: list.map(({ id }) => id) });
    await this.load();
  }

  /** Deletes one; until the next is deleted it can be put back. */
  async remove(preset: Preset): Promise<void> {
    const ids = this.list.map(({ id }) => id);
    await this.backend.call('plugin:history|remove_preset', { id: preset.id });
    this.deleted = { preset, ids };
    await this.load();
  }

  /** Puts the last one that was deleted back where it stood. */
  async undo(): Promise<void> {
    const { deleted } = this;
    if (!deleted) return;
    await this.save(deleted.preset);
    await this.backend.call('plugin:history|order_presets', { ids: deleted.ids });
    this.deleted = null;
    await this.load();
  }
}
