import { describe, expect, it } from 'vitest';
import { videoFacts } from './videos';

const video = { hash: 'a', name: 'a.mp4', mime: 'video/mp4', bytes: 3_000_000 };

describe('a video', () => {
  it('says that its metadata was taken out, and nothing where there was none', () => {
    const plain = videoFacts(video);
    expect(plain[0]).toBe('MP4');
    expect(videoFacts(video, 'removed')).toEqual([...plain, 'metadata removed']);
    for (const same of ['none', 'stays', null] as const) {
      expect(videoFacts(video, same)).toEqual(plain);
    }
  });
});
