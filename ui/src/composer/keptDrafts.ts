import type { Session } from '$lib/ipc/backend';
import type { Draft } from './draft.svelte';

/** A draft as it outlives a reload. */
interface KeptDraft {
  conversation: string | null;
  text: string;
  /** The ids of what is attached; the app has the rest. */
  attachments: string[];
}

const NAME = 'drafts';

/** The drafts that were kept; what cannot be read is none. */
export function keptDrafts(session: Session): KeptDraft[] {
  try {
    const kept: unknown = JSON.parse(session.get(NAME) ?? '[]');
    return Array.isArray(kept) ? (kept as KeptDraft[]) : [];
  } catch {
    return [];
  }
}

/** Keeps the drafts that hold something, by conversation. */
export function keepDrafts(session: Session, drafts: ReadonlyMap<string | null, Draft>): void {
  const kept = [...drafts].flatMap(([conversation, { text, attachments }]): KeptDraft[] => {
    if (text === '' && attachments.length === 0) return [];
    return [{ conversation, text, attachments: attachments.map(({ id }) => id) }];
  });
  session.set(NAME, JSON.stringify(kept));
}
