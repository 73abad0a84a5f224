import { describe, expect, it } from 'vitest';
import type { Attachment } from '$lib/ipc/contract/Attachment';
import { summary, twins } from './pictures';

/** A ready picture of this content. */
const picture = (id: string, master: string, options = {}): Attachment =>
  ({
    id,
    name: `${id}.png`,
    state: 'ready',
    picture: { master },
    video: null,
    link: null,
    options: { original: false, whole: false, crop: null, marks: [], ...options },
  }) as unknown as Attachment;

describe('attachments of the same content', () => {
  it('are told by the name of the first', () => {
    const crop = { x: 0, y: 0, width: 9, height: 9 };
    const all = [
      picture('a', '1'),
      picture('b', '2'),
      picture('c', '1'),
      picture('part', '1', { crop }),
      picture('d', '1'),
      picture('old', ''),
      picture('older', ''),
    ];
    expect([...twins(all)]).toEqual([
      ['c', 'a.png'],
      ['d', 'a.png'],
    ]);
    expect(summary(all)).toBe('7 ready · 2 duplicates');
  });
});
