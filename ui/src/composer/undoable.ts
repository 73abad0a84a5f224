import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { Draft } from './draft.svelte';

/** An attachment that was taken out, and can be put back for a while. */
export interface Removed {
  draft: Draft;
  attachment: Attachment;
  /** Where it stood. */
  at: number;
}

/** An address that was pasted, and became a link. */
export interface PastedLink {
  draft: Draft;
  url: string;
  /** What the question was, right after the paste. */
  text: string;
}
