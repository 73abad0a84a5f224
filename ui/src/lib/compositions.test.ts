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

function ended(at: number, mac = false): Compositions {
  const compositions = new Compositions(mac);
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

  it('is one after a composition on a Mac, however it is tagged', () => {
    const tagged = { keyCode: 229 };
    expect(ended(1000, true).isEnter(enter(1200, tagged))).toBe(true);
    expect(ended(1000, true).isEnter(enter(1003, tagged))).toBe(false);
    expect(ended(1000, true).isEnter(enter(1200, { ...tagged, isComposing: true }))).toBe(false);
    // Elsewhere the tag says that an input method took the key.
    expect(ended(1000, false).isEnter(enter(1200, tagged))).toBe(false);
  });

  it('is one again a moment later', () => {
    expect(ended(1000).isEnter(enter(1200))).toBe(true);
  });

  it('is no other key', () => {
    expect(new Compositions().isEnter(enter(5, { key: 'a' }))).toBe(false);
  });
});
