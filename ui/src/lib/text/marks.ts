import type { PictureOptions } from '$lib/ipc/contract/PictureOptions';

/** Nothing chosen for a picture. */
export function noOptions(): PictureOptions {
  return { original: false, whole: false, crop: null, marks: [] };
}
