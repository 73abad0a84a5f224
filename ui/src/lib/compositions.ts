/** What is too soon for a person after a composition: the same key, heard twice. */
const SAME_KEY_MS = 80;

/**
 * Tells an Enter meant for us from one that ends an input method's composition.
 *
 * WebKit fires `compositionend` before the `keydown` of the very Enter that
 * ended it, with `isComposing` false: only the time tells the two apart.
 */
export class Compositions {
  /** When the last one ended, by the page's clock. */
  private ended = -Infinity;

  /** On a Mac, WebKit tags keys that an input method has seen with 229 after a composition too. */
  constructor(private readonly mac = navigator.platform.startsWith('Mac')) {}

  /** Watches for ends of compositions, until the returned function is called. */
  watch(target: EventTarget): () => void {
    const onEnd = (event: Event) => {
      this.ended = event.timeStamp;
    };
    target.addEventListener('compositionend', onEnd, true);
    return () => target.removeEventListener('compositionend', onEnd, true);
  }

  /** Is this an Enter, and meant for us? */
  isEnter(event: KeyboardEvent): boolean {
    if (event.key !== 'Enter') return false;
    if (event.isComposing || (event.keyCode === 229 && !this.mac)) return false;
    // A key's own time may even lie before the event it caused.
    return event.timeStamp - this.ended > SAME_KEY_MS;
  }
}
