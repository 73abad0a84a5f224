import type { Done } from '$lib/ipc/contract/Done';
import type { Picture } from '$lib/ipc/contract/Picture';
import { m } from '$lib/paraglide/messages';
import { bytes, dimensions } from './format';

const words: Record<Done, () => string> = {
  oriented: m.done_oriented,
  resized: m.done_resized,
  reencoded: m.done_reencoded,
  location_removed: m.done_location_removed,
  metadata_removed: m.done_metadata_removed,
  first_frame: m.done_first_frame,
  flattened: m.done_flattened,
};

/** Its size now, and before where that differs: `4032 × 3024 → 2048 × 1536 · 412 KB`. */
export function pictureSize(picture: Picture): string {
  const now = dimensions(picture.width, picture.height);
  const before = dimensions(picture.originalWidth, picture.originalHeight);
  return `${now === before ? now : `${before} → ${now}`} · ${bytes(picture.bytes)}`;
}

/** What was done to it, in words; the sizes say by themselves that it was resized. */
export function pictureDone(picture: Picture): string {
  const done = picture.done.filter((what) => what !== 'resized').map((what) => words[what]());
  const text = picture.done.length === 0 ? m.att_asis() : done.join(m.list_comma());
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** All of it, for a line. */
export function pictureFacts(picture: Picture): string[] {
  return [pictureSize(picture), pictureDone(picture)].filter((fact) => fact !== '');
}
