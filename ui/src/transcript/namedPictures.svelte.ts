import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Picture } from '$lib/ipc/contract/Picture';
import type { Turn } from './turn.svelte';

/** The pictures that the text of an answer names by their addresses: none is loaded unasked. */
export class NamedPictures {
  /** The address of the one that is looked at. */
  viewing = $state<string | null>(null);
  private readonly loads = new SvelteMap<string, 'loading' | IpcError>();

  constructor(
    readonly turn: Turn,
    private readonly backend: Backend,
  ) {}

  /** Those that were loaded, as the preview takes them. */
  get items(): { key: string; picture: Picture }[] {
    return this.turn.pictures.flatMap((picture) =>
      picture.link === null ? [] : [{ key: picture.link, picture }],
    );
  }

  /** The picture of an address, once it is loaded. */
  loaded(url: string): Picture | undefined {
    return this.turn.pictures.find(({ link }) => link === url);
  }

  /** Is it being loaded? */
  loading(url: string): boolean {
    return this.loads.get(url) === 'loading';
  }

  /** Why it could not be loaded. */
  error(url: string): IpcError | null {
    const load = this.loads.get(url);
    return load === undefined || load === 'loading' ? null : load;
  }

  /** Has the app load it and keep it with the answer. */
  async load(url: string): Promise<void> {
    if (this.loading(url)) return;
    this.loads.set(url, 'loading');
    try {
      const message = this.turn.id;
      const picture = await this.backend.call('plugin:chat|load_picture', { message, url });
      this.turn.addPicture(picture);
      this.loads.delete(url);
    } catch (error) {
      this.loads.set(url, toIpcError(error));
    }
  }
}
