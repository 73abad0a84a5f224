import type { ConversationList } from './conversationList.svelte';
import type { Selection } from './selection.svelte';

/** The row that something of the list stands in. */
function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
}

/** True where an element takes keys or presses for itself. */
function isApart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, .row :is(.icon, .btn)') !== null;
}

/**
 * Has what is pressed in a row select it: with Ctrl or Shift, or where others are selected.
 * A range begins at the one that is `open`.
 */
export function press(event: MouseEvent, selection: Selection, open: string | null): void {
  const id = rowOf(event.target)?.dataset.id;
  const wanted = event.ctrlKey || event.metaKey || event.shiftKey;
  if (!id || isApart(event.target) || !(wanted || selection.active)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.shiftKey) selection.extend(id, open ?? id);
  else selection.toggle(id);
}

/** Goes to the row before or after one. */
function beside(row: HTMLElement, within: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const rows = [...within.querySelectorAll<HTMLElement>('[data-id]')];
  return rows[rows.indexOf(row) + step];
}

/** The keys of a list whose rows can be selected; `remove` has what is selected go. */
export function keys(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  selection: Selection,
  list: ConversationList,
  remove: () => void,
): void {
  if (event.target instanceof HTMLInputElement || event.altKey) return;
  const row = rowOf(event.target);
  const command = event.ctrlKey || event.metaKey;
  if (event.key.toLowerCase() === 'a' && command && !event.shiftKey) {
    void list.readAll().then(() => selection.all());
  } else if (event.key === 'Escape' && selection.active) {
    selection.clear();
  } else if (event.key === 'Delete' && selection.active) {
    remove();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.shiftKey && row) {
    const next = beside(row, event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
    const id = row.dataset.id!;
    selection.extend(next?.dataset.id ?? id, id);
    next?.querySelector('button')?.focus();
  } else if (event.key === ' ' && command && row) {
    selection.toggle(row.dataset.id!);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
