import { describe, expect, it } from 'vitest';
import { Compositions } from './compositions';

/** An Enter at a time of the page's clock. */
function enter(at: number, given: Partial<KeyboardEvent> = {}): KeyboardEvent {
  return {
    key: 'Enter',
    keyCode: 13,
    isComposing: false,
    timeStamp: at,
    ...given,
  } as KeyboardEvent;
}

function ended(at: number): Compositions {
  const compositions = new Compositions();
  const target = new EventTarget();
  compositions.watch(target);
  const event = new Event('compositionend');
  Object.defineProperty(event, 'timeStamp', { value: at });
  target.dispatchEvent(event);
  return compositions;
}

describe('an Enter', () => {
  it('is one where nothing was composed', () => {
    expect(new Compositions().isEnter(enter(5))).toBe(true);
  });

  it('is none while something is composed', () => {
    expect(new Compositions().isEnter(enter(5, { isComposing: true }))).toBe(false);
    expect(new Compositions().isEnter(enter(5, { keyCode: 229 }))).toBe(false);
  });

  it('is none when it ended a composition: WebKit tells of the end first', () => {
    expect(ended(1000).isEnter(enter(1003))).toBe(false);
    // A key's own time may lie before the event that it caused.
    expect(ended(1000).isEnter(enter(998))).toBe(false);
  });

  it('is one again a moment later', () => {
    expect(ended(1000).isEnter(enter(1200))).toBe(true);
  });

  it('is one on macOS, where its code stays that of the input method after a composition', () => {
    expect(ended(1000).isEnter(enter(1200, { keyCode: 229 }))).toBe(true);
    expect(ended(1000).isEnter(enter(1003, { keyCode: 229 }))).toBe(false);
  });

  it('is no other key', () => {
    expect(new Compositions().isEnter(enter(5, { key: 'a' }))).toBe(false);
  });
});

describe('a key', () => {
  /** Presses a key in a field, and tells who heard of it. */
  function press(given: KeyboardEventInit & { at?: number }) {
    const heard: string[] = [];
    const target = document.createElement('div');
    const field = document.createElement('input');
    target.append(field);
    const compositions = new Compositions();
    const stop = compositions.watch(target);
    field.addEventListener('keydown', () => heard.push('field'));
    target.addEventListener('keydown', () => heard.push('dialog'));
    const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...given });
    field.dispatchEvent(event);
    stop();
    return { heard, event };
  }

  it('of an input method is heard by nobody, whichever it is', () => {
    for (const key of ['Escape', 'Enter', 'ArrowDown', 'Delete'])
      expect(press({ key, isComposing: true }).heard).toEqual([]);
  });

  it('of an input method sends no form', () => {
    expect(press({ key: 'Enter', isComposing: true }).event.defaultPrevented).toBe(true);
    expect(press({ key: 'Enter' }).event.defaultPrevented).toBe(false);
  });

  it('of the person is heard', () => {
    expect(press({ key: 'Escape' }).heard).toEqual(['field', 'dialog']);
  });
});
