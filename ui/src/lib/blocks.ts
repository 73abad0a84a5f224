import type { Block } from '$lib/ipc/contract/Block';
import type { Patch } from '$lib/ipc/contract/Patch';

/** Applies a patch to a list of blocks, in place. */
export function applyPatch(blocks: Block[], patch: Patch): void {
  let keep = Math.min(patch.keep, blocks.length);
  if (patch.grow) {
    const block = blocks[keep];
    if (block) {
      block.parts.length = Math.min(block.parts.length, patch.grow.keep);
      block.parts.push(...patch.grow.parts);
    }
    keep += 1;
  }
  blocks.length = Math.min(blocks.length, keep);
  blocks.push(...patch.blocks.map((block) => ({ ...block, parts: [...block.parts] })));
}

/**
 * Turns HTML of the renderer into nodes. The only place that reads HTML.
 *
 * `context` is an empty copy of the element they go into: a row of a table is
 * none elsewhere.
 */
function parse(html: string, context?: Element): Element[] {
  if (context) {
    context.innerHTML = html;
    return [...context.children];
  }
  const template = document.createElement('template');
  template.innerHTML = html;
  return [...template.content.children];
}

/** Shows a list of blocks in an element, and keeps it so patch by patch. */
export class BlockView {
  /**
   * `root` holds the blocks, one child each; `decorate` is called with each
   * element that was made: a block, or a part of one.
   */
  constructor(
    private readonly root: Element,
    private readonly decorate: (element: Element) => void = () => {},
  ) {}

  /** Shows these blocks, whatever was there. */
  reset(blocks: readonly Block[]): void {
    this.root.replaceChildren(...blocks.map((block) => this.make(block)));
  }

  /** Applies a patch; what it keeps is not touched. */
  apply(patch: Patch): void {
    let keep = Math.min(patch.keep, this.root.children.length);
    if (patch.grow) {
      const grown = this.root.children[keep];
      const slot = grown && slotOf(grown);
      if (slot) {
        drop(slot, patch.grow.keep);
        this.fill(slot, patch.grow.parts);
      }
      keep += 1;
    }
    drop(this.root, keep);
    this.root.append(...patch.blocks.map((block) => this.make(block)));
  }

  private make(block: Block): Element {
    const made = parse(block.html)[0] ?? document.createElement('div');
    made.setAttribute('data-block', block.id);
    this.decorate(made);
    const slot = slotOf(made);
    if (slot) this.fill(slot, block.parts);
    return made;
  }

  private fill(slot: Element, parts: readonly string[]): void {
    if (parts.length === 0) return;
    const made = parse(parts.join(''), slot.cloneNode(false) as Element);
    for (const child of made) this.decorate(child);
    slot.append(...made);
  }
}

/** The element that a block's parts go into. */
function slotOf(block: Element): Element | null {
  return block.hasAttribute('data-slot') ? block : block.querySelector('[data-slot]');
}

/** Removes all children after the first `keep`. */
function drop(parent: Element, keep: number): void {
  while (parent.children.length > keep) parent.lastElementChild?.remove();
}

/** The words of a block, for reading aloud. */
export function blockText(block: Block): string {
  const read = parse(`<div>${block.html}${block.parts.join(' ')}</div>`)[0];
  // A formula is read as what it shows, not once more as its source.
  for (const source of read?.querySelectorAll('annotation') ?? []) source.remove();
  return read?.textContent?.trim() ?? '';
}
