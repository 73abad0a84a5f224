import type { RequestSize } from '$lib/ipc/contract/RequestSize';
import { m } from '$lib/paraglide/messages';
import { bytes } from '$lib/format';

/** From here on it is heeded. */
const NEAR = 0.85;

/** How near a request is to what the provider takes. */
export type Nearness = 'fine' | 'near' | 'over';

/** How near the request is to a limit: of bytes, or of pictures. */
export function nearness(size: RequestSize): Nearness {
  const { bytes, limit, pictures, picturesLimit } = size;
  if (limit !== null && bytes > limit) return 'over';
  if (picturesLimit !== null && pictures > picturesLimit) return 'over';
  return limit !== null && bytes >= limit * NEAR ? 'near' : 'fine';
}

/** The size of a request: `Next request: 3.2 MB of 20 MB · 4 pictures (2 left out)`. */
export function sizeWords(size: RequestSize): string {
  const { pictures, picturesLimit, leftOut, videos } = size;
  const total = bytes(size.bytes);
  const near = picturesLimit !== null && pictures > picturesLimit * NEAR;
  const count = near
    ? m.size_pictures_of({ count: pictures, limit: picturesLimit })
    : m.size_pictures({ count: pictures });
  const left = leftOut > 0 ? m.size_left_out({ count: leftOut }) : '';
  const gap = left.startsWith('(') ? ' ' : '';
  return [
    size.limit === null
      ? m.size_next({ size: total })
      : m.size_next_of({ size: total, limit: bytes(size.limit) }),
    pictures > 0 || leftOut > 0 ? `${count}${gap}${left}` : null,
    videos > 0 ? m.size_videos({ count: videos }) : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
