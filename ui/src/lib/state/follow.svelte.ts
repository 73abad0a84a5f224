/** So near to the end still counts as there, in pixels. */
const NEAR = 32;

/**
 * Keeps a scrolling element at its end while the reader is there, and leaves
 * it alone once they scrolled up. The engine has no scroll anchoring of its own.
 */
export class FollowEnd {
  /** Is the reader at the end? */
  atEnd = $state(true);
  private element: HTMLElement | null = null;
  private lastTop = 0;

  /** Attaches the element that scrolls. */
  readonly scroller = (element: HTMLElement): (() => void) => {
    this.element = element;
    const resized = new ResizeObserver(() => this.settle());
    resized.observe(element);
    return () => {
      resized.disconnect();
      this.element = null;
    };
  };

  /** Attaches what grows in it. */
  readonly content = (element: HTMLElement): (() => void) => {
    const resized = new ResizeObserver(() => this.settle());
    resized.observe(element);
    return () => resized.disconnect();
  };

  /** The reader scrolled, or we did. Only a way up leaves the end. */
  readonly onscroll = (): void => {
    const { element } = this;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (left <= NEAR) this.atEnd = true;
    else if (element.scrollTop < this.lastTop) this.atEnd = false;
    this.lastTop = element.scrollTop;
  };

  /** Goes to the end, and follows it from now on. */
  toEnd(): void {
    this.atEnd = true;
    this.settle();
  }

  private settle(): void {
    const { element } = this;
    if (!element || !this.atEnd) return;
    element.scrollTop = element.scrollHeight;
    this.lastTop = element.scrollTop;
  }
}
