import { tick } from 'svelte';

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
