import { placesOf } from '$lib/folded';

/** What holds the words of a message. */
const WORDS = '[data-testid="message-text"], .prose';

/** What is no word of it. */
const ASIDE = 'button, [aria-hidden="true"], .sr-only, [hidden]';

/** Nothing is found across the edge of one of these. */
const BLOCKS = 'p, li, td, th, pre, h1, h2, h3, h4, h5, h6, blockquote, dd, dt, div';

/** Texts that follow each other in one block. */
function runsOf(root: Element): Text[][] {
  const runs: Text[][] = [];
  let block: Element | null = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest(ASIDE)) continue;
    const own = parent.closest(BLOCKS);
    if (own !== block || runs.length === 0) runs.push([]);
    block = own;
    runs.at(-1)!.push(node as Text);
  }
  return runs;
}

/** Where a text stands in a message, in order. */
export function matches(message: Element, sought: string): Range[] {
  const ranges: Range[] = [];
  for (const root of message.querySelectorAll(WORDS)) {
    // What stands in another is looked through with it.
    if (root.parentElement?.closest(WORDS)) continue;
    for (const run of runsOf(root)) {
      const starts: number[] = [];
      let whole = '';
      for (const node of run) {
        starts.push(whole.length);
        whole += node.data;
      }
      /** The text at a place; of one that ends there, not of one that begins. */
      const at = (place: number, end: boolean): [Text, number] => {
        let node = starts.findLastIndex((start) => (end ? start < place : start <= place));
        if (node < 0) node = 0;
        return [run[node]!, place - starts[node]!];
      };
      for (const [start, end] of placesOf(whole, sought)) {
        const range = document.createRange();
        range.setStart(...at(start, false));
        range.setEnd(...at(end, true));
        ranges.push(range);
      }
    }
  }
  return ranges;
}

/** Marks ranges by a name of the style sheet, in place of those marked before. */
export function mark(name: 'found' | 'found-now', ranges: Range[]): void {
  // Where the engine cannot, the place is shown all the same.
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  // WebKit draws those before anew only where they are taken away.
  CSS.highlights.delete(name);
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
}
