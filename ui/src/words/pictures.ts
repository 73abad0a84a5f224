import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { AttachmentState } from '$lib/ipc/contract/AttachmentState';
import type { Done } from '$lib/ipc/contract/Done';
import type { Picture } from '$lib/ipc/contract/Picture';
import type { Tile } from '$lib/ipc/contract/Tile';
import { m } from '$lib/paraglide/messages';
import { bytes, dimensions, whole } from '$lib/format';

const words: Record<Done, () => string> = {
  oriented: m.done_oriented,
  resized: m.done_resized,
  reencoded: m.done_reencoded,
  location_removed: m.done_location_removed,
  metadata_removed: m.done_metadata_removed,
  first_frame: m.done_first_frame,
  flattened: m.done_flattened,
  first_page: m.done_first_page,
  text_missing: m.done_text_missing,
  parts_missing: m.done_parts_missing,
};

/** Its size now, and before where that differs: `4032 × 3024 → 2048 × 1536`. */
function sizes(picture: Picture): string {
  const now = dimensions(picture.width, picture.height);
  const before = dimensions(picture.originalWidth, picture.originalHeight);
  return now === before ? now : `${before} → ${now}`;
}

/** What was done to it, in words; the sizes say by themselves that it was resized. */
function doneWords(picture: Picture): string[] {
  if (picture.done.length === 0) return [m.att_asis()];
  return picture.done.filter((what) => what !== 'resized').map((what) => words[what]());
}

/** What is sent of it: `4032 × 3024 → 2048 × 1536, 412 KB, location removed`. */
export function pictureFacts(picture: Picture): string {
  return [sizes(picture), bytes(picture.bytes), ...doneWords(picture)].join(m.list_comma());
}

/** What is sent of a piece: `1080 × 2048, 240 KB`. */
export function tileFacts(tile: Tile): string {
  return [dimensions(tile.width, tile.height), bytes(tile.bytes)].join(m.list_comma());
}

/** What it costs the model: `≈ 1,312 tokens · 3 pieces`; empty where nothing is known. */
export function pictureCost({ tokens, tiles }: Picture): string {
  return [
    tokens === null ? null : m.att_tokens({ count: whole(tokens) }),
    tiles.length > 1 ? m.att_pieces({ count: tiles.length }) : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** What two attachments share when they show the same; `null` while that is not known. */
function content({ picture, video, link, options }: Attachment): string | null {
  const { crop, marks } = options;
  if (picture?.master) return JSON.stringify([picture.master, crop, marks]);
  return video?.hash ?? link?.url ?? null;
}

/** Those that show what an earlier one shows, with the name of that. */
export function twins(attachments: Attachment[]): Map<string, string> {
  const first = new Map<string, string>();
  const found = new Map<string, string>();
  for (const attachment of attachments) {
    const shows = content(attachment);
    if (shows === null) continue;
    const earlier = first.get(shows);
    if (earlier === undefined) first.set(shows, attachment.name);
    else found.set(attachment.id, earlier);
  }
  return found;
}

/** How far the attachments are: `37 of 100 ready`, `97 ready · 2 the same · 3 failed`. */
export function summary(attachments: Attachment[]): string {
  const count = attachments.length;
  const of = (state: AttachmentState) => attachments.filter((one) => one.state === state).length;
  const ready = of('ready');
  const failed = of('failed');
  const same = twins(attachments).size;
  return [
    of('preparing') > 0 ? m.att_ready_of({ ready, count }) : m.att_ready({ ready }),
    same > 0 ? m.att_same_count({ count: same }) : null,
    failed > 0 ? m.att_failed_count({ count: failed }) : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
