/** A colon makes the last part the name of a wiki's page about a picture. */
const ENDINGS =
  /\/[^/:]+\.(?:jpe?g|jfif|a?png|webp|gif|bmp|avif|heic|heif|tiff?|svg|mp4|m4v|mov|webm|avi)$/i;

/**
 * The address in a text that is nothing but the https address of a picture or a
 * video, by the ending of its path; else `null`. Nothing is fetched to find out.
 */
export function mediaLink(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > 4096 || /\s/.test(trimmed) || !URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  return ENDINGS.test(url.pathname) ? url.href : null;
}

/** The last part of an address's path, to name it by; its host where there is none. */
export function linkName(address: string): string {
  if (!URL.canParse(address)) return address;
  const { pathname, hostname } = new URL(address);
  const last = pathname.split('/').filter(Boolean).at(-1);
  if (!last) return hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
