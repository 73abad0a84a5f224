import type { KeyringStatus } from '$lib/ipc/contract/KeyringStatus';
import { m } from '$lib/paraglide/messages';
import { reasonText } from './reasons';

/** How the keyring stands, in a word or two. */
export function keyringWords({ state }: KeyringStatus): string {
  return {
    ready: m.keyring_ready,
    locked: m.keyring_locked,
    no_collection: m.keyring_no_collection,
    unavailable: m.keyring_unavailable,
  }[state]();
}

/** What to do about it. */
export function keyringText({ state, backend }: KeyringStatus): string {
  const name = backend || m.keyring_plain();
  return {
    ready: () => m.keyring_where({ backend: name }),
    locked: () => m.keyring_locked_text({ backend: name }),
    no_collection: () => m.keyring_no_collection_text({ backend: name }),
    unavailable: m.keyring_unavailable_text,
  }[state]();
}

/** Why it cannot be reached, where that says more than how it stands. */
export function keyringReason({ state, reason, detail }: KeyringStatus): string | null {
  if (state === 'locked' && reason === 'no_answer') return m.keyring_no_answer();
  if (state !== 'unavailable') return null;
  const words = reasonText({ why: reason ?? '', reason: detail ?? '' });
  return words ? m.keyring_reason({ reason: words }) : null;
}
