/** So near to the end still counts as there, in pixels. */
const NEAR = 32;

/** So deep into a message what is in sight is looked for. */
const DEPTH = 6;

/** The first of elements, one below the other, that reaches below a height. */
export function firstBelow(elements: ArrayLike<Element>, height: number): Element | undefined {
  let from = 0;
  let to = elements.length - 1;
  while (from < to) {
    const half = (from + to) >> 1;
    if (elements[half]!.getBoundingClientRect().bottom > height) to = half;
    else from = half + 1;
  }
  return elements[from];
}

/**
 * Keeps a scrolling element at its end while the reader is there. Once they
 * scrolled up, what they look at stays where it is, whatever comes above it.
 * The engine has no scroll anchoring of its own.
 */
export class FollowEnd {
  /** Is the reader at the end? */
  atEnd = $state(true);
  private element: HTMLElement | null = null;
  private grows: HTMLElement | null = null;
  private lastTop = 0;
  /** Something changes by the reader's hand: until it has, the end is not what it is. */
  private staying = false;
  /**
   * The first message in sight, the first part of it, and so on, each with where it
   * stands in what scrolls: parts of an answer come and go.
   */
  private anchors: { element: Element; at: number }[] = [];

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

  /** Attaches what grows in it: its messages are `article`s. */
  readonly content = (element: HTMLElement): (() => void) => {
    this.grows = element;
    const resized = new ResizeObserver(() => this.settle());
    // What stands above and below the messages grows as well.
    resized.observe(element.parentElement ?? element);
    return () => {
      resized.disconnect();
      this.grows = null;
    };
  };

  /** The reader scrolled, or we did. Only a way up leaves the end. */
  readonly onscroll = (): void => {
    const { element } = this;
    if (!element) return;
    // What came above since the last frame is told of later, but is there.
    this.hold();
    if (this.left() <= NEAR) this.atEnd = true;
    else if (element.scrollTop < this.lastTop) this.atEnd = false;
    this.lastTop = element.scrollTop;
    this.remember();
  };

  /** Goes to the end, and follows it from now on. */
  toEnd(): void {
    this.atEnd = true;
    this.settle();
  }

  /** Goes to a place of what scrolls, which stays in sight from then on. */
  lookAt(place: { getBoundingClientRect(): DOMRect }): void {
    const { element } = this;
    if (!element) return;
    this.atEnd = false;
    const top = place.getBoundingClientRect().top - element.getBoundingClientRect().top;
    // What leads to it is in sight, too.
    element.scrollTop += top - element.clientHeight / 5;
    this.lastTop = element.scrollTop;
    this.remember();
  }

  /** The messages in sight, and those below. */
  fromHere(): Element[] {
    const { element, grows } = this;
    if (!element || !grows) return [];
    const edge = element.getBoundingClientRect().top;
    const all = [...grows.querySelectorAll(':scope > article')];
    return all.filter((one) => one.getBoundingClientRect().bottom > edge);
  }

  /** Holds what is looked at, also at the end; until it turns out to be the end still. */
  stay(): void {
    this.atEnd = false;
    this.remember();
    this.staying = true;
  }

  /** The layout changed, or may have: sets right what is seen, before it is drawn. */
  settle(): void {
    const { element } = this;
    if (!element) return;
    if (this.atEnd) element.scrollTop = element.scrollHeight;
    else this.hold();
    // All of what grew is in sight: the end is followed as before.
    if (this.staying && this.left() <= NEAR) this.atEnd = true;
    this.staying = false;
    this.lastTop = element.scrollTop;
    this.remember();
  }

  /** How much there is below what is in sight. */
  private left(): number {
    const { element } = this;
    return element ? element.scrollHeight - element.scrollTop - element.clientHeight : 0;
  }

  /** Scrolls by as much as what is looked at was moved by what came, or went, above it. */
  private hold(): void {
    const { element } = this;
    const anchor = this.anchors.findLast((one) => one.element.isConnected);
    if (!element || !anchor || this.atTop()) return;
    const moved = this.below(anchor.element) + element.scrollTop - anchor.at;
    // Less is a matter of rounding.
    if (Math.abs(moved) >= 1) element.scrollTop += moved;
  }

  /** Does the reader look at what stands above the first message, which still is the first? */
  private atTop(): boolean {
    const first = this.grows?.querySelector(':scope > article');
    return this.element?.scrollTop === 0 && first === this.anchors[0]?.element;
  }

  /** How far below the upper edge something begins. */
  private below(one: Element): number {
    const top = this.element?.getBoundingClientRect().top ?? 0;
    return one.getBoundingClientRect().top - top;
  }

  private remember(): void {
    const { element, grows } = this;
    this.anchors = [];
    if (!element || !grows || this.atEnd) return;
    const edge = element.getBoundingClientRect().top;
    let next = firstBelow(grows.querySelectorAll(':scope > article'), edge);
    // Nobody looks at a place of one that is not drawn, and what is drawn there is another.
    while (next?.hasAttribute('data-far')) next = next.nextElementSibling ?? undefined;
    while (next && this.anchors.length < DEPTH) {
      const top = this.below(next);
      this.anchors.push({ element: next, at: top + element.scrollTop });
      // What begins in sight has nothing above it that could move it.
      if (top >= 0) return;
      next = firstBelow(next.children, edge);
    }
  }
}
