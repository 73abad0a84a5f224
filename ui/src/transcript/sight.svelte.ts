import { flushSync } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { firstBelow } from './followEnd.svelte';

/** What is this far from sight, in heights of the window, is not drawn. */
const NEAR = '200% 0px';

/** So many messages are drawn at once where a conversation opens: a window full, and one. */
const FIRST = 8;

/** So many of those that come before messages that are there; after them, as many as at first. */
const BEFORE = 4;

/** So long a frame may draw what is near and not in sight, in milliseconds. */
const FRAME_MS = 4;

/** Of so many messages the height is remembered. */
const REMEMBERED = 10_000;

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
  /** Heights in pixels, by the id of the message: as they were, or guessed. */
  readonly far = new SvelteMap<string, number>();
  private column: HTMLElement | null = null;
  /** The messages that there are. */
  private known = new Set<string>();
  /** How high they were in a column of a width, in this run. */
  private readonly heights = new Map<string, { width: number; height: number }>();
  /** Near and not drawn yet, each with how far it is. */
  private readonly wanted = new Map<string, number>();
  private frame = 0;

  /** Attaches what holds the messages, which are `article`s; it stands in a column that scrolls. */
  readonly attach = (column: HTMLElement): (() => void) => {
    this.column = column;
    const near = new IntersectionObserver((records) => this.see(records), {
      root: this.scroller,
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
    return () => {
      near.disconnect();
      changed.disconnect();
      this.forget();
      this.column = null;
    };
  };

  /** Another conversation comes. */
  forget(): void {
    this.far.clear();
    this.known = new Set();
    this.wanted.clear();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  /**
   * These messages are there now, from the first to the last, each as high as `guess` says
   * of its number. Of those that are new, what stands beside one that was there is drawn;
   * of a conversation that opens, its end.
   */
  take(ids: readonly string[], guess: (at: number, width: number) => number): void {
    const { known } = this;
    const width = this.width();
    this.known = new Set(ids);
    const opens = !ids.some((id) => known.has(id));
    const drawn = (at: number) =>
      opens
        ? ids.length - at <= FIRST
        : ids.slice(Math.max(0, at - FIRST), at + BEFORE + 1).some((id) => known.has(id));
    ids.forEach((id, at) => {
      if (known.has(id) || drawn(at)) return;
      const before = this.heights.get(id);
      this.far.set(id, before?.width === width ? before.height : guess(at, width));
    });
  }

  /** Draws messages now, wherever they are. */
  draw(ids: readonly string[]): void {
    flushSync(() => {
      for (const id of ids) {
        this.far.delete(id);
        this.wanted.delete(id);
      }
    });
  }

  /** Draws the end now: it is gone to. */
  drawEnd(): void {
    this.draw([...this.known].slice(-FIRST));
  }

  /** Draws what came into sight faster than it was drawn. Says whether there was some. */
  look(): boolean {
    const places = this.placesInSight();
    if (places.length > 0) this.draw(places);
    return places.length > 0;
  }

  private get scroller(): HTMLElement | null {
    return this.column?.parentElement?.parentElement ?? null;
  }

  private width(): number {
    return this.column?.clientWidth || window.innerWidth;
  }

  private placesInSight(): string[] {
    const { column, scroller } = this;
    if (!column || !scroller || this.far.size === 0) return [];
    const { top, bottom } = scroller.getBoundingClientRect();
    const places: string[] = [];
    let next = firstBelow(column.children, top) ?? null;
    while (next && next.getBoundingClientRect().top < bottom) {
      const id = next.hasAttribute('data-far') ? next.getAttribute('data-message') : null;
      if (id) places.push(id);
      next = next.nextElementSibling;
    }
    return places;
  }

  private see(records: IntersectionObserverEntry[]): void {
    const window = this.scroller?.getBoundingClientRect();
    for (const { target, isIntersecting } of records) {
      const id = target?.getAttribute('data-message');
      if (!id) continue;
      const { top, bottom, height } = target.getBoundingClientRect();
      if (isIntersecting && this.far.has(id)) {
        const away = Math.max(top - (window?.bottom ?? 0), (window?.top ?? 0) - bottom);
        this.wanted.set(id, away);
      } else if (!isIntersecting) {
        this.wanted.delete(id);
        if (!target.isConnected || this.far.has(id) || stays(target)) continue;
        this.remember(id, height);
        this.far.set(id, height);
      }
    }
    if (this.wanted.size > 0) this.frame ||= requestAnimationFrame(this.drawNext);
  }

  private remember(id: string, height: number): void {
    this.heights.delete(id);
    this.heights.set(id, { width: this.width(), height });
    const [oldest] = this.heights.keys();
    if (this.heights.size > REMEMBERED && oldest !== undefined) this.heights.delete(oldest);
  }

  /** Draws what is near, the nearest first, as far as a frame allows. */
  private readonly drawNext = (): void => {
    this.frame = 0;
    const begun = performance.now();
    const nearest = [...this.wanted].sort(([, one], [, other]) => one - other);
    for (const [id] of nearest) {
      this.draw([id]);
      if (performance.now() - begun > FRAME_MS) break;
    }
    if (this.wanted.size > 0) this.frame = requestAnimationFrame(this.drawNext);
  };
}
