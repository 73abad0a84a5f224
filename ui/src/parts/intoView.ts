import { tick } from 'svelte';

/** Scrolls as little as shows an element, once what it stands in is laid out. */
export function intoView(element: Element): void {
  void tick().then(() => element.scrollIntoView({ block: 'nearest' }));
}
