import type { Video } from '$lib/ipc/contract/Video';
import { m } from '$lib/paraglide/messages';
import { base64Size } from '$lib/base64Size';
import { bytes } from '$lib/format';

const names: Record<string, string> = {
  'video/mp4': 'MP4',
  'video/quicktime': 'MOV',
  'video/webm': 'WebM',
  'video/x-msvideo': 'AVI',
};

/** What a video is, and what it weighs in a request: base64 makes it a third larger. */
export function videoFacts(video: Video): string[] {
  const sent = bytes(base64Size(video.bytes));
  return [names[video.mime] ?? video.mime, bytes(video.bytes), m.att_more_bytes({ size: sent })];
}
