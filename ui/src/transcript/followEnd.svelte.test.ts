import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowEnd } from './followEnd.svelte';

let resized: (() => void)[] = [];

beforeEach(() => {
  resized = [];
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized.push(callback);
      }
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

/** A column of messages of these heights in a window of 300, and what keeps it in place. */
function stage(...given: number[]) {
  const scroller = document.createElement('div');
  const column = document.createElement('div');
  const heights = new Map<Element, number>();
  const height = (one: Element): number =>
    one.children.length > 0
      ? [...one.children].reduce((sum, part) => sum + height(part), 0)
      : (heights.get(one) ?? 0);
  const top = (one: Element): number => {
    if (one === column) return 50 - scroller.scrollTop;
    let above = top(one.parentElement!);
    for (let other = one.previousElementSibling; other; other = other.previousElementSibling)
      above += height(other);
    return above;
  };
  const put = (parent: Element, own: number, first: boolean, name: string) => {
    const one = document.createElement(name);
    heights.set(one, own);
    if (first) parent.prepend(one);
    else parent.append(one);
    one.getBoundingClientRect = () =>
      ({ top: top(one), bottom: top(one) + height(one) }) as DOMRect;
    return one;
  };
  for (const own of given) put(column, own, false, 'article');
  scroller.append(column);
  document.body.append(scroller);
  scroller.getBoundingClientRect = () => ({ top: 50, bottom: 350 }) as DOMRect;
  Object.defineProperties(scroller, {
    scrollHeight: { get: () => height(column) },
    clientHeight: { value: 300 },
  });
  const follow = new FollowEnd();
  follow.scroller(scroller);
  follow.content(column);
  return {
    scroller,
    column,
    follow,
    scrollTo: (to: number) => {
      scroller.scrollTop = to;
      follow.onscroll();
    },
    layout: () => resized.forEach((callback) => callback()),
    add: (own: number, first: boolean, name = 'article') => put(column, own, first, name),
    part: (of: Element, own: number) => put(of, own, false, 'p'),
    grow: (one: Element, own: number) => heights.set(one, own),
  };
}

describe('the end', () => {
  it('is followed as it grows', () => {
    const { scroller, follow, layout, add } = stage(400, 400);
    follow.toEnd();
    expect(scroller.scrollTop).toBe(800);
    add(200, false);
    layout();
    expect(scroller.scrollTop).toBe(1000);
  });
});

describe('what is looked at', () => {
  it('stays in place while messages come above it', () => {
    const { scroller, follow, scrollTo, layout, add } = stage(400, 400, 400, 400);
    follow.toEnd();
    scrollTo(1300);
    scrollTo(500);
    for (let times = 0; times < 20; times += 1) add(300, true);
    layout();
    expect(scroller.scrollTop).toBe(6500);
    expect(follow.atEnd).toBe(false);
    // It was our own way, not the reader's: what comes next is kept in place, too.
    follow.onscroll();
    add(70, true);
    layout();
    expect(scroller.scrollTop).toBe(6570);
  });

  it('stays in place from the very top, below the line that says that more is read', () => {
    const { scroller, follow, scrollTo, layout, add } = stage(400, 400, 400);
    const line = add(30, true, 'div');
    follow.toEnd();
    scrollTo(900);
    scrollTo(0);
    line.remove();
    add(500, true);
    add(30, true, 'div');
    layout();
    // 530 above it now, in place of 30.
    expect(scroller.scrollTop).toBe(500);
  });

  it('stays in place where one scrolls on before the layout is told of', () => {
    const { scroller, follow, scrollTo, layout, add } = stage(400, 400, 400, 400);
    follow.toEnd();
    scrollTo(1300);
    scrollTo(500);
    add(300, true);
    scrollTo(460);
    expect(scroller.scrollTop).toBe(760);
    layout();
    expect(scroller.scrollTop).toBe(760);
    expect(follow.atEnd).toBe(false);
  });

  it('leaves what is above the first message in sight where the reader looks at it', () => {
    const { scroller, follow, scrollTo, layout, add, grow } = stage(400, 400, 400);
    const line = add(30, true, 'div');
    follow.toEnd();
    scrollTo(900);
    scrollTo(0);
    grow(line, 120);
    layout();
    expect(scroller.scrollTop).toBe(0);
    // Further down it does not move what they read.
    scrollTo(200);
    grow(line, 30);
    layout();
    expect(scroller.scrollTop).toBe(110);
  });

  it('stays in place where a part of the same message grows above it', () => {
    const { scroller, column, follow, scrollTo, layout, part, grow } = stage(0, 400);
    const message = column.firstElementChild!;
    const above = part(message, 700);
    const seen = part(message, 1300);
    follow.toEnd();
    scrollTo(2100);
    scrollTo(900);
    grow(above, 850);
    layout();
    expect(scroller.scrollTop).toBe(1050);
    // Drawn anew, the part is none to hold on to: its message is.
    seen.remove();
    part(message, 1300);
    grow(above, 700);
    layout();
    expect(scroller.scrollTop).toBe(1050);
  });

  it('is not moved by what grows below it', () => {
    const { scroller, column, follow, scrollTo, layout, grow } = stage(400, 400, 400);
    follow.toEnd();
    scrollTo(800);
    scrollTo(500);
    grow(column.lastElementChild!, 4000);
    grow(column.children[1]!, 700);
    layout();
    expect(scroller.scrollTop).toBe(500);
  });

  it('is let go with the message that is gone', () => {
    const { scroller, column, follow, scrollTo, layout } = stage(400, 400, 400);
    follow.toEnd();
    scrollTo(800);
    scrollTo(500);
    column.children[1]!.remove();
    layout();
    expect(scroller.scrollTop).toBe(500);
  });
});

describe('what the reader unfolds at the end', () => {
  it('leaves what they pressed where it is', () => {
    const { scroller, column, follow, layout, part, grow } = stage(400, 0);
    const message = column.lastElementChild!;
    part(message, 40);
    const thoughts = part(message, 0);
    part(message, 100);
    follow.toEnd();
    scroller.scrollTop = 240;
    follow.onscroll();
    follow.stay();
    grow(thoughts, 900);
    follow.settle();
    layout();
    expect(scroller.scrollTop).toBe(240);
    expect(follow.atEnd).toBe(false);
  });

  it('is followed on where all of it is in sight', () => {
    const { follow, scroller, column, grow, layout } = stage(400, 400);
    follow.toEnd();
    scroller.scrollTop = 500;
    follow.stay();
    grow(column.lastElementChild!, 420);
    follow.settle();
    expect(follow.atEnd).toBe(true);
    grow(column.lastElementChild!, 620);
    layout();
    expect(scroller.scrollTop).toBe(1020);
  });
});
