import type { Video } from '$lib/ipc/contract/Video';
import type { VideoMetadata } from '$lib/ipc/contract/VideoMetadata';
import { m } from '$lib/paraglide/messages';
import { base64Size } from '$lib/base64Size';
import { bytes } from '$lib/format';

const names: Record<string, string> = {
  'video/mp4': 'MP4',
  'video/quicktime': 'MOV',
  'video/webm': 'WebM',
  'video/x-msvideo': 'AVI',
};

/**
 * What a video is, and what it weighs in a request: base64 makes it a third larger; and
 * of one that waits to be sent, what became of its metadata.
 */
export function videoFacts(video: Video, metadata: VideoMetadata | null = null): string[] {
  const sent = bytes(base64Size(video.bytes));
  const facts = [names[video.mime] ?? video.mime, bytes(video.bytes)];
  facts.push(m.att_more_bytes({ size: sent }));
  if (metadata === 'removed') facts.push(m.done_metadata_removed());
  return facts;
}
