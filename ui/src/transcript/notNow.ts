import { m } from '$lib/paraglide/messages';
import type { Thread } from './thread.svelte';

/** Why what changes a conversation cannot be done now; `null` where it can. */
export function notNow(thread: Thread): string | null {
  if (thread.live !== null || thread.asking) return m.act_answering();
  return null;
}
