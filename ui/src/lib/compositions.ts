/** What is too soon for a person after a composition: the same key, heard twice. */
const SAME_KEY_MS = 80;

/** An input method's keys have this code, whatever they are. */
const OF_INPUT_METHOD = 229;

/**
 * Tells a key meant for us from one that an input method took: an Enter that
 * chooses a candidate, an Escape that drops what is composed.
 *
 * WebKit fires `compositionend` before the `keydown` of the very key that
 * ended it, with `isComposing` false: only the time tells the two apart.
 */
export class Compositions {
  /** When the last one ended, by the page's clock. */
  private ended = -Infinity;

  /**
   * Watches for ends of compositions, and keeps keys that are not ours from whoever
   * listens below, until the returned function is called.
   */
  watch(target: EventTarget): () => void {
    const onEnd = (event: Event) => {
      this.ended = event.timeStamp;
    };
    const onKey = (event: Event) => {
      if (this.isOurs(event as KeyboardEvent)) return;
      event.stopImmediatePropagation();
      // A form would be sent by it.
      const { target: at } = event;
      if ((event as KeyboardEvent).key === 'Enter' && at instanceof HTMLInputElement)
        event.preventDefault();
    };
    target.addEventListener('compositionend', onEnd, true);
    target.addEventListener('keydown', onKey, true);
    return () => {
      target.removeEventListener('compositionend', onEnd, true);
      target.removeEventListener('keydown', onKey, true);
    };
  }

  /** Is this key meant for us? */
  isOurs(event: KeyboardEvent): boolean {
    if (event.isComposing) return false;
    // Where compositions are not told of, the code is the only sign; on macOS it
    // stays on the keys after one.
    if (event.keyCode === OF_INPUT_METHOD && this.ended === -Infinity) return false;
    // A key's own time may even lie before the event it caused.
    return event.timeStamp - this.ended > SAME_KEY_MS;
  }

  /** Is this an Enter, and meant for us? */
  isEnter(event: KeyboardEvent): boolean {
    return event.key === 'Enter' && this.isOurs(event);
  }
}
