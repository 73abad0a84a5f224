import { tick } from 'svelte';

/** Is the person typing or choosing there? Nothing then takes the focus away by itself. */
export function isHeld(element: Element | null): boolean {
  if (!element) return false;
  return (
    element.matches('input, textarea, select, [contenteditable]') ||
    element.closest('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !==
      null
  );
}

/** Is something open above the page that Escape closes first? */
export function isAbove(): boolean {
  return document.querySelector('[role="alertdialog"], [role="dialog"], [role="menu"]') !== null;
}

/** Has nothing of the page the focus? It went with what had it. */
export function focusIsLost(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/** Waits until something is done, which may take the focus along: then `next` gives it another place. */
export async function keepFocus(what: unknown, next: () => void): Promise<void> {
  await what;
  await tick();
  if (focusIsLost()) next();
}
