import { pasted } from '$lib/clipboard';
import type { ComposerState } from './composerState.svelte';
import type { Draft } from './draft.svelte';

/**
 * Takes a paste into a field: text goes where the caret is, by `insert`; pictures are read
 * from the clipboard by the app.
 */
export async function takePaste(
  event: ClipboardEvent,
  composer: ComposerState,
  draft: Draft,
  insert: (text: string) => void,
): Promise<void> {
  const found = pasted(event.clipboardData);
  if (found.to === 'field') return;
  event.preventDefault();
  if (found.to === 'text') return insert(found.text);
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (found.to === 'link') {
    if (!(await composer.link(draft, found.url))) insert(text || found.url);
    return;
  }
  const held = await composer.paste(text);
  if (held !== null) insert(held);
}

/** Puts text where the caret is, so that undo takes it out again where the engine can. */
export function insertText(field: HTMLTextAreaElement, text: string): void {
  field.focus({ preventScroll: true });
  // There is no other way to write that undo knows of.
  if (document.execCommand?.('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
