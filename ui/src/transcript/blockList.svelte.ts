import type { Block } from '$lib/ipc/contract/Block';
import type { Patch } from '$lib/ipc/contract/Patch';
import { applyPatch } from '$lib/blocks';

/** Who shows a list of blocks. */
export interface BlockReader {
  /** The list is now this one. */
  reset(blocks: readonly Block[]): void;
  /** The list changed by this patch. */
  apply(patch: Patch): void;
}

/**
 * The blocks of a text, and who shows them. Not reactive but for `empty`: a
 * long answer is patched, never compared.
 */
export class BlockList {
  /** Is there nothing to show? */
  empty = $state(true);
  private blocks: Block[] = [];
  private readers = new Set<BlockReader>();

  constructor(blocks: readonly Block[] = []) {
    this.reset(blocks);
  }

  /** Replaces the whole list. */
  reset(blocks: readonly Block[]): void {
    this.blocks = blocks.map((block) => ({ ...block, parts: [...block.parts] }));
    this.empty = this.blocks.length === 0;
    for (const reader of this.readers) reader.reset(this.blocks);
  }

  /** Changes the list. */
  apply(patch: Patch): void {
    applyPatch(this.blocks, patch);
    this.empty = this.blocks.length === 0;
    for (const reader of this.readers) reader.apply(patch);
  }

  /** The blocks as they are now. */
  get current(): readonly Block[] {
    return this.blocks;
  }

  /** Shows the list in a reader until the returned function is called. */
  show(reader: BlockReader): () => void {
    reader.reset(this.blocks);
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }
}
