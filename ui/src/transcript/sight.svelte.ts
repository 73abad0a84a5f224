import { flushSync } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

/** What is this far from sight, in heights of the window, is not drawn. */
const NEAR = '200% 0px';

/** What in a message would be lost with it, or is at work. */
const AT_WORK =
  'textarea, input, [aria-expanded="true"], [aria-busy="true"], [data-found], [role="alert"]';

/** Does a message hold what must stay, though nobody sees it? */
function stays(message: Element): boolean {
  if (message.matches('[aria-busy="true"], [data-found]') || message.querySelector(AT_WORK))
    return true;
  if (message.contains(document.activeElement)) return true;
  const selection = document.getSelection();
  return Boolean(
    selection?.rangeCount &&
    !selection.isCollapsed &&
    selection.getRangeAt(0).intersectsNode(message),
  );
}

/**
 * The messages that are far from sight: in the place of each stands one as high, and
 * empty. So a conversation costs what is near, however long it is.
 */
export class Sight {
  /** Heights in pixels, by the id of the message. */
  readonly far = new SvelteMap<string, number>();
  /** Is all of it drawn, near or not? */
  private whole = false;

  /** Attaches the column whose `article`s are the messages; what holds it scrolls. */
  readonly column = (column: HTMLElement): (() => void) => {
    const near = new IntersectionObserver((records) => this.see(records), {
      root: column.parentElement,
      rootMargin: NEAR,
    });
    const watch = (nodes: Iterable<Node>) => {
      for (const node of nodes)
        if (node instanceof HTMLElement && node.matches('article')) near.observe(node);
    };
    const changed = new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        watch(addedNodes);
        for (const node of removedNodes) if (node instanceof HTMLElement) near.unobserve(node);
      }
    });
    watch(column.children);
    changed.observe(column, { childList: true });
    const released = () => {
      if (document.getSelection()?.isCollapsed ?? true) this.whole = false;
    };
    const print = () => this.drawAll();
    document.addEventListener('selectionchange', released);
    window.addEventListener('beforeprint', print);
    return () => {
      near.disconnect();
      changed.disconnect();
      document.removeEventListener('selectionchange', released);
      window.removeEventListener('beforeprint', print);
      this.far.clear();
    };
  };

  /** Draws a message now, wherever it is. */
  draw(id: string): void {
    flushSync(() => this.far.delete(id));
  }

  /** Draws all of it now, until nothing is selected any more: what is copied or printed is there. */
  drawAll(): void {
    this.whole = true;
    flushSync(() => this.far.clear());
  }

  private see(records: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of records) {
      const id = target?.getAttribute('data-message');
      if (!id) continue;
      if (isIntersecting) this.far.delete(id);
      else if (!this.whole && target.isConnected && !this.far.has(id) && !stays(target))
        this.far.set(id, target.getBoundingClientRect().height);
    }
  }
}
